// Images that mksquashfs and mkfs.erofs make; the programs that read such images judge them.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/initrd/testing.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class ForeignImageTest : public testing::Test {
 protected:
  ForeignImageTest() : segments_(TestPath("segments")) {
    segments_.Add([](SegmentWriter& writer) -> absl::Status {
      ABSL_RETURN_IF_ERROR(
          writer.AddDirectory(".", {.mode = 0711, .uid = 7, .gid = 8, .mtime = 1000000009}));
      ABSL_RETURN_IF_ERROR(
          writer.AddDirectory("d", {.mode = 01777, .uid = 1, .gid = 2, .mtime = 1234567890}));
      const std::string text(300000, 'x');
      StringSource content(text);
      ABSL_RETURN_IF_ERROR(writer.AddFile({"d/f", "d/g"}, {.mode = 04755, .uid = 70000, .mtime = 5},
                                          text.size(), content));
      ABSL_RETURN_IF_ERROR(writer.AddSymlink("l", "d/f", {.mode = 0777}));
      ABSL_RETURN_IF_ERROR(
          writer.AddNode("c", SegmentEntry::CHARACTER_DEVICE, 5, 1, {.mode = 0600}));
      ABSL_RETURN_IF_ERROR(writer.AddNode("b", SegmentEntry::BLOCK_DEVICE, 8, 30, {.mode = 0660}));
      ABSL_RETURN_IF_ERROR(writer.AddNode("p", SegmentEntry::FIFO, 0, 0, {.mode = 0600}));
      return writer.AddFile(std::string(120, 'n'), {.mode = 0644}, "name");
    });
  }

  // Makes NAME with those flags, which OutputOf gets quoted.
  std::string Make(const std::string& name, const std::string& flags) {
    std::string command =
        absl::StrCat("tools/rootfs/make_rootfs_image ", flags, " --output=", segments_.Path(name));
    for (const SegmentFiles& files : segments_.files()) {
      absl::StrAppend(&command, " --segment=", files.segment, " --index=", files.index,
                      " --apk_database=");
    }
    return OutputOf(command);
  }
  std::string MakeSquashfs(const std::string& name, const std::string& flags) {
    return Make(name, "--format=squashfs --program=/usr/bin/mksquashfs " + flags);
  }
  std::string MakeErofs(const std::string& name, const std::string& flags) {
    return Make(name, "--format=erofs --program=/usr/bin/mkfs.erofs " + flags);
  }

  std::string Bytes(const std::string& name) { return ReadFile(segments_.Path(name)).value(); }

  TestSegments segments_;
};

// The program leaves "d/g" a second name of the inode of "d/f".
TEST_F(ForeignImageTest, SquashfsHasTheTree) {
  ASSERT_EQ(MakeSquashfs("image", "--compression=zstd"), "");
  EXPECT_EQ(OutputOf("TZ=UTC unsquashfs -lln " + segments_.Path("image")),
            absl::StrCat(
                "drwx--x--x 7/8                     188 2001-09-09 01:46 squashfs-root\n"
                "brw-rw---- 0/0                   8, 30 2017-04-18 16:30 squashfs-root/b\n"
                "crw------- 0/0                   5,  1 2017-04-18 16:30 squashfs-root/c\n"
                "drwxrwxrwt 1/2                      33 2009-02-13 23:31 squashfs-root/d\n"
                "-rwsr-xr-x 70000/0              300000 1970-01-01 00:00 squashfs-root/d/f\n"
                "-rwsr-xr-x 70000/0              300000 1970-01-01 00:00 squashfs-root/d/g\n"
                "lrwxrwxrwx 0/0                       3 2017-04-18 16:30 squashfs-root/l -> d/f\n"
                "-rw-r--r-- 0/0                       4 2017-04-18 16:30 squashfs-root/",
                std::string(120, 'n'),
                "\nprw------- 0/0                       0 2017-04-18 16:30 squashfs-root/p\n"));
  const std::string facts = OutputOf("TZ=UTC unsquashfs -stat " + segments_.Path("image"));
  EXPECT_THAT(facts, HasSubstr("Creation or last append time Tue Apr 18 16:30:00 2017\n"));
  EXPECT_THAT(facts, HasSubstr("Compression zstd\n"));
  EXPECT_THAT(facts, HasSubstr("Block size 131072\n"));
}

TEST_F(ForeignImageTest, SquashfsOptions) {
  for (const std::string compression : {"gzip", "lz4", "xz"}) {
    ASSERT_EQ(MakeSquashfs("image", "--block_size=65536 --compression=" + compression), "");
    const std::string facts = OutputOf("unsquashfs -stat " + segments_.Path("image"));
    EXPECT_THAT(facts, HasSubstr("Compression " + compression + "\n"));
    EXPECT_THAT(facts, HasSubstr("Block size 65536\n"));
  }
}

TEST_F(ForeignImageTest, ErofsHasTheTree) {
  ASSERT_EQ(MakeErofs("image", "--compression=lz4"), "");
  const std::string image = segments_.Path("image");
  EXPECT_EQ(OutputOf("fsck.erofs " + image), "");
  EXPECT_THAT(OutputOf("TZ=UTC dump.erofs --path=/ " + image),
              HasSubstr("Uid: 7   Gid: 8  Access: 0711/rwx--x--x\n"
                        "Timestamp: 2001-09-09 01:46:49.000000000\n"));
  EXPECT_THAT(OutputOf("TZ=UTC dump.erofs --path=/d/g " + image),
              HasSubstr("Uid: 70000   Gid: 0  Access: 0755/rwxr-xr-x\n"
                        "Timestamp: 1970-01-01 00:00:05.000000000\n"));
  EXPECT_THAT(OutputOf("dump.erofs --path=/d/f " + image), HasSubstr("Links: 2 "));
  const std::string facts = OutputOf("TZ=UTC dump.erofs -s " + image);
  EXPECT_THAT(facts, HasSubstr("Filesystem created:                           "
                               "Tue Apr 18 16:30:00 2017\n"));
  EXPECT_THAT(facts, HasSubstr("incompatible features:             lz4_0padding"));
}

TEST_F(ForeignImageTest, ErofsOptions) {
  for (const auto& [compression, name] : std::vector<std::pair<std::string, std::string>>{
           {"gzip", "deflate"}, {"xz", "lzma"}, {"zstd", "zstd"}}) {
    ASSERT_EQ(MakeErofs("image", "--block_size=65536 --compression=" + compression), "");
    EXPECT_THAT(OutputOf("dump.erofs -s " + segments_.Path("image")),
                HasSubstr("compr_algs:                        " + name));
  }
  ASSERT_EQ(MakeErofs("image", "--compression=none"), "");
  EXPECT_EQ(OutputOf("fsck.erofs " + segments_.Path("image")), "");
}

// Neither the number of processors, nor the environment, nor the time shows.
TEST_F(ForeignImageTest, BytesDependOnTheTreeAlone) {
  for (const std::string compression : {"gzip", "lz4", "xz", "zstd"}) {
    const std::string flag = "--compression=" + compression;
    ASSERT_EQ(MakeSquashfs("one", flag + " --threads=1"), "");
    ASSERT_EQ(MakeErofs("one.erofs", flag + " --threads=1"), "");
    setenv("SOURCE_DATE_EPOCH", "1", 1);
    setenv("TZ", "Asia/Tokyo", 1);
    ASSERT_EQ(MakeSquashfs("two", flag + " --threads=2"), "");
    ASSERT_EQ(MakeErofs("two.erofs", flag + " --threads=2"), "");
    unsetenv("SOURCE_DATE_EPOCH");
    unsetenv("TZ");
    EXPECT_EQ(Bytes("one"), Bytes("two")) << compression;
    EXPECT_EQ(Bytes("one.erofs"), Bytes("two.erofs")) << compression;
  }
}

TEST_F(ForeignImageTest, UuidOfErofsIsMadeOfTheTree) {
  const auto uuid = [this](const std::string& image) {
    return OutputOf("dump.erofs -s " + segments_.Path(image) + " | grep UUID");
  };
  ASSERT_EQ(MakeErofs("one", "--compression=none"), "");
  ASSERT_EQ(MakeErofs("two", "--compression=lz4"), "");
  EXPECT_EQ(uuid("one"), uuid("two"));
  segments_.Add(FillFile("more", ""));
  ASSERT_EQ(MakeErofs("three", "--compression=none"), "");
  EXPECT_NE(uuid("one"), uuid("three"));
}

TEST_F(ForeignImageTest, UnknownCompression) {
  EXPECT_EQ(
      MakeSquashfs("image", "--compression=none"),
      "make_rootfs_image: --compression: found \"none\"; expected for squashfs gzip, lz4, xz, "
      "zstd\nexit status 1\n");
}

TEST_F(ForeignImageTest, BlockSizeThatIsNoPowerOfTwo) {
  EXPECT_EQ(MakeErofs("image", "--compression=none --block_size=5000"),
            "make_rootfs_image: --block_size: found 5000; expected a power of two from 4096 to "
            "1048576\nexit status 1\n");
}

TEST_F(ForeignImageTest, SmallestAndLargestBlocks) {
  for (const std::string size : {"4096", "1048576"}) {
    ASSERT_EQ(MakeSquashfs("image", "--compression=zstd --block_size=" + size), "");
    EXPECT_THAT(OutputOf("unsquashfs -stat " + segments_.Path("image")),
                HasSubstr("Block size " + size + "\n"));
    ASSERT_EQ(MakeErofs("image", "--compression=lz4 --block_size=" + size), "");
    EXPECT_EQ(OutputOf("fsck.erofs " + segments_.Path("image")), "");
  }
  for (const std::string size : {"2048", "2097152"}) {
    EXPECT_EQ(MakeSquashfs("image", "--compression=zstd --block_size=" + size),
              absl::StrCat("make_rootfs_image: --block_size: found ", size,
                           "; expected a power of two from 4096 to 1048576\nexit status 1\n"));
  }
}

TEST_F(ForeignImageTest, ErofsHasTheBlockSize) {
  ASSERT_EQ(MakeErofs("small", "--compression=lz4 --block_size=4096"), "");
  ASSERT_EQ(MakeErofs("large", "--compression=lz4 --block_size=65536"), "");
  EXPECT_NE(Bytes("small"), Bytes("large"));
}

TEST_F(ForeignImageTest, DamagedSegmentLeavesNothing) {
  std::string bytes = ReadFile(segments_.files()[0].segment).value();
  bytes[bytes.find("name")] = 'N';
  segments_.Input("segment0", bytes);
  EXPECT_THAT(MakeSquashfs("image", "--compression=gzip"), HasSubstr("segment0: \"nnnn"));
  EXPECT_THAT(MakeErofs("image", "--compression=none"), EndsWith("exit status 1\n"));
  EXPECT_EQ(OutputOf("ls " + segments_.Path("")), "index0\nsegment0\n");
}

// What shows in no image: a program may use so many processors, so much memory, and that disk.
TEST_F(ForeignImageTest, WhatProgramsMayUse) {
  const std::string program = segments_.Input("program", "#!/bin/sh\necho $TMPDIR: \"$@\"\nexit 1");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const auto words = [&](const std::string& flags) {
    return Make("image", absl::StrCat("--program=", program, " --compression=zstd ", flags));
  };
  const std::string directory = std::filesystem::absolute(segments_.Path("")).parent_path();
  EXPECT_THAT(words("--format=squashfs --threads=3"),
              AllOf(HasSubstr(absl::StrCat("\n", directory, ": - ")), HasSubstr(" -mem 256M"),
                    HasSubstr(" -processors 3")));
  EXPECT_THAT(words("--format=squashfs"), Not(HasSubstr(" -processors")));
  EXPECT_THAT(
      words("--format=erofs --threads=3"),
      AllOf(HasSubstr(absl::StrCat("\n", directory, ": --quiet ")), HasSubstr(" --workers=3 ")));
  EXPECT_THAT(words("--format=erofs"), Not(HasSubstr(" --workers")));
}

TEST_F(ForeignImageTest, ProgramThatFails) {
  EXPECT_EQ(Make("image", "--format=squashfs --compression=gzip --program=/bin/false"),
            "make_rootfs_image: false ended with status 1; it printed nothing\nexit status 1\n");
}

}  // namespace
}  // namespace linuxkit
