// A judge of documents by a JSON schema, for tests.
#ifndef TOOLS_CONFIG_TESTING_SCHEMA_EVALUATOR_H_
#define TOOLS_CONFIG_TESTING_SCHEMA_EVALUATOR_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/numeric/int128.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

// Judges documents by the keywords of JSON schema (draft 7) that ours uses; any other fails the
// test.
class SchemaEvaluator {
 public:
  // `root` must outlive it.
  explicit SchemaEvaluator(const nlohmann::ordered_json& root) : root_(root) {}

  bool Accepts(const YamlValue& value) { return Accepts(value, root_); }

 private:
  using Json = nlohmann::ordered_json;
  bool Accepts(const YamlValue& value, const Json& schema);
  bool Judge(const YamlValue& value, const Json& schema, const std::string& keyword,
             const Json& argument);
  bool JudgeText(const std::string& text, const std::string& keyword, const Json& argument);
  bool JudgeInteger(absl::int128 value, const std::string& keyword, const Json& argument);
  bool JudgeFields(const YamlValue& value, const Json& schema);

  const Json& root_;
};

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_TESTING_SCHEMA_EVALUATOR_H_
