#include "tools/config/testing/schema_evaluator.h"

#include <algorithm>
#include <regex>
#include <set>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

bool HasType(const YamlValue& value, const Json& type) {
  switch (value.kind()) {
    case YamlValue::Kind::kNull:
      return type == "null";
    case YamlValue::Kind::kBool:
      return type == "boolean";
    case YamlValue::Kind::kInteger:
      return type == "integer";
    case YamlValue::Kind::kFloat:
      return type == "number";
    case YamlValue::Kind::kString:
      return type == "string";
    case YamlValue::Kind::kList:
      return type == "array";
    case YamlValue::Kind::kMap:
      return type == "object";
  }
  return false;
}

}  // namespace

bool SchemaEvaluator::Accepts(const YamlValue& value, const Json& schema) {
  if (schema.is_boolean()) return schema.get<bool>();
  bool accepted = true;
  for (const auto& [keyword, argument] : schema.items()) {
    accepted = Judge(value, schema, keyword, argument) && accepted;
  }
  return accepted;
}

bool SchemaEvaluator::Judge(const YamlValue& value, const Json& schema, const std::string& keyword,
                            const Json& argument) {
  const std::set<std::string> notes = {"$schema", "title", "description", "definitions"};
  if (notes.contains(keyword)) return true;
  const auto accepts = [&](const Json& other) { return Accepts(value, other); };
  if (keyword == "$ref") {
    return Accepts(value, root_.at(Json::json_pointer(argument.get<std::string>().substr(1))));
  }
  if (keyword == "allOf") return std::all_of(argument.begin(), argument.end(), accepts);
  if (keyword == "anyOf") return std::any_of(argument.begin(), argument.end(), accepts);
  if (keyword == "type") {
    if (!argument.is_array()) return HasType(value, argument);
    return std::any_of(argument.begin(), argument.end(),
                       [&](const Json& type) { return HasType(value, type); });
  }
  if (keyword == "enum") {
    return std::find(argument.begin(), argument.end(), Json(value.text())) != argument.end();
  }
  if (keyword == "items") {
    return std::all_of(value.items().begin(), value.items().end(),
                       [&](const YamlValue& item) { return Accepts(item, argument); });
  }
  if (keyword == "required") {
    return std::all_of(argument.begin(), argument.end(), [&](const Json& key) {
      return value.kind() != YamlValue::Kind::kMap || value.Find(key.get<std::string>()) != nullptr;
    });
  }
  if (keyword == "properties") return true;  // With additionalProperties.
  if (keyword == "additionalProperties") return JudgeFields(value, schema);
  if (value.kind() == YamlValue::Kind::kString) return JudgeText(value.text(), keyword, argument);
  if (value.kind() == YamlValue::Kind::kInteger) {
    return JudgeInteger(value.integer(), keyword, argument);
  }
  return true;
}

bool SchemaEvaluator::JudgeText(const std::string& text, const std::string& keyword,
                                const Json& argument) {
  if (keyword == "pattern") return std::regex_search(text, std::regex(argument.get<std::string>()));
  if (keyword == "minLength") return text.size() >= argument.get<size_t>();
  if (keyword != "minimum" && keyword != "maximum") ADD_FAILURE() << "unknown keyword " << keyword;
  return true;
}

bool SchemaEvaluator::JudgeInteger(absl::int128 value, const std::string& keyword,
                                   const Json& argument) {
  const absl::int128 bound = argument.is_number_unsigned()
                                 ? absl::int128(argument.get<uint64_t>())
                                 : absl::int128(argument.is_number() ? argument.get<int64_t>() : 0);
  if (keyword == "minimum") return value >= bound;
  if (keyword == "maximum") return value <= bound;
  if (keyword != "pattern" && keyword != "minLength")
    ADD_FAILURE() << "unknown keyword " << keyword;
  return true;
}

bool SchemaEvaluator::JudgeFields(const YamlValue& value, const Json& schema) {
  const Json properties = schema.value("properties", Json::object());
  return std::all_of(value.fields().begin(), value.fields().end(),
                     [&](const YamlValue::Field& field) {
                       return Accepts(field.value, properties.contains(field.key)
                                                       ? properties[field.key]
                                                       : schema["additionalProperties"]);
                     });
}

}  // namespace linuxkit
