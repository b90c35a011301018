#include "tools/spec/json_schema.h"

#include <google/protobuf/descriptor.h>

#include <limits>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tools/spec/capabilities.h"
#include "tools/spec/field_docs.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using Json = nlohmann::ordered_json;

Json CapabilityNames() {
  Json names = {"all", "none"};
  for (const std::string_view name : AllCapabilities()) names.push_back(std::string(name));
  return {{"enum", names}};
}

// What the parser checks of a text beyond its type. `key` is message and field.
Json TextRules(std::string_view key) {
  if (key == "Container.name" || key == "Container.image" || key == "Config.init" ||
      key == "FileEntry.path" || key == "Device.path") {
    return {{"minLength", 1}};
  }
  if (key == "Container.binds") return {{"pattern", "^[^:]*:/[^:]*(:[^:]*)?$"}};
  if (key == "Container.tmpfs") return {{"pattern", "^/[^:]*(:[^:]*)?$"}};
  if (key == "Container.env") return {{"pattern", "^[^=]+="}};
  if (key == "Container.cwd") return {{"pattern", "^(/|$)"}};
  if (key == "Volume.name") return {{"pattern", "^[a-z0-9_-]+$"}};
  if (key == "Volume.format") return {{"enum", {"", "filesystem", "oci"}}};
  if (key == "FileEntry.metadata") return {{"enum", {"", "yaml", "json"}}};
  if (key == "FileEntry.mode") return {{"pattern", "^0*[0-7]{0,4}$"}};
  if (key == "Container.capabilities" || key == "Container.ambient") {
    // `all` and `none` stand in any case.
    return {{"anyOf", {CapabilityNames(), {{"pattern", "^([aA][lL][lL]|[nN][oO][nN][eE])$"}}}}};
  }
  if (key == "Container.capabilities.add") {
    // Names for the editor to offer; whether they count depends on `capabilities`.
    return {{"anyOf", {CapabilityNames(), Json::object()}}};
  }
  return Json::object();
}

Json RequiredKeys(const Descriptor& message) {
  if (message.name() == "Container") return {"name", "image"};
  if (message.name() == "Volume") return Json::array({"name"});
  if (message.name() == "FileEntry" || message.name() == "Device") return Json::array({"path"});
  return Json::array();
}

void AddRange(const FieldDescriptor& field, Json& schema) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      schema["minimum"] = 0;
      schema["maximum"] = std::numeric_limits<uint32_t>::max();
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      schema["minimum"] = 0;
      schema["maximum"] = std::numeric_limits<uint64_t>::max();
      break;
    default:
      schema["minimum"] = std::numeric_limits<int64_t>::min();
      schema["maximum"] = std::numeric_limits<int64_t>::max();
  }
}

class SchemaWriter {
 public:
  Json Message(const Descriptor& message);
  Json TakeDefinitions() { return std::move(definitions_); }

 private:
  Json Field(const FieldDescriptor& field);
  Json Value(const FieldType& type, std::string_view key);
  Json Reference(const Descriptor& message);

  Json definitions_ = Json::object();
};

Json SchemaWriter::Reference(const Descriptor& message) {
  const std::string name(message.name());
  if (!definitions_.contains(name)) {
    // Reserves the place, in the order of first use.
    definitions_[name] = nullptr;
    Json definition = Message(message);
    definitions_[name] = std::move(definition);
  }
  return {{"$ref", absl::StrCat("#/definitions/", name)}};
}

Json SchemaWriter::Value(const FieldType& type, std::string_view key) {
  switch (type.kind) {
    case FieldKind::kString: {
      Json schema = {{"type", "string"}};
      schema.update(TextRules(key));
      return schema;
    }
    case FieldKind::kBool:
      return {{"type", "boolean"}};
    case FieldKind::kInteger: {
      Json schema = {{"type", "integer"}};
      AddRange(*type.holder, schema);
      return schema;
    }
    case FieldKind::kIdentity: {
      Json schema = {{"type", {"integer", "string"}}};
      AddRange(*type.holder->message_type()->FindFieldByName("number"), schema);
      return schema;
    }
    case FieldKind::kMapping:
      return Reference(*type.holder->message_type());
    case FieldKind::kStringMap:
      return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
  }
  return Json::object();
}

Json SchemaWriter::Field(const FieldDescriptor& field) {
  const FieldType type = TypeOf(field);
  const std::string key = absl::StrCat(field.containing_type()->name(), ".", KeyOf(field));
  Json schema = {{"description", std::string(FieldDoc(field))}};
  Json value = Value(type, key);
  if (type.is_list) {
    schema["type"] = "array";
    schema["items"] = std::move(value);
  } else if (value.contains("$ref")) {
    // Draft 7 ignores everything beside "$ref".
    schema["allOf"] = Json::array({std::move(value)});
  } else {
    schema.update(value);
  }
  return schema;
}

Json SchemaWriter::Message(const Descriptor& message) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}};
  Json required = RequiredKeys(message);
  if (!required.empty()) schema["required"] = std::move(required);
  Json properties = Json::object();
  for (int i = 0; i < message.field_count(); ++i) {
    properties[std::string(KeyOf(*message.field(i)))] = Field(*message.field(i));
  }
  schema["properties"] = std::move(properties);
  return schema;
}

}  // namespace

Json ConfigJsonSchema() {
  SchemaWriter writer;
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "LinuxKit system"}};
  schema.update(writer.Message(*Config::descriptor()));
  // An empty document's sections are all optional.
  schema["type"] = {"object", "null"};
  schema["definitions"] = writer.TakeDefinitions();
  return schema;
}

}  // namespace linuxkit
