// What the hardened profile changes in config.json, and what it leaves alone.
#include "tools/bundle/profile.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/bundle/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using Json = nlohmann::ordered_json;

constexpr std::string_view kMasked =
    R"(["/proc/acpi","/proc/asound","/proc/interrupts","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/sched_debug","/proc/scsi","/proc/timer_list","/proc/timer_stats","/sys/devices/virtual/powercap","/sys/firmware"])";
constexpr std::string_view kReadonly =
    R"(["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"])";

Json Config(Profile profile, std::string_view yaml, std::string_view label = "") {
  const absl::StatusOr<Bundle> bundle = BundleOf(yaml, TestImage(label), profile);
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? Json::parse(bundle->config_json) : Json();
}

// The part in compact JSON, "-" if it is left out. "MOUNT /y" is the mount on /y.
std::string Part(const Json& config, const std::string& part) {
  if (part.starts_with("MOUNT ")) {
    for (const Json& mount : config["mounts"]) {
      if (mount["destination"] == part.substr(6)) return mount.dump();
    }
    return "-";
  }
  const Json::json_pointer pointer(part);
  return config.contains(pointer) ? config.at(pointer).dump() : "-";
}

std::string Hardened(const std::string& part, std::string_view yaml, std::string_view label = "") {
  return Part(Config(Profile::kHardened, yaml, label), part);
}

TEST(ProfileTest, Names) {
  EXPECT_THAT(ParseProfile("linuxkit"), IsOkAndHolds(Profile::kLinuxkit));
  EXPECT_THAT(ParseProfile("hardened"), IsOkAndHolds(Profile::kHardened));
  EXPECT_THAT(ParseProfile("Hardened"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "found the profile \"Hardened\"; expected \"linuxkit\" or \"hardened\""));
}

TEST(ProfileTest, WhatHardenedSets) {
  EXPECT_EQ(Hardened("/linux/maskedPaths", ""), kMasked);
  EXPECT_EQ(Hardened("/linux/readonlyPaths", ""), kReadonly);
  EXPECT_EQ(Hardened("/process/noNewPrivileges", ""), "true");
  EXPECT_EQ(
      Hardened("MOUNT /sys", ""),
      R"({"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]})");
}

TEST(ProfileTest, NothingElseChanges) {
  Json hardened = Config(Profile::kHardened, "binds: ['/a:/b']\ncapabilities: [CAP_KILL]");
  hardened["linux"].erase("maskedPaths");
  hardened["linux"].erase("readonlyPaths");
  hardened["linux"].erase("seccomp");
  hardened["process"].erase("noNewPrivileges");
  for (Json& mount : hardened["mounts"]) {
    if (mount["destination"] == "/sys") mount["options"].erase(3);
  }
  EXPECT_EQ(hardened.dump(),
            Config(Profile::kLinuxkit, "binds: ['/a:/b']\ncapabilities: [CAP_KILL]").dump());
}

TEST(ProfileTest, WhatEntryOrLabelSayStays) {
  EXPECT_EQ(Hardened("/linux/maskedPaths", "maskedPaths: [/proc/kcore]"), R"(["/proc/kcore"])");
  EXPECT_EQ(Hardened("/linux/maskedPaths", "maskedPaths: []"), "-");
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "", "readonlyPaths: [/proc/bus]"), R"(["/proc/bus"])");
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "maskedPaths: []"), kReadonly);
  EXPECT_EQ(Hardened("/process/noNewPrivileges", "noNewPrivileges: false"), "-");
  EXPECT_EQ(Hardened("/process/noNewPrivileges", "", "noNewPrivileges: false"), "-");
}

TEST(ProfileTest, MountsOfTheEntryStay) {
  EXPECT_EQ(
      Hardened("MOUNT /sys", "binds: ['/sys:/sys']"),
      R"({"destination":"/sys","type":"bind","source":"/sys","options":["rw","rbind","rshared"]})");
  EXPECT_EQ(Hardened("MOUNT /sys", "mounts: [{type: sysfs, options: [rw]}]"),
            R"({"destination":"/sys","type":"sysfs","source":"sysfs","options":["rw"]})");
}

// Over a shared bind of the system's /sys a mask would hide that part from the whole system.
TEST(ProfileTest, NothingIsMountedOverABind) {
  EXPECT_EQ(Hardened("/linux/maskedPaths/10", "binds: ['/sys:/sys']"), "-");
  EXPECT_EQ(Hardened("/linux/maskedPaths/9", "binds: ['/sys:/sys']"), R"("/proc/timer_stats")");
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "binds: ['/proc:/proc/']"), "-");
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "", "binds: ['/proc/sys:/proc/sys']"),
            R"(["/proc/bus","/proc/fs","/proc/irq","/proc/sysrq-trigger"])");
  EXPECT_EQ(Hardened("/linux/readonlyPaths",
                     "mounts: [{type: bind, source: /proc, destination: /proc, options: [ro]}]"),
            "-");
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "mounts: [{type: proc}]\nbinds: ['/:/rootfs']"),
            kReadonly);
  EXPECT_EQ(Hardened("/linux/readonlyPaths", "binds: ['/x:/proc/system', '/x:/proc/s']"),
            kReadonly);
}

// What seccomp says of a call with a first argument: the action of the first rule that fits.
std::string Verdict(std::string_view yaml, const std::string& call, uint64_t argument = 0) {
  const Json seccomp = Config(Profile::kHardened, yaml)["linux"]["seccomp"];
  for (const Json& rule : seccomp["syscalls"]) {
    if (std::find(rule["names"].begin(), rule["names"].end(), call) == rule["names"].end()) {
      continue;
    }
    bool fits = true;
    for (const Json& condition : rule.value("args", Json::array())) {
      EXPECT_EQ(condition["index"], 0);
      const uint64_t value = condition["value"];
      const std::string op = condition["op"];
      fits = op == "SCMP_CMP_EQ"   ? argument == value
             : op == "SCMP_CMP_LT" ? argument < value
             : op == "SCMP_CMP_GT" ? argument > value
                                   : (argument & value) == condition["valueTwo"];
    }
    if (fits) return rule["action"].get<std::string>() + rule.value("errnoRet", Json()).dump();
  }
  return seccomp["defaultAction"].get<std::string>() + seccomp["defaultErrnoRet"].dump();
}

constexpr std::string_view kAllow = "SCMP_ACT_ALLOWnull";
constexpr std::string_view kRefuse = "SCMP_ACT_ERRNO1";

TEST(SeccompTest, NoneForLinuxkit) {
  EXPECT_EQ(Part(Config(Profile::kLinuxkit, ""), "/linux/seccomp"), "-");
}

TEST(SeccompTest, WithoutCapabilities) {
  for (const char* call : {"accept4", "chown", "execve", "openat", "ptrace", "seccomp", "write"}) {
    EXPECT_EQ(Verdict("", call), kAllow) << call;
  }
  for (const char* call : {"acct",
                           "add_key",
                           "bpf",
                           "chroot",
                           "finit_module",
                           "io_uring_setup",
                           "kexec_load",
                           "keyctl",
                           "mbind",
                           "mount",
                           "open_by_handle_at",
                           "perf_event_open",
                           "pivot_root",
                           "reboot",
                           "request_key",
                           "setns",
                           "settimeofday",
                           "swapon",
                           "syslog",
                           "umount2",
                           "unshare",
                           "userfaultfd"}) {
    EXPECT_EQ(Verdict("", call), kRefuse) << call;
  }
}

TEST(SeccompTest, CallsOfCapabilities) {
  EXPECT_EQ(Verdict("capabilities: [CAP_SYS_MODULE]", "finit_module"), kAllow);
  EXPECT_EQ(Verdict("ambient: [CAP_SYS_TIME]", "clock_settime"), kAllow);
  EXPECT_EQ(Verdict("capabilities: [CAP_SYS_ADMIN]", "mount"), kAllow);
  EXPECT_EQ(Verdict("capabilities: [CAP_SYS_ADMIN]", "reboot"), kRefuse);
  EXPECT_EQ(Verdict("capabilities: [all]", "reboot"), kAllow);
  EXPECT_EQ(Verdict("capabilities: [all]", "keyctl"), kRefuse);
}

TEST(SeccompTest, ClonesWithoutNamespaces) {
  constexpr uint64_t kThread = 0x3d0f00, kNewUser = 0x10000000, kNewNet = 0x40000000;
  EXPECT_EQ(Verdict("", "clone", kThread), kAllow);
  for (const uint64_t flags : {kNewUser, kThread | kNewUser, kNewNet}) {
    EXPECT_EQ(Verdict("", "clone", flags), kRefuse);
    EXPECT_EQ(Verdict("capabilities: [CAP_SYS_ADMIN]", "clone", flags), kAllow);
  }
  // As if the kernel did not know it, so that the C library takes clone.
  EXPECT_EQ(Verdict("", "clone3"), "SCMP_ACT_ERRNO38");
  EXPECT_EQ(Verdict("capabilities: [CAP_SYS_ADMIN]", "clone3"), kAllow);
}

// libseccomp refuses another action for a call that has one for all arguments.
TEST(SeccompTest, NoRuleForWhatIsAllowedAnyway) {
  for (const char* yaml : {"", "capabilities: [CAP_SYS_ADMIN]", "capabilities: [all]"}) {
    const Json rules = Config(Profile::kHardened, yaml)["linux"]["seccomp"]["syscalls"];
    const Json& allowed = rules[0]["names"];
    for (size_t i = 1; i < rules.size(); ++i) {
      ASSERT_EQ(rules[i]["names"].size(), 1u);
      EXPECT_EQ(std::count(allowed.begin(), allowed.end(), rules[i]["names"][0]), 0) << rules[i];
    }
  }
}

TEST(SeccompTest, Arguments) {
  constexpr uint64_t kInet6 = 10, kNetlink = 16, kAlg = 38, kNfc = 39, kVsock = 40, kXdp = 44;
  for (const uint64_t family : {kInet6, kNetlink, kNfc, kXdp}) {
    EXPECT_EQ(Verdict("", "socket", family), kAllow) << family;
  }
  for (const uint64_t family : {kAlg, kVsock}) {
    EXPECT_EQ(Verdict("", "socket", family), kRefuse) << family;
  }
  EXPECT_EQ(Verdict("", "personality", 0x20008), kAllow);
  // ADDR_NO_RANDOMIZE
  EXPECT_EQ(Verdict("", "personality", 0x40000), kRefuse);
}

constexpr std::string_view kOwnIds = R"([{"containerID":0,"hostID":100000,"size":65536}])";

TEST(OwnUsersTest, IdsAreMapped) {
  EXPECT_EQ(Hardened("/linux/uidMappings", "userns: new"), kOwnIds);
  EXPECT_EQ(Hardened("/linux/gidMappings", "userns: new"), kOwnIds);
  constexpr std::string_view kGiven = "uidMappings: [{hostID: 7, containerID: 0, size: 9}]\n";
  EXPECT_EQ(Hardened("/linux/uidMappings", "userns: new", kGiven),
            R"([{"containerID":0,"hostID":7,"size":9}])");
  EXPECT_EQ(Hardened("/linux/gidMappings", "userns: new", kGiven), kOwnIds);
  EXPECT_EQ(Hardened("/linux/uidMappings", ""), "-");
  EXPECT_EQ(Hardened("/linux/uidMappings", "userns: /run/users"), "-");
  EXPECT_EQ(Part(Config(Profile::kLinuxkit, "userns: new"), "/linux/uidMappings"), "-");
}

// Only the owner of the network may mount a sysfs.
TEST(OwnUsersTest, SysIsBound) {
  const std::string bind =
      R"({"destination":"/sys","type":"bind","source":"/sys","options":["nosuid","noexec","nodev","ro","rbind"]})";
  EXPECT_EQ(Hardened("MOUNT /sys", "userns: new"), bind);
  EXPECT_EQ(Hardened("MOUNT /sys", "userns: new\nnet: /run/netns/x"), bind);
  EXPECT_EQ(Hardened("/linux/maskedPaths", "userns: new"), kMasked);
  EXPECT_EQ(Hardened("MOUNT /sys", "userns: new\nnet: new"), Hardened("MOUNT /sys", ""));
  EXPECT_EQ(Hardened("MOUNT /sys", "userns: new\ntmpfs: [/sys]"),
            Hardened("MOUNT /sys", "tmpfs: [/sys]"));
}

Json Runtime(Profile profile, std::string_view yaml) {
  const absl::StatusOr<Bundle> bundle = BundleOf(yaml, TestImage(), profile);
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? Json::parse(bundle->runtime_json) : Json();
}

TEST(OwnUsersTest, FilesAreGivenToThem) {
  for (const char* yaml : {"userns: new", "userns: new\nreadonly: true"}) {
    const Json runtime = Runtime(Profile::kHardened, yaml);
    EXPECT_EQ(Part(runtime, "/mounts/2/type"), R"("overlay")");
    EXPECT_EQ(Part(runtime, "/mounts/2/options/3"), R"("metacopy=on")");
    EXPECT_EQ(Part(runtime, "/uidMappings"), kOwnIds);
    EXPECT_EQ(Part(runtime, "/gidMappings"), kOwnIds);
    EXPECT_TRUE(BundleOf(yaml, TestImage(), Profile::kHardened)->has_overlay);
  }
  EXPECT_EQ(Runtime(Profile::kHardened, "readonly: true"),
            Runtime(Profile::kLinuxkit, "readonly: true\nuserns: new"));
  EXPECT_EQ(Runtime(Profile::kHardened, ""), Runtime(Profile::kLinuxkit, "userns: new"));
}

std::string Unconfined(std::string_view yaml, std::optional<Profile> profile = std::nullopt,
                       std::string_view label = "") {
  const absl::StatusOr<Bundle> bundle = BundleOf(yaml, TestImage(label), profile);
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? bundle->launch.unconfined() : "";
}

TEST(UnconfinedTest, RootThatNobodyHasChosenAProfileFor) {
  EXPECT_EQ(Unconfined(""), "web");
  EXPECT_EQ(Unconfined("uid: root"), "web");
  EXPECT_EQ(Unconfined("", Profile::kLinuxkit), "");
  EXPECT_EQ(Unconfined("", Profile::kHardened), "");
  const absl::StatusOr<Bundle> onboot =
      MakeBundle(Container(), TestImage(), "containers/onboot/000-x", {}, {}, std::nullopt);
  ASSERT_TRUE(onboot.ok()) << onboot.status();
  EXPECT_EQ(onboot->launch.unconfined(), "");
}

TEST(UnconfinedTest, OtherUsers) {
  EXPECT_EQ(Unconfined("uid: 5"), "");
  EXPECT_EQ(Unconfined("uid: dhcp"), "");
  EXPECT_EQ(Unconfined("", std::nullopt, "uid: 5"), "");
  EXPECT_EQ(Unconfined("uid: 0", std::nullopt, "uid: 5"), "web");
  EXPECT_EQ(Unconfined("userns: new"), "");
  EXPECT_EQ(Unconfined("userns: host"), "web");
}

TEST(UnconfinedTest, SettingsThatAreProtected) {
  const std::string paths = "readonlyPaths: [/proc/sys, /proc/sysrq-trigger]\n";
  EXPECT_EQ(Unconfined(paths), "web");
  EXPECT_EQ(Unconfined(paths + "readonly: true"), "");
  EXPECT_EQ(Unconfined(paths + "maskedPaths: [/sys/]"), "");
  EXPECT_EQ(Unconfined(paths + "maskedPaths: [/sys/bus/pci]"), "");
  EXPECT_EQ(Unconfined(paths + "mounts: [{type: sysfs, options: [ro]}]"), "");
  EXPECT_EQ(Unconfined(paths + "readonly: true\nbinds: ['/sys:/sys']"), "web");
  EXPECT_EQ(Unconfined("readonly: true"), "web");
  EXPECT_EQ(Unconfined("readonlyPaths: [/proc]\nreadonly: true"), "");
}

}  // namespace
}  // namespace linuxkit
