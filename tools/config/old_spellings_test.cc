#include "tools/config/old_spellings.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

// As introductions of 2017 print a system, on a page that prints image as p_w_picpath.
constexpr char kIntroduction[] = R"(kernel:
  p_w_picpath: "mobylinux/kernel:4.9.x"
  cmdline: "console=ttyS0 console=tty0 page_poison=1"
init:
  - linuxkit/init:1
  - mobylinux/runc:1
onboot:
  - name: sysctl
    p_w_picpath: "mobylinux/sysctl:1"
    net: host
    readonly: true
  - name: dhcpcd
    p_w_picpath: "linuxkit/dhcpcd:1"
    binds:
      - /var:/var
      - /tmp/etc:/etc
    command: ["/sbin/dhcpcd", "--nobackground", "-f", "/dhcpcd.conf", "-1"]
trust:
  p_w_picpath:
    - mobylinux/kernel
outputs:
  - format: kernel+initrd
)";

// Before the first release.
constexpr char kPrerelease[] = R"(init: "mobylinux/init:1"
system:
  - name: sysctl
    image: a
    network_mode: host
    read_only: true
daemon:
  - name: rngd
    image: b
    oom_score_adj: -800
)";

// The same in the words of today.
constexpr char kToday[] = R"(init: ["mobylinux/init:1"]
onboot:
  - name: sysctl
    image: a
    net: host
    readonly: true
services:
  - name: rngd
    image: b
    oomScoreAdj: -800
)";

ConfigFile File(std::string_view text) {
  return {.path = "os/my.yml", .label = "//os:my.yml", .text = std::string(text)};
}

std::string Notes(std::string_view text) { return OldSpellingNotes({File(text)}); }

TEST(OldSpellingsTest, Introduction) {
  const auto configs = ParseConfigs({File(kIntroduction)});
  ASSERT_THAT(configs, IsOk());
  const Config& config = configs->front();
  EXPECT_EQ(config.kernel().image(), "mobylinux/kernel:4.9.x");
  EXPECT_EQ(config.onboot(0).image(), "mobylinux/sysctl:1");
  EXPECT_EQ(config.onboot(1).image(), "linuxkit/dhcpcd:1");
  EXPECT_EQ(config.trust().image(0), "mobylinux/kernel");
  EXPECT_EQ(
      Notes(kIntroduction),
      "os/my.yml: found LinuxKit's format of 2017, which is read as today's; to bring the file "
      "up to date:\n"
      "  lines 2, 9, 13, 19: write image for p_w_picpath\n"
      "  line 21: leave outputs out; formats are targets of linuxkit_image today, such as "
      ":NAME_iso\n"
      "  line 18: leave trust out; it has no effect, the lock file pins every image by its "
      "digest\n"
      "  lines 2, 6, 9: images of mobylinux/ are called linuxkit/ today and have other tags; "
      "these may be gone\n");
}

TEST(OldSpellingsTest, KeysBeforeTheFirstRelease) {
  const auto old = ParseConfigs({File(kPrerelease)});
  const auto today = ParseConfigs({File(kToday)});
  ASSERT_THAT(old, IsOk());
  ASSERT_THAT(today, IsOk());
  EXPECT_EQ(old->front().SerializeAsString(), today->front().SerializeAsString());
  EXPECT_EQ(
      Notes(kPrerelease),
      "os/my.yml: found LinuxKit's format of 2017, which is read as today's; to bring the file "
      "up to date:\n"
      "  line 2: write onboot for system\n"
      "  line 7: write services for daemon\n"
      "  line 1: make init a list\n"
      "  line 5: write net for network_mode\n"
      "  line 6: write readonly for read_only\n"
      "  line 10: write oomScoreAdj for oom_score_adj\n"
      "  line 1: images of mobylinux/ are called linuxkit/ today and have other tags; these may "
      "be gone\n");
}

TEST(OldSpellingsTest, VolumesHaveImagesToo) {
  const auto configs = ParseConfigs({File("volumes: [{name: a, p_w_picpath: x}]")});
  ASSERT_THAT(configs, IsOk());
  EXPECT_EQ(configs->front().volumes(0).image(), "x");
}

TEST(OldSpellingsTest, NothingToNote) {
  EXPECT_EQ(Notes("init: [a]\nservices: [{name: a, image: mobylinux}]"), "");
  EXPECT_EQ(Notes("init: ["), "");
  EXPECT_EQ(Notes("[]"), "");
}

TEST(OldSpellingsTest, OneNoteForEachFile) {
  ConfigFile other = File("kernel: {p_w_picpath: x}");
  other.path = "os/site.yml";
  EXPECT_EQ(
      OldSpellingNotes({File("outputs: []"), File("init: [a]"), other}),
      "os/my.yml: found LinuxKit's format of 2017, which is read as today's; to bring the file "
      "up to date:\n"
      "  line 1: leave outputs out; formats are targets of linuxkit_image today, such as "
      ":NAME_iso\n"
      "os/site.yml: found LinuxKit's format of 2017, which is read as today's; to bring the "
      "file up to date:\n"
      "  line 1: write image for p_w_picpath\n");
}

}  // namespace
}  // namespace linuxkit
