#include "tools/spec/entry.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr DocumentSource kNowhere = {};

struct Case {
  const char* name;
  const char* text;
  const char* error;
};

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

// Keys added to a good service named web; the error without its `services "web": `.
class ContainerErrorTest : public testing::TestWithParam<Case> {};

TEST_P(ContainerErrorTest, Says) {
  const std::string text = std::string("name: web\nimage: x\n") + GetParam().text;
  EXPECT_EQ(ParseContainer(text, Section::kServices, kNowhere).status().message(),
            std::string("services \"web\": ") + GetParam().error)
      << text;
}

constexpr Case kContainerErrors[] = {
    {"UnknownKeyNear", "capabilites: []",
     "unknown key \"capabilites\"; did you mean \"capabilities\"?"},
    {"UnknownKeyCase", "readOnly: true", "unknown key \"readOnly\"; did you mean \"readonly\"?"},
    {"HistoricTypo", "rmlimits: []", "unknown key \"rmlimits\"; did you mean \"rlimits\"?"},
    {"UnknownKeyFar", "resources: {gpu: 1, frobnication: 2}",
     "resources: unknown key \"gpu\"; did you mean \"cpu\"?\n"
     "services \"web\": resources: unknown key \"frobnication\"; expected one of: devices, memory, "
     "cpu, pids, blockio, hugepageLimits, network"},
    {"StringForAList", "capabilities: all",
     "capabilities: found a string; expected a list of strings (put it in a list: [\"all\"])"},
    {"IntegerInAListOfStrings", "command: [sleep, 5]",
     "command[1]: found an integer; expected a string (put it in quotes: \"5\")"},
    {"NullForAList", "binds:", "binds: found nothing (null); expected a list of strings"},
    {"StringForABool", "readonly: yes",
     "readonly: found a string; expected true or false (write true)"},
    {"BoolForAString", "cwd: true",
     "cwd: found a boolean; expected a string (put it in quotes: \"true\")"},
    {"FloatForAnInteger", "oomScoreAdj: 1.5",
     "oomScoreAdj: found a floating-point number; expected an integer"},
    {"FloatForAnId", "uid: 1.5",
     "uid: found a floating-point number; expected an integer or a string"},
    {"ListForAnId", "gid: [1]", "gid: found a list; expected an integer or a string"},
    {"StringForIds", "additionalGids: 5",
     "additionalGids: found an integer; expected a list of integers or strings (put it in a list: "
     "[5])"},
    {"IntegerInAStringMap", "sysctl: {net.ipv4.ip_forward: 1}",
     "sysctl.net.ipv4.ip_forward: found an integer; expected a string (put it in quotes: \"1\")"},
    {"ListForAStringMap", "annotations: []",
     "annotations: found a list; expected a mapping of strings to strings"},
    {"StringForAMapping", "resources: much", "resources: found a string; expected a mapping"},
    {"StringInAListOfMappings", "mounts: [/x]", "mounts[0]: found a string; expected a mapping"},
    {"NegativeUnsigned", "uidMappings: [{size: -1}]",
     "uidMappings[0].size: found -1; expected a number from 0 to 4294967295"},
    {"TooLargeForInt64", "uid: 9223372036854775808",
     "uid: found 9223372036854775808; expected a number from -9223372036854775808 to "
     "9223372036854775807"},
    {"LeadingZero", "uid: 0100",
     "uid: found 0100, which may be octal or decimal; expected no leading zero (octal numbers "
     "begin with 0o)"},
    {"NegativeUid", "uid: -1", "uid: found -1; expected a number from 0 to 4294967294"},
    {"UidOfNobody", "gid: 4294967295",
     "gid: found 4294967295; expected a number from 0 to 4294967294"},
    {"NegativeFurtherGid", "additionalGids: [1, -1]",
     "additionalGids[1]: found -1; expected a number from 0 to 4294967294"},
    {"VariableWithoutValue", "env: [A=1, DEBUG]",
     "env[1]: found \"DEBUG\"; expected NAME=VALUE such as \"DEBUG=1\""},
    {"VariableWithoutName", "env: [=1]",
     "env[0]: found \"=1\"; expected NAME=VALUE such as \"NAME=1\""},
    {"RelativeCwd", "cwd: srv/www",
     "cwd: found the working directory \"srv/www\"; expected an absolute path such as "
     "\"/srv/www\""},
    {"RelativeBindDestination", "binds: ['/data:data']",
     "binds[0]: found the destination \"data\" in \"/data:data\"; expected an absolute path such "
     "as \"/data\""},
    {"RelativeDestinationInBindsAdd", "binds.add: ['/data:./data:ro']",
     "binds.add[0]: found the destination \"./data\" in \"/data:./data:ro\"; expected an absolute "
     "path such as \"/./data\""},
    {"EmptyBindDestination", "binds: ['/data:']",
     "binds[0]: found the destination \"\" in \"/data:\"; expected an absolute path such as "
     "\"/data\""},
    {"RelativeTmpfs", "tmpfs: ['run:size=1m']",
     "tmpfs[0]: found the destination \"run\" in \"run:size=1m\"; expected an absolute path such "
     "as \"/run\""},
    {"RelativeMount", "mounts: [{type: ext4, source: /dev/sda, destination: data}]",
     "mounts[0]: found the destination \"data\"; expected an absolute path such as \"/data\""},
    {"TwoBindsOnOneDestination", "binds: ['/a:/x', '/b:/y', '/c:/x/']",
     "binds[2]: found the destination \"/x/\", which binds[0] has already; expected another one, "
     "or one of the two alone"},
    {"BindOverTmpfs", "tmpfs: [/y]\nbinds.add: ['/b:/y']",
     "binds.add[0]: found the destination \"/y\", which tmpfs[0] has already; expected another "
     "one, or one of the two alone"},
    {"MountOverBind", "binds: ['/b:/y']\nmounts: [{type: tmpfs, destination: /y}]",
     "mounts[0]: found the destination \"/y\", which binds[0] has already; expected another one, "
     "or one of the two alone"},
    {"BindOnTheRoot", "binds: ['/etc:/']",
     "binds[0]: found the destination \"/\"; expected a path below the root, on which the image "
     "already is"},
    {"LongHostname", "hostname: a234567890123456789012345678901234567890123456789012345678901234x",
     "hostname: found a host name of 65 bytes; expected at most 64"},
    {"OomScoreAdj", "oomScoreAdj: 5000",
     "oomScoreAdj: found 5000; expected a number from -1000 to 1000"},
    {"Propagation", "rootfsPropagation: shraed",
     "rootfsPropagation: found \"shraed\"; expected one of private, slave, shared and unbindable, "
     "or one of these with an \"r\" in front"},
    {"RelativeNamespace", "net: foo",
     "net: found \"foo\"; expected \"host\", \"new\" or the absolute path of a namespace"},
    {"SoftLimitAboveHard", "rlimits: ['nofile,10,5']",
     "rlimits: found the soft limit of \"nofile,10,5\" above the hard one; expected at most that"},
    {"DeviceType", "devices: [{path: /dev/x, type: z, mode: '0600'}]",
     "devices[0]: found the type \"z\"; expected c or u (character), b (block) or p (pipe)"},
    {"RelativeDevice", "devices: [{path: tty0, type: c, mode: '0600'}]",
     "devices[0]: found the path \"tty0\"; expected an absolute one, such as \"/dev/tty0\""},
    {"DeviceModeBeyondPermissions", "devices: [{path: /dev/x, mode: '20660'}]",
     "devices[0]: found the device mode \"20660\"; expected at most \"7777\", the permissions "
     "alone, such as \"0644\""},
    {"Nul", "hostname: \"a\\0b\"", "hostname: found a NUL character; expected text without"},
    {"WeightOf17Bits", "resources: {blockio: {weight: 65536}}",
     "resources.blockio: weight: found 65536; expected a number from 0 to 65535"},
    {"LeafWeightOf17Bits", "resources: {blockio: {leafWeight: 65536}}",
     "resources.blockio: leafWeight: found 65536; expected a number from 0 to 65535"},
    {"WeightOfADeviceOf17Bits", "resources: {blockio: {weightDevice: [{weight: 65536}]}}",
     "resources.blockio: weightDevice: found 65536; expected a number from 0 to 65535"},
    {"LeafWeightOfADeviceOf17Bits", "resources: {blockio: {weightDevice: [{leafWeight: 65536}]}}",
     "resources.blockio: weightDevice: found 65536; expected a number from 0 to 65535"},
    {"PageSize", "resources: {hugepageLimits: [{pageSize: 2M, limit: 1}]}",
     "resources.hugepageLimits[0]: found the page size \"2M\"; expected a number of bytes or a "
     "text such as \"2MB\""},
    {"MountIdMappingsAreLowerCase", "mounts: [{type: tmpfs, destination: /x, uidMappings: []}]",
     "mounts[0]: unknown key \"uidMappings\"; did you mean \"uidmappings\"?"},
    {"CapabilityUnknown", "capabilities: [CAP_FOO]",
     "capabilities: unknown capability: CAP_FOO; expected a name such as CAP_NET_ADMIN"},
    {"RlimitUnknown", "rlimits: ['nofile,x,1']",
     "rlimits: cannot parse x as uint64: expected a decimal number or \"unlimited\""},
    {"BindWithoutColon", "binds: ['/a:/b', /x]",
     "binds[1]: cannot parse bind, missing ':': /x; expected SOURCE:DESTINATION or "
     "SOURCE:DESTINATION:OPTION,OPTION"},
    {"TmpfsColons", "tmpfs: ['/a:b:c']",
     "tmpfs[0]: cannot parse tmpfs, too many ':': /a:b:c; expected DESTINATION or "
     "DESTINATION:OPTION,OPTION"},
    {"MountWithoutType", "mounts: [{destination: /x}]",
     "mounts[0]: mount for destination /x is missing type; expected a file system such as "
     "\"tmpfs\", or \"bind\""},
    {"DeviceWithoutPath", "devices: [{type: c}]",
     "devices[0]: path is required; expected a path below /dev, or \"all\""},
    {"DeviceMode", "devices: [{path: /dev/x, mode: rw}]",
     "devices[0]: cannot parse device mode as octal value: found \"rw\"; expected octal digits "
     "such as \"0644\""},
};
INSTANTIATE_TEST_SUITE_P(Keys, ContainerErrorTest, testing::ValuesIn(kContainerErrors), CaseName);

TEST(ContainerTest, SeveralErrorsInOrderOfTheText) {
  const DocumentSource source = {.name = "os/web.yml", .positions = true};
  const auto container = ParseContainer("binds: [/x]\nname: web\nenv:\n  - 1\ncapabilities: all\n",
                                        Section::kServices, source);
  EXPECT_EQ(container.status().message(),
            "os/web.yml:1:1: services \"web\": image is required; expected the reference of an "
            "image\n"
            "os/web.yml:1:9: services \"web\": binds[0]: cannot parse bind, missing ':': /x; "
            "expected SOURCE:DESTINATION or SOURCE:DESTINATION:OPTION,OPTION\n"
            "os/web.yml:4:5: services \"web\": env[0]: found an integer; expected a string (put it "
            "in quotes: \"1\")\n"
            "os/web.yml:5:15: services \"web\": capabilities: found a string; expected a list of "
            "strings (put it in a list: [\"all\"])");
}

TEST(ContainerTest, OwnerWithoutPositions) {
  EXPECT_EQ(
      ParseContainer("{\"name\": \"a\"}", Section::kOnboot, {.name = "//os:a"}).status().message(),
      "//os:a: onboot \"a\": image is required; expected the reference of an image");
}

TEST(ContainerTest, NameIsRequired) {
  EXPECT_EQ(ParseContainer("image: x", Section::kServices, kNowhere).status().message(),
            "services: name is required; expected the name of the container");
}

TEST(ContainerTest, NotAMapping) {
  EXPECT_EQ(ParseContainer("[1]", Section::kServices, kNowhere).status().message(),
            "services: found a list; expected a mapping");
}

// As LinuxKit's builder cleans the path, so do we.
TEST(ContainerTest, NamesThatLeadToAGoodOne) {
  EXPECT_THAT(ParseContainer("{name: web/, image: x}", Section::kServices, kNowhere), IsOk());
  EXPECT_THAT(ParseContainer("{name: 'A b/../x', image: x}", Section::kServices, kNowhere), IsOk());
}

TEST(ContainerTest, NameThatLeadsOut) {
  EXPECT_EQ(
      ParseContainer("{name: ../../../esc, image: x}", Section::kOnboot, kNowhere)
          .status()
          .message(),
      "onboot \"../../../esc\": name: found the name \"000-../../../esc\", which leads out of "
      "containers/onboot; expected a name without \"..\"");
}

struct NameCase {
  const char* name;
  Section section;
  std::string value;
  std::string error;  // of a bad one
};

class ContainerNameTest : public testing::TestWithParam<NameCase> {};
TEST_P(ContainerNameTest, Says) {
  const auto& [name, section, value, error] = GetParam();
  const auto container =
      ParseContainer("{name: \"" + value + "\", image: x}", section, {.name = "//os:x"});
  EXPECT_EQ(container.status().message(), error.empty()
                                              ? ""
                                              : "//os:x: " + std::string(SectionName(section)) +
                                                    " \"" + value + "\": name: " + error);
}

constexpr char kOnly[] =
    "\", which runc does not take; expected letters, digits, \"_\", \"+\", \"-\" and \".\" alone, "
    "such as \"";

const NameCase kNames[] = {
    {"Plain", Section::kServices, "Web_1+2-3.4", ""},
    {"Space", Section::kServices, "my service",
     "found the name \"my service" + std::string(kOnly) + "my-service\""},
    {"Colon", Section::kServices, "my:service",
     "found the name \"my:service" + std::string(kOnly) + "my-service\""},
    {"Slash", Section::kServices, "a/b", "found the name \"a/b" + std::string(kOnly) + "a-b\""},
    {"NotAscii", Section::kServices, "dienst-\xc3\xbc",
     "found the name \"dienst-\xc3\xbc" + std::string(kOnly) + "dienst---\""},
    {"OnbootWithNumber", Section::kOnboot, "a b",
     "found the name \"000-a b" + std::string(kOnly) + "000-a-b\""},
    {"Longest", Section::kServices, std::string(236, 'n'), ""},
    {"TooLong", Section::kServices, std::string(237, 'n'),
     "found a name of 237 bytes; expected at most 236, because files are named by it"},
    {"LongestWithNumber", Section::kOnshutdown, std::string(232, 'n'), ""},
    {"TooLongWithNumber", Section::kOnshutdown, std::string(233, 'n'),
     "found a name of 237 bytes; expected at most 236, because files are named by it"},
};
INSTANTIATE_TEST_SUITE_P(Names, ContainerNameTest, testing::ValuesIn(kNames),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ContainerTest, WhatTheEntryOverridesIsNotChecked) {
  EXPECT_THAT(ParseContainer("{name: a, image: x, capabilities: [], capabilities.add: [FOO], "
                             "binds: [], binds.add: [FOO]}",
                             Section::kServices, kNowhere),
              IsOk());
}

TEST(ContainerTest, PresenceOfEmptyValues) {
  const auto container = ParseContainer(
      "{name: a, image: x, binds: [], readonly: false, "
      "sysctl: {}, oomScoreAdj: 0, runtime: {bindNS: {net: ''}}}",
      Section::kServices, kNowhere);
  ASSERT_THAT(container, IsOk());
  EXPECT_TRUE(container->has_binds());
  EXPECT_FALSE(container->has_tmpfs());
  EXPECT_TRUE(container->has_readonly());
  EXPECT_TRUE(container->has_sysctl());
  EXPECT_TRUE(container->has_oom_score_adj());
  EXPECT_TRUE(container->runtime().bind_ns().has_net());
  EXPECT_FALSE(container->runtime().bind_ns().has_pid());
}

TEST(VolumeTest, AllKeys) {
  const auto volume = ParseVolume(
      "{name: data, image: x, readonly: true, format: oci, platforms: [linux/amd64]}", kNowhere);
  ASSERT_THAT(volume, IsOk());
  EXPECT_EQ(
      volume->ShortDebugString(),
      "name: \"data\" image: \"x\" readonly: true format: \"oci\" platforms: \"linux/amd64\"");
}

TEST(VolumeTest, Name) {
  EXPECT_EQ(ParseVolume("name: Data", kNowhere).status().message(),
            "volumes \"Data\": name: invalid volume name: Data; expected only a-z, 0-9, \"_\" and "
            "\"-\"");
  EXPECT_EQ(ParseVolume("{}", kNowhere).status().message(),
            "volumes: name is required; expected the name of the volume");
}

TEST(VolumeTest, Format) {
  EXPECT_EQ(ParseVolume("{name: a, format: tar}", kNowhere).status().message(),
            "volumes \"a\": format: found \"tar\"; expected \"oci\" or \"filesystem\"");
}

// What rules write has lost how their authors wrote it: 0o644 is 420 there.
TEST(FileEntriesTest, ModeOfAnAttribute) {
  EXPECT_EQ(
      ParseFileEntries("[{path: x, contents: '', mode: 420}]", kNowhere).status().message(),
      "files[0] \"x\": mode: found an integer; expected a string (put it in quotes: \"0644\")");
}

TEST(FileEntriesTest, ErrorsOfAllEntries) {
  EXPECT_EQ(ParseFileEntries("[{path: x}, {contents: ''}]", kNowhere).status().message(),
            "files[0] \"x\": contents of file (x) not specified; expected one of contents, source, "
            "symlink, directory, metadata\n"
            "files[1]: did not specify path for file; expected a path such as \"etc/motd\"");
}

TEST(SectionTest, Unknown) {
  EXPECT_EQ(ParseSection("init").status().message(),
            "unknown section init; expected onboot, onshutdown, services, files or volumes");
}

}  // namespace
}  // namespace linuxkit
