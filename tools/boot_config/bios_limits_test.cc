#include "tools/boot_config/bios_limits.h"

#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// A file that is one hole.
Content FileOf(uint64_t size) {
  const std::string path = TestPath("initrd");
  EXPECT_THAT(WriteFile(path, ""), IsOk());
  std::filesystem::resize_file(path, size);
  return *Content::OfFile(path);
}

TEST(BiosLimitsTest, LargestInitrd) {
  EXPECT_THAT(CheckBiosInitrd({{"/boot/initrd.img", FileOf(2146435072)}}), IsOk());
}

TEST(BiosLimitsTest, InitrdTooLarge) {
  EXPECT_THAT(
      CheckBiosInitrd({{"/boot/initrd.img", FileOf(2146435073)}}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               absl::StrCat(TestPath("initrd"),
                            " has 2146435073 bytes; a BIOS boot program loads an initrd of at most "
                            "2146435072. Boot by UEFI alone, or from a root file system "
                            "(squashfs, EROFS)")));
}

TEST(BiosLimitsTest, OtherFilesMayBeLarger) {
  EXPECT_THAT(CheckBiosInitrd({{"/data/big", FileOf(uint64_t{3} << 30)}}), IsOk());
}

}  // namespace
}  // namespace linuxkit
