// Writes YAML as LinuxKit does: blocks, two blanks for each level, the dashes of a list below its
// key.
//
//   YamlText({{"init", {"a", "b"}}})
//
// gives
//
//   init:
//   - a
//   - b
//
// Texts stand plain where every YAML parser takes them for texts, as literal blocks if they have
// several lines, else in double quotes.
#ifndef TOOLS_CONFIG_YAML_TEXT_H_
#define TOOLS_CONFIG_YAML_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace linuxkit {

std::string YamlText(const nlohmann::ordered_json& json);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_YAML_TEXT_H_
