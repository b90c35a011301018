// Errors of whole files with their full text, by the sections of the format document they come
// from.
#include "tools/config/config.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

absl::StatusOr<std::vector<Config>> Parse(std::string_view text) {
  return ParseConfigs({{.path = "os/my.yml", .label = "//os:my.yml", .text = std::string(text)}});
}

// The message without excerpts: lines that begin with the name of a file.
std::string Summary(const absl::Status& status) {
  std::vector<std::string> kept;
  for (const std::string_view line : absl::StrSplit(status.message(), '\n')) {
    if (!line.starts_with(" ")) kept.emplace_back(line);
  }
  return absl::StrJoin(kept, "\n");
}

struct Case {
  const char* name;
  const char* text;
  const char* error;
};

class ConfigErrorTest : public testing::TestWithParam<Case> {};

TEST_P(ConfigErrorTest, Says) {
  EXPECT_EQ(Summary(Parse(GetParam().text).status()), GetParam().error) << GetParam().text;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

constexpr Case kReading[] = {
    {"Empty", "", "os/my.yml:1:1: the document is empty; expected at least \"{}\""},
    {"OnlyComments", "# nothing\n# here",
     "os/my.yml:1:1: the document is empty; expected at least \"{}\""},
    {"ListAtTop", "- a",
     "os/my.yml:1:1: found a list; expected a mapping of sections such as kernel, init and "
     "services"},
    {"ScalarAtTop", "text",
     "os/my.yml:1:1: found a string; expected a mapping of sections such as kernel, init and "
     "services"},
    {"DuplicateKey", "init: []\nfiles: []\ninit: []",
     "os/my.yml:3:1: the key \"init\" is already set at line 1, column 1; keep one of them"},
    {"NumberAsKey", "1: x",
     "os/my.yml:1:1: found an integer as a key; expected a string (put it in quotes)"},
    {"SectionWithNothing",
     "init:", "os/my.yml:1:1: init: found nothing (null); expected a list of strings"},
    {"ContainersWithNothing",
     "services:", "os/my.yml:1:1: services: found nothing (null); expected a list of mappings"},
    {"KernelWithNothing", "kernel:\ninit: []",
     "os/my.yml:1:1: kernel: found nothing (null); expected a mapping"},
    {"UnknownSection", "service: []",
     "os/my.yml:1:1: unknown key \"service\"; did you mean \"services\"?"},
    {"UnknownSectionOfNothing", "frobnicate: []",
     "os/my.yml:1:1: unknown key \"frobnicate\"; expected one of: kernel, init, onboot, "
     "onshutdown, services, files, volumes, trust"},
    {"Syntax", "init: [a\nfiles: }",
     "os/my.yml:2:6: this does not continue the list in brackets; expected \",\" or \"]\"; it "
     "opens "
     "at line 1, column 7"},
};
INSTANTIATE_TEST_SUITE_P(Section1_1, ConfigErrorTest, testing::ValuesIn(kReading), CaseName);

constexpr Case kSchema[] = {
    {"KernelKey", "kernel: {cmdlin: x}",
     "os/my.yml:1:10: kernel: unknown key \"cmdlin\"; did you mean \"cmdline\"?"},
    {"KernelType", "kernel: {cmdline: 5}",
     "os/my.yml:1:19: kernel.cmdline: found an integer; expected a string (put it in quotes: "
     "\"5\")"},
    {"ModeAsOctal", "files: [{path: x, contents: '', mode: 0o644}]",
     "os/my.yml:1:39: files[0] \"x\": mode: found an integer; expected a string (put it in quotes: "
     "\"0644\")"},
    {"TextForAList", "services: [{name: a, image: x, binds: '/a:/b'}]",
     "os/my.yml:1:39: services \"a\": binds: found a string; expected a list of strings (put it in "
     "a "
     "list: [\"/a:/b\"])"},
    {"MappingForAList", "services: {name: a, image: x}",
     "os/my.yml:1:11: services: found a mapping; expected a list of mappings (put it in a list)"},
    {"YesForTrue", "services: [{name: a, image: x, readonly: yes}]",
     "os/my.yml:1:42: services \"a\": readonly: found a string; expected true or false (write "
     "true)"},
    {"QuotedInteger", "services: [{name: a, image: x, oomScoreAdj: '-5'}]",
     "os/my.yml:1:45: services \"a\": oomScoreAdj: found a string; expected an integer (write it "
     "without quotes: -5)"},
    {"ModeAsInteger", "files: [{path: x, contents: '', mode: 0644}]",
     "os/my.yml:1:39: files[0] \"x\": mode: found an integer; expected a string (put it in quotes: "
     "\"0644\")"},
    {"FloatId", "files: [{path: x, contents: '', uid: 1.5}]",
     "os/my.yml:1:38: files[0] \"x\": uid: found a floating-point number; expected an integer or a "
     "string"},
    {"FilesKey", "files: [{path: x, content: ''}]",
     "os/my.yml:1:19: files[0] \"x\": unknown key \"content\"; did you mean \"contents\"?"},
    {"FilesOfText", "files: [x]", "os/my.yml:1:9: files[0]: found a string; expected a mapping"},
    {"VolumeName", "volumes: [{name: Data}]",
     "os/my.yml:1:18: volumes \"Data\": name: invalid volume name: Data; expected only a-z, 0-9, "
     "\"_\" and \"-\""},
    {"VolumeNameMissing", "volumes: [{image: x}]",
     "os/my.yml:1:11: volumes: name is required; expected the name of the volume"},
    {"VolumeTwice", "volumes: [{name: a}, {name: a}]",
     "os/my.yml:1:29: volumes \"a\": name: duplicate volume name: a; the first is at "
     "os/my.yml:1:18, keep one or rename it"},
    {"VolumeFormat", "volumes: [{name: a, format: tar}]",
     "os/my.yml:1:29: volumes \"a\": format: found \"tar\"; expected \"oci\" or \"filesystem\""},
    {"PlatformSlashes", "volumes: [{name: a, platforms: [linux/arm64/v8/x]}]",
     "os/my.yml:1:33: volumes \"a\": platforms[0]: failed to parse platform linux/arm64/v8/x: too "
     "many slashes; expected OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT such as linux/arm64/v8"},
    {"PlatformWithoutArchitecture", "volumes: [{name: a, platforms: [linux/amd64, linux]}]",
     "os/my.yml:1:46: volumes \"a\": platforms[1]: failed to parse platform linux; expected "
     "OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT such as linux/arm64/v8"},
    {"NameMissing", "services: [{image: x}]",
     "os/my.yml:1:12: services: name is required; expected the name of the container"},
    {"ImageMissing", "onboot: [{name: x}]",
     "os/my.yml:1:10: onboot \"x\": image is required; expected the reference of an image"},
    {"ImageEmpty", "onshutdown: [{name: x, image: ''}]",
     "os/my.yml:1:31: onshutdown \"x\": image is required; expected the reference of an image"},
    {"ServiceTwice", "services: [{name: a, image: x}, {name: a, image: y}]",
     "os/my.yml:1:40: services \"a\": name: duplicate service name: a; the first is at "
     "os/my.yml:1:19, keep one or rename it"},
    {"ServiceTwiceByPath", "services: [{name: a.b, image: x}, {name: ./a.b/, image: y}]",
     "os/my.yml:1:42: services \"./a.b/\": name: duplicate service name: ./a.b/; the first is at "
     "os/my.yml:1:19, keep one or rename it"},
    {"NameThatLeadsOut", "services: [{name: ../x, image: x}]",
     "os/my.yml:1:19: services \"../x\": name: found the name \"../x\", which leads out of "
     "containers/services; expected a name without \"..\""},
    {"TrustType", "trust: {image: x}",
     "os/my.yml:1:16: trust.image: found a string; expected a list of strings (put it in a list: "
     "[\"x\"])"},
    {"LowerCaseSpelling", "services: [{name: a, image: x, resources: {memory: {kerneltcp: 1}}}]",
     "os/my.yml:1:53: services \"a\": resources.memory: unknown key \"kerneltcp\"; did you mean "
     "\"kernelTCP\"?"},
};
INSTANTIATE_TEST_SUITE_P(Section1_3, ConfigErrorTest, testing::ValuesIn(kSchema), CaseName);

constexpr Case kReferences[] = {
    {"Scheme", "kernel: {image: 'https://x/y:1'}",
     "os/my.yml:1:17: kernel: image: image reference \"https://x/y:1\": found \"://\"; expected a "
     "name without scheme, like \"docker.io/library/redis:7\""},
    {"InitEmpty", "init: ['']",
     "os/my.yml:1:8: init[0]: image reference \"\": found nothing; expected a name like "
     "\"alpine:3.20\""},
    {"NoTag", "onboot: [{name: a, image: 'redis:'}]",
     "os/my.yml:1:27: onboot \"a\": image: image reference \"redis:\": found the tag \"\"; "
     "expected 1 "
     "to 128 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" or \"-\""},
    {"Blank", "onshutdown: [{name: a, image: 'a b'}]",
     "os/my.yml:1:31: onshutdown \"a\": image: image reference \"a b\": found \"a b\" in the name; "
     "expected lower-case letters and digits with \".\", \"_\", \"__\" or \"-\" between"},
    {"VolumeImage", "volumes: [{name: a, image: '/x'}]",
     "os/my.yml:1:28: volumes \"a\": image: image reference \"/x\": found \"\" in the name; "
     "expected "
     "lower-case letters and digits with \".\", \"_\", \"__\" or \"-\" between"},
    {"Label", "services: [{name: a, image: '//os:'}]",
     "os/my.yml:1:29: services \"a\": image: invalid label: //os:; expected //package:target, "
     ":target or @repository//package:target"},
    {"PackageOutside", "init: ['@pkg:../../x']",
     "os/my.yml:1:8: init[0]: invalid package: @pkg:../../x; expected a directory of the "
     "workspace, "
     "relative to the YAML file's"},
    {"PackageElsewhere", "services: [{name: a, image: x, hostname: '@pkg:../x'}]",
     "os/my.yml:1:42: found \"@pkg:../x\"; expected packages only as images"},
};
INSTANTIATE_TEST_SUITE_P(Section1_5, ConfigErrorTest, testing::ValuesIn(kReferences), CaseName);

constexpr Case kVolumes[] = {
    {"UnknownInBinds", "onboot: [{name: a, image: x, binds: ['data:/x']}]",
     "os/my.yml:1:38: onboot \"a\": binds[0]: volume data not found; the system has no volumes; "
     "declare it or give a path that begins with \"/\""},
    {"UnknownInBindsAdd",
     "volumes: [{name: d}]\nservices: [{name: a, image: x, binds.add: ['/a:/b', 'e:/x']}]",
     "os/my.yml:2:53: services \"a\": binds.add[1]: volume e not found; volumes are: d; declare it "
     "or give a path that begins with \"/\""},
    {"UnknownInMounts",
     "onshutdown: [{name: a, image: x, mounts: [{type: bind, source: e, destination: /x}]}]",
     "os/my.yml:1:43: onshutdown \"a\": mounts[0]: volume e not found; the system has no volumes; "
     "declare it or give a path that begins with \"/\""},
    {"ReadOnlyBound",
     "volumes: [{name: d, readonly: true}]\nservices: [{name: a, image: x, binds: "
     "['d:/x:ro,rbind']}]",
     "os/my.yml:2:40: services \"a\": binds[0]: volume d is read-only, but attempting to write "
     "into "
     "container read-write; add the option \"ro\""},
    {"ReadOnlyMounted",
     "volumes: [{name: d, readonly: true}]\nservices: [{name: a, image: x, mounts: [{type: bind, "
     "source: d, destination: /x, options: [rw, ro]}]}]",
     "os/my.yml:2:41: services \"a\": mounts[0]: volume d is read-only, but attempting to write "
     "into container read-write; add the option \"ro\""},
};
INSTANTIATE_TEST_SUITE_P(Section1_8, ConfigErrorTest, testing::ValuesIn(kVolumes), CaseName);

constexpr Case kHistoric[] = {
    {"SystemBesideOnboot", "system: []\nonboot: []",
     "os/my.yml:1:1: unknown key \"system\"; put its entries into onboot, which it is called "
     "today"},
    {"DaemonBesideServices", "daemon: []\nservices: []",
     "os/my.yml:1:1: unknown key \"daemon\"; put its entries into services, which it is called "
     "today"},
    {"ImageTwice", "kernel: {p_w_picpath: a, image: b}",
     "os/my.yml:1:10: kernel: unknown key \"p_w_picpath\"; expected one of: image, cmdline, "
     "binary, "
     "tar, ucode"},
    {"Rmlimits", "services: [{name: a, image: x, rmlimits: []}]",
     "os/my.yml:1:32: services \"a\": unknown key \"rmlimits\"; did you mean \"rlimits\"?"},
};
INSTANTIATE_TEST_SUITE_P(Section1_9, ConfigErrorTest, testing::ValuesIn(kHistoric), CaseName);

// Values of one service, so the keys of a service named a stand in front.
class ServiceErrorTest : public testing::TestWithParam<Case> {};

TEST_P(ServiceErrorTest, Says) {
  const std::string text =
      absl::StrCat("services:\n- name: a\n  image: x\n  ", GetParam().text, "\n");
  EXPECT_EQ(Summary(Parse(text).status()), absl::StrCat("os/my.yml:4:", GetParam().error)) << text;
}

constexpr Case kContainers[] = {
    {"NegativeUid", "uid: -1",
     "8: services \"a\": uid: found -1; expected a number from 0 to 4294967294"},
    {"VariableWithoutValue", "env: [A=1, DEBUG]",
     "14: services \"a\": env[1]: found \"DEBUG\"; expected NAME=VALUE such as \"DEBUG=1\""},
    {"RelativeCwd", "cwd: srv",
     "8: services \"a\": cwd: found the working directory \"srv\"; expected an absolute path such "
     "as \"/srv\""},
    {"RelativeBindDestination", "binds: ['/data:data']",
     "11: services \"a\": binds[0]: found the destination \"data\" in \"/data:data\"; expected an "
     "absolute path such as \"/data\""},
    {"TwoBindsOnOneDestination", "binds: ['/a:/x', '/b:/x']",
     "20: services \"a\": binds[1]: found the destination \"/x\", which binds[0] has already; "
     "expected another one, or one of the two alone"},
    {"DeviceMode", "devices: [{path: /dev/x, type: c}]",
     "13: services \"a\": devices[0]: cannot parse device mode as octal value: found \"\"; "
     "expected "
     "octal digits such as \"0644\""},
    {"CapabilityUnknown", "capabilities: [NET_ADMIN]",
     "17: services \"a\": capabilities: unknown capability: NET_ADMIN; did you mean "
     "CAP_NET_ADMIN?"},
    {"CapabilityAllBesideOthers", "capabilities.add: [CAP_CHOWN, all]",
     "21: services \"a\": capabilities.add: unknown capability: all; \"all\" must stand alone, "
     "also in what capabilities.add adds to"},
    {"AmbientUnknown", "ambient: [CAP_FOO]",
     "12: services \"a\": ambient: unknown capability: CAP_FOO; expected a name such as "
     "CAP_NET_ADMIN"},
    {"IdUnknown", "uid: b",
     "8: services \"a\": uid: cannot find id: b; expected a number, \"root\", or the name of an "
     "entry of onboot, onshutdown or services"},
    {"IdNumericText", "gid: '100'",
     "8: services \"a\": gid: cannot find id: 100; in quotes it is a name; write the number "
     "without "
     "quotes"},
    {"AdditionalGidUnknown", "additionalGids: [0, a, c]",
     "26: services \"a\": additionalGids[2]: cannot find id: c; expected a number, \"root\", or "
     "the "
     "name of an entry of onboot, onshutdown or services"},
    {"BindWithoutColon", "binds: [/x]",
     "11: services \"a\": binds[0]: cannot parse bind, missing ':': /x; expected "
     "SOURCE:DESTINATION or SOURCE:DESTINATION:OPTION,OPTION"},
    {"BindColons", "binds: ['/x:/y:ro:z']",
     "11: services \"a\": binds[0]: cannot parse bind, too many ':': /x:/y:ro:z; expected "
     "SOURCE:DESTINATION or SOURCE:DESTINATION:OPTION,OPTION"},
    {"TmpfsColons", "tmpfs: ['/x:a:b']",
     "11: services \"a\": tmpfs[0]: cannot parse tmpfs, too many ':': /x:a:b; expected DESTINATION "
     "or DESTINATION:OPTION,OPTION"},
    {"RlimitParts", "rlimits: ['nofile,1', 'cpu,1,2']",
     "12: services \"a\": rlimits: cannot parse rlimit: [nofile,1 cpu,1,2]; found \"nofile,1\"; "
     "expected NAME,SOFT,HARD such as \"nofile,1024,unlimited\""},
    {"RlimitNumber", "rlimits: ['nofile,1,many']",
     "12: services \"a\": rlimits: cannot parse many as uint64: expected a decimal number or "
     "\"unlimited\""},
    {"RlimitUnknown", "rlimits: ['files,1,2']",
     "12: services \"a\": rlimits: unknown limit: RLIMIT_FILES; expected one of: RLIMIT_CPU, "
     "RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, "
     "RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, "
     "RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME"},
    {"MountType", "mounts: [{destination: /x}]",
     "12: services \"a\": mounts[0]: mount for destination /x is missing type; expected a file "
     "system such as \"tmpfs\", or \"bind\""},
    {"MountDestination", "mounts: [{type: tmpfs}]",
     "12: services \"a\": mounts[0]: mount type tmpfs is missing destination; expected a path in "
     "the container"},
};
INSTANTIATE_TEST_SUITE_P(Section3, ServiceErrorTest, testing::ValuesIn(kContainers), CaseName);

constexpr Case kFiles[] = {
    {"SymlinkAndContents", "files: [{path: x, symlink: a, contents: ''}]",
     "os/my.yml:1:9: files[0] \"x\": found symlink beside contents for file: x; keep one of them"},
    {"ModeBeyondPermissions", "files: [{path: x, contents: '', mode: '100644'}]",
     "os/my.yml:1:9: files[0] \"x\": found the file mode \"100644\"; expected at most \"7777\", "
     "the "
     "permissions alone, such as \"0644\""},
    {"NoPath", "files: [{contents: x}]",
     "os/my.yml:1:9: files[0]: did not specify path for file; expected a path such as "
     "\"etc/motd\""},
    {"Mode", "files: [{path: x, contents: '', mode: rw}]",
     "os/my.yml:1:9: files[0] \"x\": cannot parse file mode as octal value: found \"rw\"; expected "
     "octal digits such as \"0644\""},
    {"Nothing", "files: [{path: x}]",
     "os/my.yml:1:9: files[0] \"x\": contents of file (x) not specified; expected one of contents, "
     "source, symlink, directory, metadata"},
    {"SourceAndMetadata", "files: [{path: x, source: a, metadata: yaml}]",
     "os/my.yml:1:9: files[0] \"x\": specified Source and Metadata for file: x; keep one of them"},
    {"ContentsAndMetadata", "files: [{path: x, contents: a, metadata: yaml}]",
     "os/my.yml:1:9: files[0] \"x\": specified Contents and Metadata for file: x; keep metadata or "
     "one of contents, symlink, directory"},
    {"SymlinkAndSource", "files: [{path: x, symlink: a, source: b}]",
     "os/my.yml:1:9: files[0] \"x\": specified Contents and Source for file: x; keep source or one "
     "of contents, symlink, directory"},
    {"DirectoryAndContents", "files: [{path: x, directory: true, contents: ''}]",
     "os/my.yml:1:9: files[0] \"x\": directory with contents not allowed; keep directory or "
     "contents"},
    {"MetadataType", "files: [{path: x, metadata: xml}]",
     "os/my.yml:1:9: files[0] \"x\": unsupported metadata type: xml; expected \"yaml\" or "
     "\"json\""},
    {"IdUnknown", "files: [{path: x, contents: '', gid: web}]",
     "os/my.yml:1:38: files[0] \"x\": gid: cannot find id: web; expected a number, \"root\", or "
     "the "
     "name of an entry of onboot, onshutdown or services"},
    {"SourceOfTheMachine", "files: [{path: x, source: ~/.ssh/id.pub}]",
     "os/my.yml:1:27: files[0] \"x\": source: found \"~/.ssh/id.pub\", a file of this machine; "
     "expected a label or a path in the package, or optional: true to leave it out"},
    {"SourceOutside", "files: [{path: x, source: ../x}]",
     "os/my.yml:1:27: files[0] \"x\": source: invalid source: ../x; expected a file below the YAML "
     "file's package, or a label such as //keys:id.pub"},
    {"SourceLabel", "files: [{path: x, source: '//a//b'}]",
     "os/my.yml:1:27: files[0] \"x\": source: invalid label: //a//b; expected //package:target, "
     ":target or @repository//package:target"},
};
INSTANTIATE_TEST_SUITE_P(Section4, ConfigErrorTest, testing::ValuesIn(kFiles), CaseName);

TEST(ConfigTest, NullAndEmptyMappingAreEmptySystems) {
  for (const char* text : {"{}", "null", "~"}) EXPECT_THAT(Parse(text), IsOk()) << text;
}

TEST(ConfigTest, WhatLinuxKitAcceptsIsAccepted) {
  EXPECT_THAT(Parse(R"(
trust: {image: [a], org: [linuxkit]}
kernel: {cmdline: x}
onboot:
  - {name: mount, image: a}
  - {name: mount, image: a}
services:
  - name: mount
    image: localhost:5000/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  - {name: root, image: a, uid: root, gid: '', additionalGids: [mount, 1]}
files:
  - {path: at, contents: '@hello'}
  - {path: k, source: ~/.ssh/k, optional: true}
)"),
              IsOk());
}

TEST(ConfigTest, SeveralProblemsEachWithItsLine) {
  EXPECT_EQ(Parse("services:\n  - name: web\n    image: x\n    capabilites: []\n"
                  "\tfiles: 1\n")
                .status()
                .message(),
            "os/my.yml:5:1: found a tab in the indentation; expected blanks, YAML takes no tabs "
            "there\n"
            "    5 |  files: 1\n"
            "      | ^");
  EXPECT_EQ(
      Parse("services:\n  - name: w\xc3\xa9"
            "b\n    image: x\n    capabilites: []\nfiles: [{path: \xc3\xa9, source: /x}]\n")
          .status()
          .message(),
      "os/my.yml:2:11: services \"w\xc3\xa9"
      "b\": name: found the name \"w\xc3\xa9"
      "b\", which runc does not take; expected letters, digits, \"_\", \"+\", \"-\" and \".\" "
      "alone, such as \"w--b\"\n"
      "    2 |   - name: w\xc3\xa9"
      "b\n"
      "      |           ^\n"
      "os/my.yml:4:5: services \"w\xc3\xa9"
      "b\": unknown key \"capabilites\"; did you mean \"capabilities\"?\n"
      "    4 |     capabilites: []\n"
      "      |     ^\n"
      "os/my.yml:5:27: files[0] \"\xc3\xa9\": source: found \"/x\", a file of this machine; "
      "expected a label or a path in the package, or optional: true to leave it out\n"
      "    5 | files: [{path: \xc3\xa9, source: /x}]\n"
      "      |                           ^");
}

TEST(ConfigTest, ManyProblems) {
  std::string text = "init:\n";
  for (int i = 0; i < 23; ++i) text += "- 5\n";
  const std::string message(Parse(text).status().message());
  EXPECT_EQ(message.substr(0, message.find('\n')),
            "os/my.yml:2:3: init[0]: found an integer; expected a string (put it in quotes: "
            "\"5\")");
  EXPECT_EQ(message.substr(message.rfind('\n') + 1), "and 3 more");
}

class MergeTest : public testing::Test {
 protected:
  // Files f0.yml, f1.yml, ...
  static absl::StatusOr<std::vector<Config>> ParseAll(const std::vector<std::string>& texts) {
    std::vector<ConfigFile> files;
    for (const std::string& text : texts) {
      const std::string name = absl::StrCat("f", files.size(), ".yml");
      files.push_back({.path = name, .label = absl::StrCat("//:", name), .text = text});
    }
    return ParseConfigs(files);
  }

  static Config Merge(const std::vector<std::string>& texts) {
    const auto configs = ParseAll(texts);
    EXPECT_THAT(configs, IsOk());
    return configs.ok() ? MergeConfigs(*configs) : Config();
  }
};

TEST_F(MergeTest, KernelTextsReplaceUnlessEmpty) {
  EXPECT_EQ(Merge({"kernel: {image: a, cmdline: b, binary: c}", "kernel: {image: '', cmdline: d}"})
                .ShortDebugString(),
            "kernel { image: \"a\" cmdline: \"d\" binary: \"c\" }");
}

TEST_F(MergeTest, TarAndMicrocodeReplaceAlsoWhenEmpty) {
  EXPECT_EQ(Merge({"kernel: {tar: a, ucode: b}", "kernel: {ucode: ''}"}).ShortDebugString(),
            "kernel { tar: \"a\" ucode: \"\" }");
}

TEST_F(MergeTest, ListsGrowInOrder) {
  EXPECT_EQ(Merge({"init: [a]\nonboot: [{name: x, image: a}]\nvolumes: [{name: v}]",
                   "init: [b]\nonboot: [{name: x, image: b}]\nservices: [{name: s, image: c, "
                   "binds: ['v:/v']}]",
                   "{}"})
                .ShortDebugString(),
            "init: \"a\" init: \"b\" onboot { name: \"x\" image: \"a\" } onboot { name: \"x\" "
            "image: \"b\" } services { name: \"s\" image: \"c\" binds { values: \"v:/v\" } } "
            "volumes { name: \"v\" }");
}

TEST_F(MergeTest, NamesOfAllFilesAreOneSpace) {
  const auto configs = ParseAll({"services: [{name: a, image: x, uid: b}]\nvolumes: [{name: v}]",
                                 "services: [{name: b, image: x}, {name: a, image: y}]\n"
                                 "volumes: [{name: v}]"});
  EXPECT_EQ(Summary(configs.status()),
            "f1.yml:1:40: services \"a\": name: duplicate service name: a; the first is at "
            "f0.yml:1:19, keep one or rename it\n"
            "f1.yml:2:18: volumes \"v\": name: duplicate volume name: v; the first is at "
            "f0.yml:2:18, keep one or rename it");
}

TEST_F(MergeTest, ProblemsOfAllFiles) {
  EXPECT_EQ(
      Summary(ParseAll({"init: 1", "init: [", "files: 1"}).status()),
      "f0.yml:1:7: init: found an integer; expected a list of strings (put it in a list: "
      "[\"1\"])\n"
      "f1.yml:1:1: this does not continue the list in brackets; expected \",\" or \"]\"; it opens "
      "at line 1, column 7\n"
      "f2.yml:1:8: files: found an integer; expected a list of mappings");
}

}  // namespace
}  // namespace linuxkit
