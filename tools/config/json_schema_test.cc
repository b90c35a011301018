// The JSON schema for editors and the parser judge the same documents alike, and every key has a
// text.
#include "tools/spec/json_schema.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/config/config.h"
#include "tools/config/testing/schema_evaluator.h"
#include "tools/spec/field_docs.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

// Whether parser and schema accept a document: "both", "parser", "schema" or "none".
std::string WhoAccepts(const std::string& text) {
  const auto configs = ParseConfigs({{.path = "f.yml", .label = "//:f.yml", .text = text}});
  const auto value = ParseYaml(text, {});
  if (!value.ok()) return absl::StrCat("no YAML: ", value.status().message());
  const Json schema = ConfigJsonSchema();
  const bool accepted = SchemaEvaluator(schema).Accepts(*value);
  if (configs.ok()) return accepted ? "both" : "parser";
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
           std::string(
               "files: [{path: a, metadata: json}, {path: b, symlink: c}, {path: d, source: "
               "e}]"),
           Service("capabilities: [ALL], ambient: [CAP_CHOWN], capabilities.add: [FOO]"),
           Service(
               "binds: ['/a:/b', '/a:/c:ro'], tmpfs: [/x, '/y:size=1m'], env: [A=b], command: [a]"),
           Service("net: host, pid: host, ipc: new, uts: new, userns: host, hostname: h, cwd: /"),
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
           Service(
               "runtime: {cgroups: [a], mkdir: [b], namespace: n, bindNS: {net: /x}, interfaces: "
               "[{name: a, add: veth, peer: b, createInRoot: true}], mounts: []}"),
       }) {
    EXPECT_EQ(WhoAccepts(text), "both") << text;
  }
}

TEST(JsonSchemaTest, BothReject) {
  for (const std::string& text : {
           std::string("[]"),
           std::string("text"),
           std::string("init:"),
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
           std::string("files: [{path: a, contents: b, mode: '100644'}]"),
           std::string("files: [{path: a, contents: b, uid: 1.5}]"),
           std::string("files: [{path: a, metadata: xml}]"),
           std::string("files: [{path: a, directory: 'true'}]"),
           Service("capabilities: all"),
           Service("capabilities: [FOO]"),
           Service("binds: [/x]"),
           Service("binds: ['/x:y']"),
           Service("tmpfs: [x]"),
           Service("env: [A]"),
           Service("env: [=a]"),
           Service("cwd: srv"),
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
// Editors mark what the parser reads with a note.
TEST(JsonSchemaTest, OldSpellings) {
  EXPECT_EQ(WhoAccepts("outputs: []"), "parser");
  EXPECT_EQ(WhoAccepts("init: x"), "parser");
  EXPECT_EQ(WhoAccepts("kernel: {p_w_picpath: x}"), "parser");
}

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
