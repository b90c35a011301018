// The rules for config.json and runtime.json, one row a rule: what a part of the document is for an
// entry and a label.
//
// The expected text is the part in compact JSON (`-` if it is left out), or the error.
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tools/bundle/testing.h"

namespace linuxkit {
namespace {

using Json = nlohmann::ordered_json;

struct Case {
  const char* name;
  const char* part;  // JSON pointer
  const char* yaml;
  const char* label;
  const char* expected;
};

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

// "/mounts//y" style pointers cannot name a mount by its destination, so "MOUNT /y" does.
std::string PartOf(const Json& document, const std::string& part) {
  constexpr std::string_view kMount = "MOUNT ";
  if (part.starts_with(kMount)) {
    for (const Json& mount : document["mounts"]) {
      if (mount["destination"] == part.substr(kMount.size())) return mount.dump();
    }
    return "-";
  }
  const Json::json_pointer pointer(part);
  return document.contains(pointer) ? document.at(pointer).dump() : "-";
}

std::string Result(const Case& row, const absl::StatusOr<Bundle>& bundle, bool runtime) {
  if (!bundle.ok()) return std::string(bundle.status().message());
  return PartOf(Json::parse(runtime ? bundle->runtime_json : bundle->config_json), row.part);
}

// An image with everything that LinuxKit reads of one.
ImageConfig RowImage(const Case& row) {
  ImageConfig image = TestImage(row.label);
  image.clear_cmd();
  image.add_entrypoint("/ep");
  image.add_cmd("arg");
  image.add_env("A=image");
  image.set_working_dir("/image");
  return image;
}

class ConfigRuleTest : public testing::TestWithParam<Case> {};
TEST_P(ConfigRuleTest, Gives) {
  const Case& row = GetParam();
  EXPECT_EQ(Result(row, BundleOf(row.yaml, RowImage(row)), /*runtime=*/false), row.expected)
      << row.yaml << "\nlabel: " << row.label;
}

class RuntimeRuleTest : public testing::TestWithParam<Case> {};
TEST_P(RuntimeRuleTest, Gives) {
  const Case& row = GetParam();
  EXPECT_EQ(Result(row, BundleOf(row.yaml, RowImage(row)), /*runtime=*/true), row.expected)
      << row.yaml << "\nlabel: " << row.label;
}

constexpr Case kPresence[] = {
    {"EmptyBindsRemoveTheLabels", "MOUNT /y", "binds: []", "binds: ['/x:/y']", "-"},
    {"EmptyCapabilitiesRemoveTheLabels", "/process/capabilities", "capabilities: []",
     "capabilities: [CAP_KILL]", "{}"},
    {"EmptyCwdIsNotSet", "/process/cwd", "cwd: ''", "cwd: /label", R"("/label")"},
    {"EmptyHostnameIsNotSet", "/hostname", "hostname: ''", "hostname: l", R"("l")"},
    {"EmptyNetIsNotSet", "/linux/namespaces/0", "net: ''", "net: new", R"({"type":"network"})"},
    {"FalseOverridesTrue", "/root", "readonly: false", "readonly: true", R"({"path":"rootfs"})"},
    {"EmptyCgroupsPathOverrides", "/linux/cgroupsPath", "cgroupsPath: ''", "cgroupsPath: /l", "-"},
    {"EmptyLabelTextIsNone", "/process/cwd", "", "", R"("/image")"},
};
INSTANTIATE_TEST_SUITE_P(Presence, ConfigRuleTest, testing::ValuesIn(kPresence), CaseName);

constexpr Case kProcess[] = {
    {"OciVersion", "/ociVersion", "", "", R"("1.2.1")"},
    {"ArgsOfTheImage", "/process/args", "", "", R"(["/ep","arg"])"},
    {"ArgsOfTheLabel", "/process/args", "", "command: [/l]", R"(["/l"])"},
    {"ArgsOfTheEntry", "/process/args", "command: [/y]", "command: [/l]", R"(["/y"])"},
    {"NoCommandInTheEntry", "", "command: []", "command: [/l]",
     "found no command in the entry; set command in the entry to the program and its arguments"},
    {"NoCommandInTheLabel", "", "", "command: []",
     "found no command in the image's label org.mobyproject.config; set command in the entry to "
     "the program and its arguments"},
    {"EmptyProgramName", "", "command: ['', x]", "",
     "found an empty program name in the entry; set command in the entry to the program and its "
     "arguments"},
    {"VariableOfTheLabelWithoutValue", "", "", "env: [A=1, B]",
     "found \"B\"; expected NAME=VALUE such as \"B=1\". It stands in the image's label "
     "org.mobyproject.config; env in the entry replaces it"},
    {"VariableOfTheLabelUnderThoseOfTheEntry", "/process/env", "env: [A=1]", "env: [B]",
     R"(["A=1"])"},
    {"RelativeCwdOfTheLabel", "", "", "cwd: srv",
     "found the working directory \"srv\"; expected an absolute path such as \"/srv\". It stands "
     "in the image's label org.mobyproject.config; cwd in the entry replaces it"},
    {"RelativeCwdOfTheLabelUnderThatOfTheEntry", "/process/cwd", "cwd: /e", "cwd: srv", R"("/e")"},
    {"EnvOfTheImage", "/process/env", "", "", R"(["A=image"])"},
    {"EnvIsReplacedAsAWhole", "/process/env", "env: [B=y]", "env: [A=l]", R"(["B=y"])"},
    {"EmptyEnvIsLeftOut", "/process/env", "env: []", "", "-"},
    {"CwdOfTheEntry", "/process/cwd", "cwd: /y", "cwd: /l", R"("/y")"},
    {"UserDefaultsToRoot", "/process/user", "", "", R"({"uid":0,"gid":0})"},
    {"UidByNumber", "/process/user/uid", "uid: 12", "uid: 13", "12"},
    {"UidOfTheLabel", "/process/user/uid", "", "uid: 13", "13"},
    {"UidByName", "/process/user/uid", "uid: dhcp", "", "100"},
    {"GidByName", "/process/user/gid", "gid: db", "", "101"},
    {"UidRoot", "/process/user/uid", "uid: root", "uid: 5", "0"},
    {"UidEmptyText", "/process/user/uid", "uid: ''", "uid: 5", "0"},
    {"UidLargest", "/process/user/uid", "uid: 4294967294", "", "4294967294"},
    {"NegativeUidOfTheLabel", "", "", "uid: -1",
     "found -1; expected a number from 0 to 4294967294. It stands in the image's label "
     "org.mobyproject.config, which is read after the ids were given out: set \"uid\" in the "
     "entry"},
    {"AdditionalGids", "/process/user/additionalGids", "additionalGids: [5, db]", "", "[5,101]"},
    {"NumericTextIsAName", "", "uid: '100'", "",
     "cannot find id: 100; in quotes it is a name; write the number without quotes"},
    {"UnknownName", "", "gid: nobody", "",
     "cannot find id: nobody; expected a number, \"root\", or the name of an entry of onboot, "
     "onshutdown or services"},
    {"UnknownUidOfTheLabel", "", "", "uid: nobody",
     "cannot find id: nobody; expected a number, \"root\", or the name of an entry of onboot, "
     "onshutdown or services. It stands in the image's label org.mobyproject.config, which is read "
     "after the ids were given out: set \"uid\" in the entry"},
    {"UnknownGidOfTheLabel", "", "uid: dhcp", "gid: '7'",
     "cannot find id: 7; in quotes it is a name; write the number without quotes. It stands in the "
     "image's label org.mobyproject.config, which is read after the ids were given out: set "
     "\"gid\" in the entry"},
    {"UnknownFurtherGidOfTheLabel", "", "", "additionalGids: [5, nobody]",
     "cannot find id: nobody; expected a number, \"root\", or the name of an entry of onboot, "
     "onshutdown or services. It stands in the image's label org.mobyproject.config, which is read "
     "after the ids were given out: set \"additionalGids\" in the entry"},
    {"FurtherGidsInTheLabelUnderThoseOfTheEntry", "/process/user/additionalGids",
     "additionalGids: [5]", "additionalGids: [nobody]", "[5]"},
    {"NameInTheLabelUnderOneInTheEntry", "/process/user/uid", "uid: db", "uid: nobody", "101"},
    {"NoNewPrivileges", "/process/noNewPrivileges", "noNewPrivileges: true", "", "true"},
    {"NoNewPrivilegesFalseIsLeftOut", "/process/noNewPrivileges", "noNewPrivileges: false",
     "noNewPrivileges: true", "-"},
    {"OomScoreAdjZeroStands", "/process/oomScoreAdj", "oomScoreAdj: 0", "oomScoreAdj: 5", "0"},
    {"OomScoreAdjIsLeftOut", "/process/oomScoreAdj", "", "", "-"},
    {"TerminalNever", "/process/terminal", "", "", "-"},
};
INSTANTIATE_TEST_SUITE_P(Process, ConfigRuleTest, testing::ValuesIn(kProcess), CaseName);

constexpr Case kOrder[] = {
    {"Process", "/process",
     "uid: 1\nrlimits: ['core,0,0']\nnoNewPrivileges: true\noomScoreAdj: 3\n", "",
     R"({"user":{"uid":1,"gid":0},"args":["/ep","arg"],"env":["A=image"],"cwd":"/image","capabilities":{},"rlimits":[{"type":"RLIMIT_CORE","hard":0,"soft":0}],"noNewPrivileges":true,"oomScoreAdj":3})"},
    {"Linux", "/linux",
     "maskedPaths: [/m]\nreadonlyPaths: [/r]\nrootfsPropagation: shared\ncgroupsPath: /c\n"
     "sysctl: {b: '2', a: '1'}\nuidMappings: [{hostID: 1, containerID: 2, size: 3}]\n"
     "gidMappings: [{size: 3}]\ndevices: [{path: /dev/x, type: c, major: 1, minor: 2, mode: "
     "'660'}]",
     "",
     R"({"uidMappings":[{"containerID":2,"hostID":1,"size":3}],"gidMappings":[{"containerID":0,"hostID":0,"size":3}],"sysctl":{"a":"1","b":"2"},"resources":{"devices":[{"allow":true,"type":"c","major":1,"minor":2,"access":"rwm"}]},"cgroupsPath":"/c","namespaces":[{"type":"pid"},{"type":"mount"}],"devices":[{"path":"/dev/x","type":"c","major":1,"minor":2,"fileMode":432}],"rootfsPropagation":"shared","maskedPaths":["/m"],"readonlyPaths":["/r"]})"},
    {"Root", "/root", "readonly: true", "", R"({"path":"rootfs","readonly":true})"},
    {"AnnotationsSorted", "/annotations", "annotations: {b: x, a: y, B: z}", "annotations: {c: l}",
     R"({"B":"z","a":"y","b":"x"})"},
    {"AnnotationsEmpty", "/annotations", "annotations: {}", "annotations: {c: l}", "-"},
    {"HostnameIsLeftOut", "/hostname", "", "", "-"},
    {"MaskedPathsHaveNoDefault", "/linux/maskedPaths", "", "", "-"},
};
INSTANTIATE_TEST_SUITE_P(Order, ConfigRuleTest, testing::ValuesIn(kOrder), CaseName);

constexpr Case kCapabilities[] = {
    {"NoneByDefault", "/process/capabilities", "", "", "{}"},
    {"UnionIsSortedAndUnique", "/process/capabilities",
     "capabilities: [CAP_SYS_BOOT, CAP_KILL, CAP_KILL]\nambient: [CAP_CHOWN, CAP_KILL]", "",
     R"({"bounding":["CAP_CHOWN","CAP_KILL","CAP_SYS_BOOT"],"effective":["CAP_SYS_BOOT","CAP_KILL","CAP_KILL"],"inheritable":["CAP_CHOWN","CAP_KILL","CAP_SYS_BOOT"],"permitted":["CAP_CHOWN","CAP_KILL","CAP_SYS_BOOT"],"ambient":["CAP_CHOWN","CAP_KILL"]})"},
    {"AmbientAlone", "/process/capabilities", "ambient: [CAP_KILL]", "",
     R"({"bounding":["CAP_KILL"],"inheritable":["CAP_KILL"],"permitted":["CAP_KILL"],"ambient":["CAP_KILL"]})"},
    {"AddKeepsDuplicates", "/process/capabilities/effective", "capabilities.add: [CAP_KILL]",
     "capabilities: [CAP_KILL]", R"(["CAP_KILL","CAP_KILL"])"},
    {"AddWithoutALabel", "/process/capabilities/effective", "capabilities.add: [CAP_KILL]", "",
     R"(["CAP_KILL"])"},
    {"AddHasNoEffectBesideCapabilities", "/process/capabilities/effective",
     "capabilities: [CAP_KILL]\ncapabilities.add: [CAP_CHOWN]", "capabilities: [CAP_MKNOD]",
     R"(["CAP_KILL"])"},
    {"AddOfTheLabelIsNotUsed", "/process/capabilities", "", "capabilities.add: [CAP_KILL]", "{}"},
    {"NoneInAnyCase", "/process/capabilities", "capabilities: [NoNe]", "capabilities: [CAP_KILL]",
     "{}"},
    {"AllHasTheLast", "/process/capabilities/effective/40", "capabilities: [all]", "",
     R"("CAP_CHECKPOINT_RESTORE")"},
    {"AllHasNoMore", "/process/capabilities/effective/41", "capabilities: [ALL]", "", "-"},
    {"AllIsInTheKernelsOrder", "/process/capabilities/effective/0", "capabilities: [all]", "",
     R"("CAP_CHOWN")"},
    {"AllAmbient", "/process/capabilities/ambient/12", "ambient: [all]", "", R"("CAP_NET_ADMIN")"},
    {"AllMustStandAlone", "", "capabilities.add: [all]", "capabilities: [CAP_KILL]",
     "unknown capability: all; \"all\" must stand alone, also in what capabilities.add adds to"},
    {"AllBeforeAnotherMustStandAlone", "", "", "capabilities: [all, CAP_KILL]",
     "unknown capability: all; \"all\" must stand alone, also in what capabilities.add adds to"},
    {"UnknownInTheLabel", "", "", "capabilities: [CAP_NETADMIN]",
     "unknown capability: CAP_NETADMIN; did you mean CAP_NET_ADMIN?"},
    {"WrongCase", "", "", "capabilities: [cap_kill]",
     "unknown capability: cap_kill; did you mean CAP_KILL?"},
    {"NothingNear", "", "", "ambient: [frobnicate]",
     "unknown capability: frobnicate; expected a name such as CAP_NET_ADMIN"},
};
INSTANTIATE_TEST_SUITE_P(Capabilities, ConfigRuleTest, testing::ValuesIn(kCapabilities), CaseName);

constexpr Case kRlimits[] = {
    {"HardBeforeSoft", "/process/rlimits", "rlimits: ['nofile,1,2']", "rlimits: ['core,0,0']",
     R"([{"type":"RLIMIT_NOFILE","hard":2,"soft":1}])"},
    {"TrimmedPrefixedUnlimited", "/process/rlimits", "rlimits: [' rlimit_CORE , 5 ,UnLimited']", "",
     R"([{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":5}])"},
    {"EmptyIsLeftOut", "/process/rlimits", "rlimits: []", "rlimits: ['core,0,0']", "-"},
    {"TooFewParts", "", "", "rlimits: ['core,0,0', 'nofile,1']",
     "cannot parse rlimit: [core,0,0 nofile,1]; found \"nofile,1\"; expected NAME,SOFT,HARD such "
     "as \"nofile,1024,unlimited\""},
    {"TooManyParts", "", "", "rlimits: ['core,0,0,1']",
     "cannot parse 0,1 as uint64: expected a decimal number or \"unlimited\""},
    {"NumberBeforeName", "", "", "rlimits: ['foo,-1,0']",
     "cannot parse -1 as uint64: expected a decimal number or \"unlimited\""},
    {"NumberBeyond64Bits", "", "", "rlimits: ['core,18446744073709551616,0']",
     "cannot parse 18446744073709551616 as uint64: expected a decimal number or \"unlimited\""},
    {"UnknownName", "", "", "rlimits: ['foo,0,0']",
     "unknown limit: RLIMIT_FOO; expected one of: RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, "
     "RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, "
     "RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, "
     "RLIMIT_RTTIME"},
};
INSTANTIATE_TEST_SUITE_P(Rlimits, ConfigRuleTest, testing::ValuesIn(kRlimits), CaseName);

constexpr Case kNamespaces[] = {
    {"Default", "/linux/namespaces", "", "", R"([{"type":"pid"},{"type":"mount"}])"},
    {"AllNewInOrder", "/linux/namespaces", "net: new\nipc: new\nuts: new\npid: new\nuserns: new",
     "",
     R"([{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"pid"},{"type":"user"},{"type":"mount"}])"},
    {"AllHost", "/linux/namespaces", "net: host\nipc: host\nuts: root\npid: host\nuserns: root", "",
     R"([{"type":"mount"}])"},
    {"NetNoneIsNew", "/linux/namespaces/0", "net: none", "net: host", R"({"type":"network"})"},
    {"IpcNoneIsAPath", "/linux/namespaces/0", "ipc: none", "", R"({"type":"ipc","path":"none"})"},
    {"NetPath", "/linux/namespaces/0", "net: /run/netns/x", "",
     R"({"type":"network","path":"/run/netns/x"})"},
    {"PidPath", "/linux/namespaces/0", "", "pid: /run/pid", R"({"type":"pid","path":"/run/pid"})"},
};
INSTANTIATE_TEST_SUITE_P(Namespaces, ConfigRuleTest, testing::ValuesIn(kNamespaces), CaseName);

constexpr Case kDevices[] = {
    {"AllOfAType", "/linux/resources/devices", "devices: [{path: all, type: c, major: 13}]", "",
     R"([{"allow":true,"type":"c","access":"rwm"}])"},
    {"AllMakesNoNode", "/linux/devices", "devices: [{path: all, type: c}]", "", "-"},
    {"RulesOfResourcesComeFirst", "/linux/resources/devices",
     "resources: {devices: [{allow: false, access: rwm}]}\ndevices: [{path: all, type: b}]", "",
     R"([{"allow":false,"access":"rwm"},{"allow":true,"type":"b","access":"rwm"}])"},
    {"MajorAndMinorAlwaysStand", "/linux/resources/devices/0",
     "devices: [{path: /dev/x, type: p, mode: '0600'}]", "",
     R"({"allow":true,"type":"p","major":0,"minor":0,"access":"rwm"})"},
    {"ModeIsRequired", "", "", "devices: [{path: /dev/x, type: c}]",
     "cannot parse device mode as octal value: found \"\"; expected octal digits such as "
     "\"0644\""},
    {"ModeWithPrefix", "", "", "devices: [{path: /dev/x, type: c, mode: '0o660'}]",
     "cannot parse device mode as octal value: found \"0o660\"; expected octal digits such as "
     "\"0644\""},
};
INSTANTIATE_TEST_SUITE_P(Devices, ConfigRuleTest, testing::ValuesIn(kDevices), CaseName);

constexpr Case kResources[] = {
    {"ReplacedAsAWhole", "/linux/resources", "resources: {pids: {limit: 5}}",
     "resources: {cpu: {cpus: '0'}}", R"({"pids":{"limit":5}})"},
    {"Memory", "/linux/resources",
     "resources: {memory: {limit: 1, reservation: 2, swap: -1, kernel: 4, kernelTCP: 5, "
     "swappiness: 0, disableOOMKiller: false}}",
     "",
     R"({"memory":{"limit":1,"reservation":2,"swap":-1,"kernel":4,"kernelTCP":5,"swappiness":0,"disableOOMKiller":false}})"},
    {"Cpu", "/linux/resources",
     "resources: {cpu: {shares: 1, quota: -1, period: 3, realtimeRuntime: 4, realtimePeriod: 5, "
     "cpus: '0-1', mems: '0'}}",
     "",
     R"({"cpu":{"shares":1,"quota":-1,"period":3,"realtimeRuntime":4,"realtimePeriod":5,"cpus":"0-1","mems":"0"}})"},
    {"EmptyObjectsStand", "/linux/resources", "resources: {memory: {}, cpu: {}, pids: {}}", "",
     R"({"memory":{},"cpu":{},"pids":{"limit":0}})"},
    {"BlockIo", "/linux/resources",
     "resources: {blockio: {weight: 1, leafWeight: 2, weightDevice: [{major: 8, minor: 0, weight: "
     "3, leafWeight: 4}], throttleReadBpsDevice: [{major: 8, minor: 0, rate: 5}], "
     "throttleWriteBpsDevice: [{rate: 6}], throttleReadIOPSDevice: [{rate: 7}], "
     "throttleWriteIOPSDevice: [{rate: 8}]}}",
     "",
     R"({"blockIO":{"weight":1,"leafWeight":2,"weightDevice":[{"major":8,"minor":0,"weight":3,"leafWeight":4}],"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":5}],"throttleWriteBpsDevice":[{"major":0,"minor":0,"rate":6}],"throttleReadIOPSDevice":[{"major":0,"minor":0,"rate":7}],"throttleWriteIOPSDevice":[{"major":0,"minor":0,"rate":8}]}})"},
    {"HugepageLimits", "/linux/resources",
     "resources: {hugepageLimits: [{pageSize: 2097152, limit: 9}, {pageSize: 64KB, limit: 1}]}", "",
     R"({"hugepageLimits":[{"pageSize":"2MB","limit":9},{"pageSize":"64KB","limit":1}]})"},
    {"PageSizeWithALeadingZero", "", "",
     "resources: {hugepageLimits: [{pageSize: 02MB, limit: 1}]}",
     "found the page size \"02MB\"; expected a number of bytes or a text such as \"2MB\""},
    {"Network", "/linux/resources",
     "resources: {network: {classID: 1, priorities: [{name: eth0, priority: 2}]}}", "",
     R"({"network":{"classID":1,"priorities":[{"name":"eth0","priority":2}]}})"},
};
INSTANTIATE_TEST_SUITE_P(Resources, ConfigRuleTest, testing::ValuesIn(kResources), CaseName);

constexpr Case kMounts[] = {
    {"ReadonlyDev", "MOUNT /dev", "readonly: true", "",
     R"({"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","strictatime","mode=755","size=65536k","ro"]})"},
    {"ReadonlySys", "MOUNT /sys", "readonly: true", "",
     R"({"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]})"},
    {"ReadonlyProcIsTheSame", "MOUNT /proc", "readonly: true", "",
     R"({"destination":"/proc","type":"proc","source":"proc","options":["nosuid","nodev","noexec","relatime"]})"},
    {"NoShm", "MOUNT /dev/shm", "", "", "-"},
    {"Tmpfs", "MOUNT /t", "tmpfs: [/t]", "tmpfs: [/l]",
     R"({"destination":"/t","type":"tmpfs","source":"tmpfs"})"},
    {"TmpfsOfTheLabelIsReplaced", "MOUNT /l", "tmpfs: [/t]", "tmpfs: [/l]", "-"},
    {"TmpfsOptions", "MOUNT /t", "", "tmpfs: ['/t:size=1m,noexec']",
     R"({"destination":"/t","type":"tmpfs","source":"tmpfs","options":["size=1m","noexec"]})"},
    {"TmpfsColons", "", "", "tmpfs: ['/t:a:b']",
     "cannot parse tmpfs, too many ':': /t:a:b; expected DESTINATION or DESTINATION:OPTION,OPTION"},
    {"Bind", "MOUNT /y", "binds: ['/x:/y']", "",
     R"({"destination":"/y","type":"bind","source":"/x","options":["rw","rbind","rshared"]})"},
    {"BindOptions", "MOUNT /y", "binds: ['/x:/y:ro,nosuid']", "",
     R"({"destination":"/y","type":"bind","source":"/x","options":["ro","nosuid","rbind"]})"},
    {"BindsAdd", "MOUNT /b", "binds.add: ['/a:/b']", "binds: ['/x:/y']",
     R"({"destination":"/b","type":"bind","source":"/a","options":["rw","rbind","rshared"]})"},
    {"BindsAddKeepsTheLabels", "MOUNT /y", "binds.add: ['/a:/b']", "binds: ['/x:/y']",
     R"({"destination":"/y","type":"bind","source":"/x","options":["rw","rbind","rshared"]})"},
    {"BindsAddHasNoEffectBesideBinds", "MOUNT /b", "binds: []\nbinds.add: ['/a:/b']", "", "-"},
    {"BindWithoutColon", "", "", "binds: [/x]",
     "cannot parse bind, missing ':': /x; expected SOURCE:DESTINATION or "
     "SOURCE:DESTINATION:OPTION,OPTION"},
    {"BindColons", "", "", "binds: ['/x:/y:ro:z']",
     "cannot parse bind, too many ':': /x:/y:ro:z; expected SOURCE:DESTINATION or "
     "SOURCE:DESTINATION:OPTION,OPTION"},
    {"RelativeBindOfTheLabelIsNoVolume", "MOUNT /y", "", "binds: ['nosuch:/y']",
     R"({"destination":"/y","type":"bind","source":"nosuch","options":["rw","rbind","rshared"]})"},
    {"BindOfTheEntryOverTmpfsOfTheLabel", "MOUNT /y", "binds: ['/x:/y']", "tmpfs: [/y]",
     R"({"destination":"/y","type":"bind","source":"/x","options":["rw","rbind","rshared"]})"},
    {"BindsAddOverABindOfTheLabel", "MOUNT /y", "binds.add: ['/x:/y']", "binds: ['/l:/y']",
     R"({"destination":"/y","type":"bind","source":"/x","options":["rw","rbind","rshared"]})"},
    {"EqualBindsAreOne", "MOUNT /y", "binds: ['/x:/y', '/x:/y']", "",
     R"({"destination":"/y","type":"bind","source":"/x","options":["rw","rbind","rshared"]})"},
    {"BindsAddOfTheLabelIsNotUsed", "MOUNT /b", "", "binds: ['/x:/y']\nbinds.add: ['/a:/b']", "-"},
    {"MountsOfTheLabel", "MOUNT /l", "", "mounts: [{type: tmpfs, destination: /l}]",
     R"({"destination":"/l","type":"tmpfs","source":"tmpfs"})"},
    {"MountsReplaceTheLabels", "MOUNT /l", "mounts: []", "mounts: [{type: tmpfs, destination: /l}]",
     "-"},
    {"SortedByBytes", "/mounts/0/destination", "tmpfs: [/Z]", "", R"("/Z")"},
    {"MountOptionsReplaceTheDefaults", "MOUNT /dev", "mounts: [{destination: /dev}]", "",
     R"({"destination":"/dev","type":"tmpfs","source":"tmpfs"})"},
    {"MountTypeFromSource", "MOUNT /dev/mqueue", "mounts: [{source: mqueue}]", "",
     R"({"destination":"/dev/mqueue","type":"mqueue","source":"mqueue"})"},
    {"MountOfDevptsFromSource", "MOUNT /dev/pts", "mounts: [{source: devpts}]", "",
     R"({"destination":"/dev/pts","type":"devpts","source":"devpts"})"},
    {"MountOfProcFromSource", "MOUNT /proc", "mounts: [{source: proc}]", "",
     R"({"destination":"/proc","type":"proc","source":"proc"})"},
    {"MountOfSysfsFromSource", "MOUNT /sys", "mounts: [{source: sysfs}]", "",
     R"({"destination":"/sys","type":"sysfs","source":"sysfs"})"},
    {"MountOfCgroupFromSource", "MOUNT /sys/fs/cgroup", "mounts: [{source: cgroup}]", "",
     R"({"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"})"},
    {"MountDestinationFromType", "MOUNT /sys/fs/cgroup", "mounts: [{type: cgroup, options: [rw]}]",
     "", R"({"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["rw"]})"},
    {"RelativeDestinationOfTheLabel", "", "", "binds: ['/data:data']",
     "found the destination \"data\" in \"/data:data\"; expected an absolute path such as "
     "\"/data\""},
    {"MountIdMappingsAreDropped", "MOUNT /m",
     "mounts: [{type: tmpfs, destination: /m, uidmappings: [{hostID: 1}]}]", "",
     R"({"destination":"/m","type":"tmpfs","source":"tmpfs"})"},
    {"MountWithoutType", "", "", "mounts: [{destination: /m, source: x}]",
     "mount for destination /m is missing type; expected a file system such as \"tmpfs\", or "
     "\"bind\""},
    {"MountWithoutDestination", "", "", "mounts: [{type: ext4}]",
     "mount type ext4 is missing destination; expected a path in the container"},
};
INSTANTIATE_TEST_SUITE_P(Mounts, ConfigRuleTest, testing::ValuesIn(kMounts), CaseName);

constexpr Case kVolumes[] = {
    {"Bind", "MOUNT /d", "binds: ['data:/d']", "",
     R"({"destination":"/d","type":"bind","source":"/containers/volumes/data/merged","options":["rw","rbind","rshared"]})"},
    {"BindsAdd", "MOUNT /d", "binds.add: ['data:/d:ro,x']", "",
     R"({"destination":"/d","type":"bind","source":"/containers/volumes/data/merged","options":["ro","x","rbind"]})"},
    {"ReadonlyBind", "MOUNT /k", "binds: ['keys:/k:ro']", "",
     R"({"destination":"/k","type":"bind","source":"/containers/volumes/keys/merged","options":["ro","rbind"]})"},
    {"Mount", "MOUNT /d", "mounts: [{type: bind, source: data, destination: /d, options: [rw]}]",
     "",
     R"({"destination":"/d","type":"bind","source":"/containers/volumes/data/merged","options":["rw"]})"},
    {"ReadonlyMount", "MOUNT /k",
     "mounts: [{type: bind, source: keys, destination: /k, options: [bind, ro, rw]}]", "",
     R"({"destination":"/k","type":"bind","source":"/containers/volumes/keys/merged","options":["bind","ro","rw"]})"},
    {"UnknownInBind", "", "binds: ['/a:/b', 'cache:/d']", "",
     "binds[1]: volume cache not found; volumes are: data, keys; declare it or give a path that "
     "begins with \"/\""},
    {"UnknownInBindsAdd", "", "binds.add: ['cache:/d']", "",
     "binds.add[0]: volume cache not found; volumes are: data, keys; declare it or give a path "
     "that "
     "begins with \"/\""},
    {"UnknownInMount", "", "mounts: [{type: bind, source: cache, destination: /d}]", "",
     "mounts[0]: volume cache not found; volumes are: data, keys; declare it or give a path that "
     "begins with \"/\""},
    {"ReadonlyBoundForWriting", "", "binds: ['keys:/k']", "",
     "binds[0]: volume keys is read-only, but attempting to write into container read-write; add "
     "the option \"ro\""},
    {"ReadonlyWithMoreThanRo", "", "binds: ['keys:/k:ro,rbind']", "",
     "binds[0]: volume keys is read-only, but attempting to write into container read-write; add "
     "the option \"ro\""},
    {"ReadonlyMountedForWriting", "",
     "mounts: [{type: bind, source: keys, destination: /k, options: [rw, ro]}]", "",
     "mounts[0]: volume keys is read-only, but attempting to write into container read-write; add "
     "the option \"ro\""},
    {"ReadonlyMountedWithoutRo", "",
     "mounts: [{type: bind, source: keys, destination: /k, options: [bind]}]", "",
     "mounts[0]: volume keys is read-only, but attempting to write into container read-write; add "
     "the option \"ro\""},
};
INSTANTIATE_TEST_SUITE_P(Volumes, ConfigRuleTest, testing::ValuesIn(kVolumes), CaseName);

constexpr Case kLabels[] = {
    {"List", "", "", "[1]",
     "JSON is an array not an object: [1]; expected in the image's label org.mobyproject.config a "
     "mapping such as {\"binds\": [\"/etc/x:/etc/x\"]}"},
    {"Scalar", "", "", "text",
     "JSON is an array not an object: text; expected in the image's label org.mobyproject.config a "
     "mapping such as {\"binds\": [\"/etc/x:/etc/x\"]}"},
    {"Null", "", "", "null",
     "JSON is an array not an object: null; expected in the image's label org.mobyproject.config a "
     "mapping such as {\"binds\": [\"/etc/x:/etc/x\"]}"},
    {"UnknownKeyAndWrongType", "", "", "{\"bind\": [],\n \"env\": \"A=b\"}",
     "invalid configuration label:\n"
     "org.mobyproject.config:1:2: unknown key \"bind\"; did you mean \"binds\"?\n"
     "org.mobyproject.config:2:9: env: found a string; expected a list of strings (put it in a "
     "list: "
     "[\"A=b\"])"},
    {"NotYaml", "", "", "{\"binds\": [",
     "invalid configuration label:\norg.mobyproject.config:1:1: this does not continue the list in "
     "brackets; expected \",\" or \"]\"; it opens at line 1, column 11"},
    {"Name", "", "", "name: x",
     "name cannot be set in metadata label; remove it from the image's label "
     "org.mobyproject.config"},
    {"Image", "", "", "image: x",
     "image cannot be set in metadata label; remove it from the image's label "
     "org.mobyproject.config"},
};
INSTANTIATE_TEST_SUITE_P(Labels, ConfigRuleTest, testing::ValuesIn(kLabels), CaseName);

constexpr Case kRuntime[] = {
    {"ReadonlyIsABind", "/mounts", "readonly: true", "",
     R"([{"destination":"/containers/services/web/rootfs","source":"/containers/images/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/rootfs","options":["bind"]}])"},
    {"ReadonlyOfTheLabel", "/mounts/0/options", "", "readonly: true", R"(["bind"])"},
    {"CgroupsOfTheEntry", "/cgroups", "runtime: {cgroups: [a]}", "runtime: {cgroups: [b, c]}",
     R"(["a"])"},
    {"CgroupsOfTheLabel", "/cgroups", "runtime: {mkdir: [x]}", "runtime: {cgroups: [b, c]}",
     R"(["b","c"])"},
    {"EmptyCgroupsReplace", "/cgroups", "runtime: {cgroups: []}", "runtime: {cgroups: [b]}", "[]"},
    {"MountsFollowTheRoot", "/mounts/3",
     "runtime: {mounts: [{destination: /m, source: /s, options: [bind]}]}",
     "runtime: {mounts: [{destination: /l}]}",
     R"({"destination":"/m","source":"/s","options":["bind"]})"},
    {"MountsOfTheLabel", "/mounts/3", "", "runtime: {mounts: [{destination: /l, type: tmpfs}]}",
     R"({"destination":"/l","type":"tmpfs"})"},
    {"MountSourceIsNoVolume", "/mounts/3",
     "runtime: {mounts: [{type: bind, destination: /m, source: rel}]}", "",
     R"({"destination":"/m","type":"bind","source":"rel"})"},
    {"Mkdir", "/mkdir", "runtime: {mkdir: [/a, b]}", "", R"(["/a","b"])"},
    {"MkdirOfTheLabel", "/mkdir", "runtime: {cgroups: [x]}", "runtime: {mkdir: [/l]}", R"(["/l"])"},
    {"EmptyMkdirReplaces", "/mkdir", "runtime: {mkdir: []}", "runtime: {mkdir: [/l]}", "[]"},
    {"InterfacesOfTheLabel", "/interfaces", "runtime: {}", "runtime: {interfaces: [{name: l}]}",
     R"([{"name":"l","createInRoot":false}])"},
    {"Interfaces", "/interfaces",
     "runtime: {interfaces: [{name: eth0, add: veth, peer: p, createInRoot: true}, {name: x}]}", "",
     R"([{"name":"eth0","add":"veth","peer":"p","createInRoot":true},{"name":"x","createInRoot":false}])"},
    {"BindNsIsMergedByKey", "/bindNS", "runtime: {bindNS: {net: /y, uts: ''}}",
     "runtime: {bindNS: {net: /l, pid: /l, uts: /l}}",
     R"({"cgroup":"","ipc":"","mnt":"","net":"/y","pid":"/l","user":"","uts":""})"},
    {"NamespaceOfTheEntry", "/namespace", "runtime: {namespace: y}", "runtime: {namespace: l}",
     R"("y")"},
    {"NamespaceOfTheLabel", "/namespace", "runtime: {}", "runtime: {namespace: l}", R"("l")"},
};
INSTANTIATE_TEST_SUITE_P(Runtime, RuntimeRuleTest, testing::ValuesIn(kRuntime), CaseName);

// "Y else L": what the label says holds if the entry has no such key.
constexpr Case kOfTheLabel[] = {
    {"Env", "/process/env", "", "env: [A=l]", R"(["A=l"])"},
    {"Cwd", "/process/cwd", "", "cwd: /l", R"("/l")"},
    {"Gid", "/process/user/gid", "", "gid: 7", "7"},
    {"AdditionalGids", "/process/user/additionalGids", "", "additionalGids: [7]", "[7]"},
    {"Ambient", "/process/capabilities/ambient", "", "ambient: [CAP_KILL]", R"(["CAP_KILL"])"},
    {"Rlimits", "/process/rlimits", "", "rlimits: ['core,1,2']",
     R"([{"type":"RLIMIT_CORE","hard":2,"soft":1}])"},
    {"NoNewPrivileges", "/process/noNewPrivileges", "", "noNewPrivileges: true", "true"},
    {"OomScoreAdj", "/process/oomScoreAdj", "", "oomScoreAdj: -5", "-5"},
    {"Readonly", "/root/readonly", "", "readonly: true", "true"},
    {"Hostname", "/hostname", "", "hostname: l", R"("l")"},
    {"Annotations", "/annotations", "", "annotations: {a: l}", R"({"a":"l"})"},
    {"UidMappings", "/linux/uidMappings", "", "uidMappings: [{size: 3}]",
     R"([{"containerID":0,"hostID":0,"size":3}])"},
    {"GidMappings", "/linux/gidMappings", "", "gidMappings: [{size: 3}]",
     R"([{"containerID":0,"hostID":0,"size":3}])"},
    {"Sysctl", "/linux/sysctl", "", "sysctl: {a: l}", R"({"a":"l"})"},
    {"SysctlIsReplacedAsAWhole", "/linux/sysctl", "sysctl: {b: y}", "sysctl: {a: l}",
     R"({"b":"y"})"},
    {"Resources", "/linux/resources", "", "resources: {pids: {limit: 5}}",
     R"({"pids":{"limit":5}})"},
    {"CgroupsPath", "/linux/cgroupsPath", "", "cgroupsPath: /l", R"("/l")"},
    {"Namespaces", "/linux/namespaces", "", "net: /n\nipc: new\nuts: new\npid: host\nuserns: /u",
     R"([{"type":"network","path":"/n"},{"type":"ipc"},{"type":"uts"},{"type":"user","path":"/u"},{"type":"mount"}])"},
    {"Devices", "/linux/devices", "",
     "devices: [{path: /dev/x, type: c, major: 1, minor: 2, mode: '660'}]",
     R"([{"path":"/dev/x","type":"c","major":1,"minor":2,"fileMode":432}])"},
    {"DevicesAreReplacedAsAWhole", "/linux/devices", "devices: []",
     "devices: [{path: /dev/x, type: c, mode: '660'}]", "-"},
    {"RootfsPropagation", "/linux/rootfsPropagation", "", "rootfsPropagation: shared",
     R"("shared")"},
    {"MaskedPaths", "/linux/maskedPaths", "", "maskedPaths: [/l]", R"(["/l"])"},
    {"ReadonlyPaths", "/linux/readonlyPaths", "", "readonlyPaths: [/l]", R"(["/l"])"},
    {"ReadonlyPathsAreReplacedAsAWhole", "/linux/readonlyPaths", "readonlyPaths: []",
     "readonlyPaths: [/l]", "-"},
};
INSTANTIATE_TEST_SUITE_P(OfTheLabel, ConfigRuleTest, testing::ValuesIn(kOfTheLabel), CaseName);

struct ImageCase {
  const char* name;
  void (*change)(ImageConfig& image);
  const char* expected;  // process.args, or the error
};

class ImageProcessTest : public testing::TestWithParam<ImageCase> {};
TEST_P(ImageProcessTest, Gives) {
  ImageConfig image = TestImage();
  GetParam().change(image);
  const Case row = {.part = "/process/args"};
  EXPECT_EQ(Result(row, BundleOf("", image), /*runtime=*/false), GetParam().expected);
}

const ImageCase kImageProcess[] = {
    {"Command", [](ImageConfig&) {}, R"(["/cmd"])"},
    {"EntrypointOfOneEmptyWordIsNone", [](ImageConfig& image) { image.add_entrypoint(""); },
     R"(["/cmd"])"},
    {"NoCommand", [](ImageConfig& image) { image.clear_cmd(); },
     "found no command in the image's configuration; set command in the entry to the program and "
     "its arguments"},
    {"EntrypointThatBeginsWithAnEmptyWord",
     [](ImageConfig& image) {
       image.add_entrypoint("");
       image.add_entrypoint("/x");
     },
     "found an empty program name in the image's configuration; set command in the entry to the "
     "program and its arguments"},
    {"RelativeWorkingDirectory", [](ImageConfig& image) { image.set_working_dir("srv"); },
     "found the working directory \"srv\"; expected an absolute path such as \"/srv\". It stands "
     "in the image's configuration; cwd in the entry replaces it"},
    {"VariableWithoutName", [](ImageConfig& image) { image.add_env("=x"); },
     "found \"=x\"; expected NAME=VALUE such as \"NAME=x\". It stands in the image's "
     "configuration; env in the entry replaces it"},
};
INSTANTIATE_TEST_SUITE_P(Image, ImageProcessTest, testing::ValuesIn(kImageProcess),
                         [](const auto& info) { return std::string(info.param.name); });

// LinuxKit format, section 2.7.
TEST(JsonBytesTest, EscapesOfGo) {
  const auto bundle =
      BundleOf("annotations: {k: \"<a>&\\u2028\\u2029\\\"\\\\\\t\\x01\\u00e9\"}", TestImage());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_NE(bundle->config_json.find(
                "\"k\": \"\\u003ca\\u003e\\u0026\\u2028\\u2029\\\"\\\\\\t\\u0001\u00e9\""),
            std::string::npos)
      << bundle->config_json;
}

// LinuxKit format, section 3.8.
TEST(ConfigJsonTest, SmallestConfig) {
  ImageConfig image = TestImage();
  image.set_cmd(0, "x");
  const auto bundle = BundleOf("", image);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  Json config = Json::parse(bundle->config_json);
  std::string destinations;
  for (const Json& mount : config["mounts"]) destinations += mount["destination"].dump();
  config.erase("mounts");
  EXPECT_EQ(
      config.dump(),
      R"({"ociVersion":"1.2.1","process":{"user":{"uid":0,"gid":0},"args":["x"],"cwd":"/","capabilities":{}},"root":{"path":"rootfs"},"linux":{"resources":{},"namespaces":[{"type":"pid"},{"type":"mount"}]}})");
  EXPECT_EQ(destinations, R"("/dev""/dev/pts""/proc""/sys""/sys/fs/cgroup")");
}

}  // namespace
}  // namespace linuxkit
