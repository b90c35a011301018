// The JSON schema of LinuxKit's YAML, for editors.
//
// Made from the same descriptors that the parser reads by, so both know the same keys and types. It
// says less than the parser where one value decides about another.
#ifndef TOOLS_SPEC_JSON_SCHEMA_H_
#define TOOLS_SPEC_JSON_SCHEMA_H_

#include <nlohmann/json.hpp>

namespace linuxkit {

// Of draft 7, which all editors know.
nlohmann::ordered_json ConfigJsonSchema();

}  // namespace linuxkit

#endif  // TOOLS_SPEC_JSON_SCHEMA_H_
