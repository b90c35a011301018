#include "tools/initrd/unconfined.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

std::vector<SegmentIndex> Segments(int count) {
  std::vector<SegmentIndex> segments(1);
  segments[0].add_launches()->set_program("/confined");
  for (int i = 0; i < count; ++i) {
    segments.emplace_back().add_launches()->set_unconfined(absl::StrCat("s", i));
  }
  return segments;
}

TEST(UnconfinedTest, NobodyIs) { EXPECT_EQ(UnconfinedWarning(Segments(0)), ""); }

TEST(UnconfinedTest, NamesThem) {
  EXPECT_EQ(UnconfinedWarning(Segments(2)),
            "warning: services that run as user 0 and can write the kernel's settings: s0, s1; "
            "write profile = \"hardened\" into the linuxkit_image, or profile = \"linuxkit\" if "
            "they may (docs/security.md)");
}

TEST(UnconfinedTest, TenNamesAreEnough) {
  EXPECT_EQ(UnconfinedWarning(Segments(13)),
            "warning: services that run as user 0 and can write the kernel's settings: s0, s1, s2, "
            "s3, s4, s5, s6, s7, s8, s9 and 3 more; write profile = \"hardened\" into the "
            "linuxkit_image, or profile = \"linuxkit\" if they may (docs/security.md)");
}

}  // namespace
}  // namespace linuxkit
