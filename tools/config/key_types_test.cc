// Every key of the format with what it must hold (LinuxKit format, section 1.3): for a value of
// each other kind the full text of the error. That no key is missing here the descriptors tell.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/config/config.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {
namespace {

using ::google::protobuf::Descriptor;
using ::testing::Contains;

// A value of each kind, as it is written and as messages call it.
struct Value {
  std::string_view text;
  std::string_view found;
};
constexpr Value kValues[] = {
    {"~", "nothing (null)"}, {"true", "a boolean"},
    {"5", "an integer"},     {"1.5", "a floating-point number"},
    {"text", "a string"},    {"[]", "a list"},
    {"{}", "a mapping"},
};

// What a key may hold, as messages say it.
constexpr char kText[] = "a string", kBool[] = "true or false", kTexts[] = "a list of strings",
               kId[] = "an integer or a string", kIds[] = "a list of integers or strings",
               kMap[] = "a mapping", kMaps[] = "a list of mappings",
               kTextMap[] = "a mapping of strings to strings";
// The integers have ranges.
constexpr char kInt64[] = "-9223372036854775808 to 9223372036854775807",
               kUint64[] = "0 to 18446744073709551615", kUint32[] = "0 to 4294967295";

struct Key {
  std::string_view name;
  std::string_view holds;
};

// The keys of one mapping of the format. `opening` is YAML up to a key of it, `path` what a message
// says before the key.
struct Object {
  const char* message;
  const char* opening;
  const char* path;
  std::vector<Key> keys;
};

const std::vector<Object>& Objects() {
  static const auto* const kObjects = new std::vector<Object>{
      {"Config",
       "",
       "",
       {{"kernel", kMap},
        {"init", kTexts},
        {"onboot", kMaps},
        {"onshutdown", kMaps},
        {"services", kMaps},
        {"files", kMaps},
        {"volumes", kMaps},
        {"trust", kMap}}},
      {"Kernel",
       "kernel: {",
       "kernel.",
       {{"image", kText}, {"cmdline", kText}, {"binary", kText}, {"tar", kText}, {"ucode", kText}}},
      {"Trust", "trust: {", "trust.", {{"image", kTexts}, {"org", kTexts}}},
      {"FileEntry",
       "files: [{",
       "files[0]: ",
       {{"path", kText},
        {"directory", kBool},
        {"symlink", kText},
        {"contents", kText},
        {"source", kText},
        {"metadata", kText},
        {"optional", kBool},
        {"mode", kText},
        {"uid", kId},
        {"gid", kId}}},
      {"Volume",
       "volumes: [{",
       "volumes: ",
       {{"name", kText},
        {"image", kText},
        {"readonly", kBool},
        {"format", kText},
        {"platforms", kTexts}}},
      {"Container",
       "services: [{",
       "services: ",
       {{"name", kText},
        {"image", kText},
        {"capabilities", kTexts},
        {"capabilities.add", kTexts},
        {"ambient", kTexts},
        {"mounts", kMaps},
        {"binds", kTexts},
        {"binds.add", kTexts},
        {"tmpfs", kTexts},
        {"command", kTexts},
        {"env", kTexts},
        {"cwd", kText},
        {"net", kText},
        {"pid", kText},
        {"ipc", kText},
        {"uts", kText},
        {"userns", kText},
        {"readonly", kBool},
        {"maskedPaths", kTexts},
        {"readonlyPaths", kTexts},
        {"uid", kId},
        {"gid", kId},
        {"additionalGids", kIds},
        {"noNewPrivileges", kBool},
        {"hostname", kText},
        {"oomScoreAdj", kInt64},
        {"rootfsPropagation", kText},
        {"cgroupsPath", kText},
        {"sysctl", kTextMap},
        {"rlimits", kTexts},
        {"uidMappings", kMaps},
        {"gidMappings", kMaps},
        {"annotations", kTextMap},
        {"resources", kMap},
        {"devices", kMaps},
        {"runtime", kMap}}},
      {"Mount",
       "onboot: [{mounts: [{",
       "onboot: mounts[0].",
       {{"destination", kText},
        {"type", kText},
        {"source", kText},
        {"options", kTexts},
        {"uidmappings", kMaps},
        {"gidmappings", kMaps}}},
      {"IdMapping",
       "onshutdown: [{gidMappings: [{",
       "onshutdown: gidMappings[0].",
       {{"containerID", kUint32}, {"hostID", kUint32}, {"size", kUint32}}},
      {"Device",
       "services: [{devices: [{",
       "services: devices[0].",
       {{"path", kText}, {"type", kText}, {"major", kInt64}, {"minor", kInt64}, {"mode", kText}}},
      {"Resources",
       "services: [{resources: {",
       "services: resources.",
       {{"devices", kMaps},
        {"memory", kMap},
        {"cpu", kMap},
        {"pids", kMap},
        {"blockio", kMap},
        {"hugepageLimits", kMaps},
        {"network", kMap}}},
      {"DeviceRule",
       "services: [{resources: {devices: [{",
       "services: resources.devices[0].",
       {{"allow", kBool},
        {"type", kText},
        {"major", kInt64},
        {"minor", kInt64},
        {"access", kText}}},
      {"Memory",
       "services: [{resources: {memory: {",
       "services: resources.memory.",
       {{"limit", kInt64},
        {"reservation", kInt64},
        {"swap", kInt64},
        {"kernel", kInt64},
        {"kernelTCP", kInt64},
        {"swappiness", kUint64},
        {"disableOOMKiller", kBool}}},
      {"Cpu",
       "services: [{resources: {cpu: {",
       "services: resources.cpu.",
       {{"shares", kUint64},
        {"quota", kInt64},
        {"period", kUint64},
        {"realtimeRuntime", kInt64},
        {"realtimePeriod", kUint64},
        {"cpus", kText},
        {"mems", kText}}},
      {"Pids", "services: [{resources: {pids: {", "services: resources.pids.", {{"limit", kInt64}}},
      {"BlockIo",
       "services: [{resources: {blockio: {",
       "services: resources.blockio.",
       {{"weight", kUint32},
        {"leafWeight", kUint32},
        {"weightDevice", kMaps},
        {"throttleReadBpsDevice", kMaps},
        {"throttleWriteBpsDevice", kMaps},
        {"throttleReadIOPSDevice", kMaps},
        {"throttleWriteIOPSDevice", kMaps}}},
      {"WeightDevice",
       "services: [{resources: {blockio: {weightDevice: [{",
       "services: resources.blockio.weightDevice[0].",
       {{"major", kInt64}, {"minor", kInt64}, {"weight", kUint32}, {"leafWeight", kUint32}}},
      {"ThrottleDevice",
       "services: [{resources: {blockio: {throttleReadIOPSDevice: [{",
       "services: resources.blockio.throttleReadIOPSDevice[0].",
       {{"major", kInt64}, {"minor", kInt64}, {"rate", kUint64}}},
      {"HugepageLimit",
       "services: [{resources: {hugepageLimits: [{",
       "services: resources.hugepageLimits[0].",
       {{"pageSize", kId}, {"limit", kUint64}}},
      {"Network",
       "services: [{resources: {network: {",
       "services: resources.network.",
       {{"classID", kUint32}, {"priorities", kMaps}}},
      {"Priority",
       "services: [{resources: {network: {priorities: [{",
       "services: resources.network.priorities[0].",
       {{"name", kText}, {"priority", kUint32}}},
      {"Runtime",
       "services: [{runtime: {",
       "services: runtime.",
       {{"cgroups", kTexts},
        {"mounts", kMaps},
        {"mkdir", kTexts},
        {"interfaces", kMaps},
        {"bindNS", kMap},
        {"namespace", kText}}},
      {"Interface",
       "services: [{runtime: {interfaces: [{",
       "services: runtime.interfaces[0].",
       {{"name", kText}, {"add", kText}, {"peer", kText}, {"createInRoot", kBool}}},
      {"BindNs",
       "services: [{runtime: {bindNS: {",
       "services: runtime.bindNS.",
       {{"cgroup", kText},
        {"ipc", kText},
        {"mnt", kText},
        {"net", kText},
        {"pid", kText},
        {"user", kText},
        {"uts", kText}}},
  };
  return *kObjects;
}

// The messages without excerpts, for `opening`, `key: value` and what closes the brackets.
std::vector<std::string> Problems(const Object& object, std::string_view key,
                                  std::string_view value) {
  std::string text = absl::StrCat(object.opening, key, ": ", value);
  const std::string_view opening = object.opening;
  for (size_t i = opening.size(); i > 0; --i) {
    if (opening[i - 1] == '{') text += '}';
    if (opening[i - 1] == '[') text += ']';
  }
  const auto configs = ParseConfigs({{.path = "my.yml", .label = "//:my.yml", .text = text}});
  std::vector<std::string> lines = absl::StrSplit(configs.status().message(), '\n');
  std::erase_if(lines, [](const std::string& line) { return line.starts_with(" "); });
  return lines;
}

std::string At(const Object& object, size_t offset) {
  return absl::StrCat("my.yml:1:", std::string_view(object.opening).size() + offset + 1, ": ");
}

bool IsInteger(std::string_view holds) {
  return holds.find(" to ") != holds.npos && holds != kTextMap;
}

bool MayHold(std::string_view holds, std::string_view found) {
  if (IsInteger(holds)) return found == "an integer";
  if (holds == kBool) return found == "a boolean";
  if (holds == kId) return found == "an integer" || found == "a string";
  return holds.starts_with(found);
}

// How the value would have to be written, where one can know.
std::string Advice(std::string_view holds, const Value& value) {
  const bool is_scalar = value.text != "~" && value.text != "[]" && value.text != "{}";
  const std::string quoted = absl::StrCat("\"", value.text, "\"");
  if (holds == kText && is_scalar) return absl::StrCat(" (put it in quotes: ", quoted, ")");
  if (holds == kTexts && is_scalar) return absl::StrCat(" (put it in a list: [", quoted, "])");
  if (holds == kIds && is_scalar) {
    return absl::StrCat(" (put it in a list: [", value.text == "text" ? quoted : value.text, "])");
  }
  return holds == kMaps && value.text == "{}" ? " (put it in a list)" : "";
}

std::string WrongKind(std::string_view holds, const Value& value) {
  return absl::StrCat("found ", value.found, "; expected ", IsInteger(holds) ? "an integer" : holds,
                      Advice(holds, value));
}

TEST(KeyTypesTest, ValueOfAnotherKind) {
  for (const Object& object : Objects()) {
    for (const Key& key : object.keys) {
      for (const Value& value : kValues) {
        if (MayHold(key.holds, value.found)) continue;
        // What LinuxKit's first files had.
        if (key.name == "init" && value.text == "text") continue;
        // What is not there has the place of its key.
        const size_t place = value.text == "~" ? 0 : key.name.size() + 2;
        EXPECT_THAT(Problems(object, key.name, value.text),
                    Contains(absl::StrCat(At(object, place), object.path, key.name, ": ",
                                          WrongKind(key.holds, value))))
            << object.message;
      }
    }
  }
}

TEST(KeyTypesTest, ItemOfAnotherKind) {
  const std::map<std::string_view, std::string_view> kItems = {
      {kTexts, "a string"}, {kIds, "an integer or a string"}, {kMaps, "a mapping"}};
  for (const Object& object : Objects()) {
    for (const Key& key : object.keys) {
      const auto item = kItems.find(key.holds);
      if (item == kItems.end()) continue;
      EXPECT_THAT(Problems(object, key.name, "[[]]"),
                  Contains(absl::StrCat(At(object, key.name.size() + 3), object.path, key.name,
                                        "[0]: found a list; expected ", item->second)))
          << object.message;
    }
  }
}

TEST(KeyTypesTest, IntegerOutOfItsRange) {
  const std::map<std::string_view, std::vector<std::string_view>> kBeyond = {
      {kInt64, {"-9223372036854775809", "9223372036854775808"}},
      {kUint64, {"-1", "18446744073709551616"}},
      {kUint32, {"-1", "4294967296"}}};
  for (const Object& object : Objects()) {
    for (const Key& key : object.keys) {
      if (!IsInteger(key.holds)) continue;
      for (const std::string_view number : kBeyond.at(key.holds)) {
        EXPECT_THAT(
            Problems(object, key.name, number),
            Contains(absl::StrCat(At(object, key.name.size() + 2), object.path, key.name,
                                  ": found ", number, "; expected a number from ", key.holds)))
            << object.message;
      }
    }
  }
}

TEST(KeyTypesTest, UnknownKey) {
  for (const Object& object : Objects()) {
    const std::string_view path = object.path;
    const std::string keys = absl::StrJoin(object.keys, ", ", [](std::string* out, const Key& key) {
      absl::StrAppend(out, key.name);
    });
    const std::string place(path.substr(0, path.find_last_not_of(".: ") + 1));
    EXPECT_THAT(Problems(object, "frobnicate", "1"),
                Contains(absl::StrCat(At(object, 0), place, place.empty() ? "" : ": ",
                                      "unknown key \"frobnicate\"; expected one of: ", keys)));
  }
}

// "Kernel: image cmdline binary tar ucode" and so on.
void CollectKeys(const Descriptor& message, std::set<std::string>& lines) {
  std::string line = absl::StrCat(message.name(), ":");
  std::vector<const Descriptor*> inner;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldType type = TypeOf(*message.field(i));
    absl::StrAppend(&line, " ", KeyOf(*message.field(i)));
    if (type.kind == FieldKind::kMapping) inner.push_back(type.holder->message_type());
  }
  if (!lines.insert(line).second) return;
  for (const Descriptor* each : inner) CollectKeys(*each, lines);
}

TEST(KeyTypesTest, NoKeyIsMissingHere) {
  std::set<std::string> known;
  CollectKeys(*Config::descriptor(), known);
  std::set<std::string> here;
  for (const Object& object : Objects()) {
    std::string line = absl::StrCat(object.message, ":");
    for (const Key& key : object.keys) absl::StrAppend(&line, " ", key.name);
    here.insert(line);
  }
  EXPECT_EQ(here, known);
}

}  // namespace
}  // namespace linuxkit
