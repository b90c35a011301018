#include "tools/qemu/memory.h"

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr int64_t kMib = 1 << 20;

TEST(MinimumMemory, TmpfsCountsTheTreeTwice) {
  EXPECT_EQ(MinimumMemoryMib({.initrd_bytes = 52 * kMib, .unpacked_bytes = 380 * kMib}), 852);
}
TEST(MinimumMemory, RamfsCountsItOnce) {
  EXPECT_EQ(MinimumMemoryMib(
                {.initrd_bytes = 52 * kMib, .unpacked_bytes = 380 * kMib, .ramfs_root = true}),
            502);
}
TEST(MinimumMemory, RoundsUp) {
  EXPECT_EQ(MinimumMemoryMib({.initrd_bytes = 1, .unpacked_bytes = kMib}), 43);
}

TEST(HasRamfsRoot, Cmdlines) {
  EXPECT_FALSE(HasRamfsRoot("console=ttyS0"));
  EXPECT_TRUE(HasRamfsRoot("console=ttyS0 root=/dev/sda"));
  EXPECT_TRUE(HasRamfsRoot("rootfstype=ramfs\n"));
  EXPECT_FALSE(HasRamfsRoot("root=/dev/sda rootfstype=tmpfs"));
  EXPECT_FALSE(HasRamfsRoot("overlayroot=x"));
}

TEST(ChooseMemory, DefaultIsLinuxKits) { EXPECT_EQ(*ChooseMemoryMib({}, std::nullopt), 1024); }
TEST(ChooseMemory, DefaultGrowsWithTheImage) {
  EXPECT_EQ(*ChooseMemoryMib({.initrd_bytes = 0, .unpacked_bytes = 1000 * kMib}, std::nullopt),
            2040);
}
TEST(ChooseMemory, ExactMinimum) {
  EXPECT_EQ(*ChooseMemoryMib({.initrd_bytes = 52 * kMib, .unpacked_bytes = 380 * kMib}, 852), 852);
}
TEST(ChooseMemory, TooLittleForTmpfs) {
  EXPECT_EQ(
      ChooseMemoryMib({.initrd_bytes = 52 * kMib, .unpacked_bytes = 380 * kMib}, 851)
          .status()
          .message(),
      "--mem=851: this image needs at least 852 MiB (2 * 380 MiB unpacked + 52 MiB initrd + "
      "40 MiB; the root tmpfs may use only half of the memory). With less the kernel silently "
      "leaves out files. Give --mem=852 or more, or leave --mem out.");
}
TEST(ChooseMemory, TooLittleForRamfs) {
  EXPECT_EQ(
      ChooseMemoryMib({.initrd_bytes = 52 * kMib, .unpacked_bytes = 380 * kMib, .ramfs_root = true},
                      100)
          .status()
          .message(),
      "--mem=100: this image needs at least 502 MiB (380 MiB unpacked + 52 MiB initrd + 70 "
      "MiB). With less the kernel silently leaves out files. Give --mem=502 or more, or leave "
      "--mem out.");
}
TEST(ChooseMemory, InitrdBeyondTheLoader) {
  EXPECT_EQ(ChooseMemoryMib({.initrd_bytes = 2048 * kMib}, std::nullopt).status().message(),
            "the initrd has 2048 MiB, but must be loaded below 2047 MiB; use a squashfs or erofs "
            "root for an image of this size");
}

}  // namespace
}  // namespace linuxkit
