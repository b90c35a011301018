// The JSON schema for editors and the parser judge the same documents alike, and every key has a
// text.
#include "tools/spec/json_schema.h"

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/config/config.h"
#include "tools/spec/field_docs.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// Judges documents by the keywords of JSON schema (draft 7) that ours uses; any other fails the
// test.
class Evaluator {
 public:
  explicit Evaluator(const Json& root) : root_(root) {}

  bool Accepts(const YamlValue& value) { return Accepts(value, root_); }

 private:
  bool Accepts(const YamlValue& value, const Json& schema);
  bool Judge(const YamlValue& value, const Json& schema, const std::string& keyword,
             const Json& argument);
  bool JudgeText(const std::string& text, const std::string& keyword, const Json& argument);
  bool JudgeInteger(absl::int128 value, const std::string& keyword, const Json& argument);
  bool JudgeFields(const YamlValue& value, const Json& schema);

  const Json& root_;
};

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

bool Evaluator::Accepts(const YamlValue& value, const Json& schema) {
  if (schema.is_boolean()) return schema.get<bool>();
  bool accepted = true;
  for (const auto& [keyword, argument] : schema.items()) {
    accepted = Judge(value, schema, keyword, argument) && accepted;
  }
  return accepted;
}

bool Evaluator::Judge(const YamlValue& value, const Json& schema, const std::string& keyword,
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

bool Evaluator::JudgeText(const std::string& text, const std::string& keyword,
                          const Json& argument) {
  if (keyword == "pattern") return std::regex_search(text, std::regex(argument.get<std::string>()));
  if (keyword == "minLength") return text.size() >= argument.get<size_t>();
  if (keyword != "minimum" && keyword != "maximum") ADD_FAILURE() << "unknown keyword " << keyword;
  return true;
}

bool Evaluator::JudgeInteger(absl::int128 value, const std::string& keyword,
                             const Json& argument) {
  const absl::int128 bound =
      argument.is_number_unsigned() ? absl::int128(argument.get<uint64_t>())
                                    : absl::int128(argument.is_number() ? argument.get<int64_t>() : 0);
  if (keyword == "minimum") return value >= bound;
  if (keyword == "maximum") return value <= bound;
  if (keyword != "pattern" && keyword != "minLength") ADD_FAILURE() << "unknown keyword " << keyword;
  return true;
}

bool Evaluator::JudgeFields(const YamlValue& value, const Json& schema) {
  const Json properties = schema.value("properties", Json::object());
  return std::all_of(value.fields().begin(), value.fields().end(),
                     [&](const YamlValue::Field& field) {
                       return Accepts(field.value, properties.contains(field.key)
                                                       ? properties[field.key]
                                                       : schema["additionalProperties"]);
                     });
}

// Whether parser and schema accept a document: "both", "parser", "schema" or "none".
std::string WhoAccepts(const std::string& text) {
  const auto configs = ParseConfigs({{.path = "f.yml", .label = "//:f.yml", .text = text}});
  const auto value = ParseYaml(text, {});
  if (!value.ok()) return absl::StrCat("no YAML: ", value.status().message());
  const Json schema = ConfigJsonSchema();
  const bool accepted = Evaluator(schema).Accepts(*value);
  if (configs.ok()) return accepted ? "both" : absl::StrCat("parser");
  return accepted ? "schema" : "none";
}

std::string Service(const std::string& fields) {
  return absl::StrCat("services: [{name: a, image: x, ", fields, "}]");
}

TEST(JsonSchemaTest, BothAccept) {
  for (const std::string& text : {
           std::string("{}"),
           std::string("null"),
           std::string("trust: {image: [a], org: []}"),
           std::string("kernel: {image: k, cmdline: '', binary: b, tar: '', ucode: u}"),
           std::string("init: [a, ':b']"),
           std::string("onboot: [{name: a, image: x}]\nonshutdown: []"),
           std::string("volumes: [{name: a, image: '', readonly: true, format: oci, platforms: "
                       "[linux/arm64]}]"),
           std::string("files: [{path: a, directory: true, optional: false, mode: '0755', uid: 0, "
                       "gid: root}]"),
           std::string("files: [{path: a, metadata: json}, {path: b, symlink: c}, {path: d, source: "
                       "e}]"),
           Service("capabilities: [ALL], ambient: [CAP_CHOWN], capabilities.add: [FOO]"),
           Service("binds: ['/a:/b', '/a:/b:ro'], tmpfs: [/x, '/x:size=1m'], env: [], command: [a]"),
           Service("net: host, pid: host, ipc: x, uts: x, userns: x, hostname: h, cwd: /"),
           Service("readonly: true, noNewPrivileges: false, oomScoreAdj: -5, cgroupsPath: /x"),
           Service("uid: 5, gid: a, additionalGids: [1, a], rlimits: ['nofile,1,2']"),
           Service("sysctl: {a.b: '1'}, annotations: {}, maskedPaths: [], readonlyPaths: [/x]"),
           Service("uidMappings: [{hostID: 1, containerID: 2, size: 3}], gidMappings: []"),
           Service("mounts: [{type: tmpfs, destination: /x, options: [ro], uidmappings: [{size: "
                   "1}]}]"),
           Service("devices: [{path: /dev/x, type: c, major: 1, minor: 2, mode: '0666'}]"),
           Service("resources: {devices: [{allow: true, type: c, access: r, major: 1, minor: 2}], "
                   "pids: {limit: 5}}"),
           Service("resources: {memory: {limit: 1, swappiness: 60, disableOOMKiller: true}, cpu: "
                   "{shares: 18446744073709551615, cpus: '0'}}"),
           Service("resources: {blockio: {weight: 10, weightDevice: [{major: 1, minor: 2, weight: "
                   "3}], throttleReadBpsDevice: [{major: 1, minor: 2, rate: 3}]}}"),
           Service("resources: {hugepageLimits: [{pageSize: 2MB, limit: 1}, {pageSize: 2097152, "
                   "limit: 1}], network: {classID: 1, priorities: [{name: a, priority: 1}]}}"),
           Service("runtime: {cgroups: [a], mkdir: [b], namespace: n, bindNS: {net: /x}, interfaces: "
                   "[{name: a, add: veth, peer: b, createInRoot: true}], mounts: []}"),
       }) {
    EXPECT_EQ(WhoAccepts(text), "both") << text;
  }
}

TEST(JsonSchemaTest, BothReject) {
  for (const std::string& text : {
           std::string("[]"),
           std::string("text"),
           std::string("outputs: []"),
           std::string("init:"),
           std::string("init: x"),
           std::string("init: ['']"),
           std::string("kernel: {cmdline: 5}"),
           std::string("kernel: {cmdlin: x}"),
           std::string("trust: {image: x}"),
           std::string("services: {}"),
           std::string("services: [x]"),
           std::string("services: [{name: a}]"),
           std::string("services: [{image: a}]"),
           std::string("services: [{name: '', image: a}]"),
           std::string("volumes: [{name: A}]"),
           std::string("volumes: [{name: ''}]"),
           std::string("volumes: [{image: a}]"),
           std::string("volumes: [{name: a, format: tar}]"),
           std::string("files: [{contents: a}]"),
           std::string("files: [{path: a, contents: b, mode: 0644}]"),
           std::string("files: [{path: a, contents: b, mode: rw}]"),
           std::string("files: [{path: a, contents: b, uid: 1.5}]"),
           std::string("files: [{path: a, metadata: xml}]"),
           std::string("files: [{path: a, directory: 'true'}]"),
           Service("capabilities: all"),
           Service("capabilities: [FOO]"),
           Service("binds: [/x]"),
           Service("binds: ['/x:/y:ro:z']"),
           Service("tmpfs: ['/x:a:b']"),
           Service("readOnly: true"),
           Service("readonly: yes"),
           Service("oomScoreAdj: 1.5"),
           Service("oomScoreAdj: 9223372036854775808"),
           Service("uid: [1]"),
           Service("command: [sleep, 5]"),
           Service("sysctl: {a: 1}"),
           Service("mounts: [{uidMappings: []}]"),
           Service("devices: [{type: c}]"),
           Service("uidMappings: [{size: -1}]"),
           Service("uidMappings: [{size: 4294967296}]"),
           Service("resources: {cpu: {shares: -1}}"),
           Service("resources: {gpu: 1}"),
           Service("runtime: {bindNS: {network: x}}"),
       }) {
    EXPECT_EQ(WhoAccepts(text), "none") << text;
  }
}

// What one value says of another, and what only a parser of the text inside can know.
TEST(JsonSchemaTest, OnlyTheParserRejects) {
  for (const std::string& text : {
           std::string("init: ['https://x']"),
           std::string("files: [{path: a}]"),
           std::string("files: [{path: a, contents: b, source: c}]"),
           std::string("services: [{name: a, image: x}, {name: a, image: x}]"),
           std::string("services: [{name: ../a, image: x}]"),
           std::string("volumes: [{name: a, platforms: [linux]}]"),
           Service("capabilities: [all, CAP_CHOWN]"),
           Service("binds: ['data:/x']"),
           Service("uid: nobody"),
           Service("uid: 0100"),
           Service("rlimits: [nofile]"),
           Service("mounts: [{destination: /x}]"),
           Service("devices: [{path: /dev/x}]"),
           Service("resources: {blockio: {weight: 65536}}"),
           Service("resources: {hugepageLimits: [{pageSize: 2M, limit: 1}]}"),
       }) {
    EXPECT_EQ(WhoAccepts(text), "schema") << text;
  }
}

void CollectFields(const google::protobuf::Descriptor& message, std::set<std::string>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *message.field(i);
    if (!fields.insert(absl::StrCat(message.name(), ".", KeyOf(field))).second) continue;
    const FieldType type = TypeOf(field);
    if (type.kind == FieldKind::kMapping) CollectFields(*type.holder->message_type(), fields);
  }
}

TEST(FieldDocsTest, EveryKeyAndNoOther) {
  std::set<std::string> fields;
  CollectFields(*Config::descriptor(), fields);
  const std::vector<std::string> documented = DocumentedFields();
  EXPECT_EQ(std::set<std::string>(documented.begin(), documented.end()), fields);
  EXPECT_EQ(documented.size(), fields.size());
}

}  // namespace
}  // namespace linuxkit
