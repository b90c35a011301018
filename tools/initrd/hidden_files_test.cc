#include "tools/initrd/hidden_files.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"
#include "tools/initrd/plan.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

SegmentIndex Segment(const std::string& owner, const std::vector<std::string>& paths) {
  SegmentIndex index;
  index.set_owner(owner);
  for (const std::string& path : paths) {
    SegmentEntry& entry = *index.add_entries();
    entry.set_path(path);
    const bool is_file = path.find('.') != path.npos;
    entry.set_type(is_file ? SegmentEntry::FILE : SegmentEntry::DIRECTORY);
  }
  return index;
}

std::string NoteOf(const std::vector<std::string>& of_init, const std::vector<std::string>& files) {
  const std::vector<SegmentIndex> indexes = {Segment("//os:init", of_init),
                                             Segment("//os:my.files", files)};
  const auto plan = PlanInitrd(indexes);
  EXPECT_THAT(plan, IsOk());
  return plan.ok() ? HiddenFilesNote({{.apk_database = "init.apk"}, {}}, indexes, plan->tree) : "";
}

TEST(HiddenFilesTest, LinuxkitsInitHidesThem) {
  EXPECT_EQ(
      NoteOf({"bin", "bin/rc.init", "var", "var/cache"},
             {"etc", "etc/x.conf", "var", "var/lib", "var/lib/app"}),
      "//os:my.files: var/lib will not be seen: LinuxKit's init mounts a tmpfs over /run, /tmp "
      "and /var. Make it with runtime.mkdir of a container, put it elsewhere and bind it, or "
      "use the init of rules_linuxkit, which keeps it");
}

TEST(HiddenFilesTest, EachPlace) {
  for (const char* place : {"run", "tmp", "var"}) {
    EXPECT_NE(NoteOf({"bin", "bin/rc.init"}, {place, std::string(place) + "/x.y"}), "") << place;
  }
}

TEST(HiddenFilesTest, OursKeepsThem) { EXPECT_EQ(NoteOf({"sbin"}, {"var", "var/lib"}), ""); }

TEST(HiddenFilesTest, NothingThere) {
  EXPECT_EQ(NoteOf({"bin", "bin/rc.init", "var", "var/cache"}, {"etc", "etc/x.conf", "var"}), "");
}

}  // namespace
}  // namespace linuxkit
