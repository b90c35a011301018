// The reference system's forms against its initrd: each is unpacked by a program of somebody else
// (GNU cpio, GNU tar, unsquashfs, fsck.erofs), and `find` compares the trees.
#include <unistd.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kHeader = 110;
constexpr std::string_view kMagic = "070701";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// xorriso sets no times of symlinks.
constexpr char kXorrisoKeeps[] = "sed -E '/^[^ ]+ l /s/ [0-9]+[.][0-9]+ / /'";

size_t Aligned(size_t offset) { return (offset + 3) / 4 * 4; }

// A field of a cpio header (boot-formats, section 1.1).
size_t Field(std::string_view header, size_t offset) {
  uint32_t value = 0;
  EXPECT_TRUE(absl::SimpleHexAtoi(header.substr(offset, 8), &value));
  return value;
}

// How long the archive is that `bytes` begin with; 0 if its end is not among them.
size_t ArchiveSize(std::string_view bytes) {
  for (size_t at = 0; at + kHeader < bytes.size() && bytes.substr(at).starts_with(kMagic);) {
    const std::string_view header = bytes.substr(at, kHeader);
    const size_t name_size = Field(header, 94);
    const bool last = bytes.substr(at + kHeader).starts_with("TRAILER!!!");
    at = Aligned(Aligned(at + kHeader + name_size) + Field(header, 54));
    if (last) return at;
  }
  return 0;
}

std::string Decompressed(std::string_view frame) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
  std::vector<char> buffer(1 << 20);
  ZSTD_inBuffer in = {frame.data(), frame.size(), 0};
  std::string plain;
  for (size_t expected = 1; expected != 0;) {
    ZSTD_outBuffer out = {buffer.data(), buffer.size(), 0};
    expected = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(expected)) {
      ADD_FAILURE() << ZSTD_getErrorName(expected);
      break;
    }
    plain.append(buffer.data(), out.pos);
  }
  return plain;
}

// The archives in an initrd, in order and unpacked.
std::vector<std::string> Archives(std::string_view initrd) {
  std::vector<std::string> archives;
  std::string plain;
  while (!initrd.empty()) {
    size_t used = 1;  // a zero between archives
    if (initrd.starts_with(kMagic)) {
      used = ArchiveSize(initrd);
      plain = initrd.substr(0, used);
    } else if (initrd.starts_with(kZstdMagic)) {
      used = ZSTD_findFrameCompressedSize(initrd.data(), initrd.size());
      plain += Decompressed(initrd.substr(0, used));
    } else if (initrd.front() != '\0') {
      ADD_FAILURE() << "neither an archive nor padding, " << initrd.size()
                    << " bytes before the end";
      return archives;
    }
    initrd.remove_prefix(used);
    if (ArchiveSize(plain) == 0) continue;
    archives.push_back(plain);
    plain.clear();
  }
  return archives;
}

class SameTreeTest : public testing::Test {
 protected:
  SameTreeTest() : directory_(TestPath("trees")) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~SameTreeTest() override { OutputOf("chmod -R u+w " + directory_ + "; rm -rf " + directory_); }

  std::string Path(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  void UnpackInitrd() {
    std::filesystem::create_directory(Path("initrd"));
    const std::string initrd = ReadFile("os/myimage-initrd.img", uint64_t{1} << 30).value();
    for (const std::string& archive : Archives(initrd)) {
      ASSERT_TRUE(WriteFile(Path("archive"), archive).ok());
      ASSERT_EQ(
          OutputOf(absl::StrCat("cpio --quiet -idmu -D ", Path("initrd"), " <", Path("archive"))),
          "");
    }
  }

  // Type, mode, owner, size, time, names and target of everything. Directories have no size, and
  // their times are when cpio last put something into them.
  std::string Listing(std::string_view tree, std::string_view filter) {
    const std::string owner = geteuid() == 0 ? " %U:%G" : "";
    return OutputOf(absl::StrCat("cd ", Path(tree), " && find . -type d -printf '%P %y %m", owner,
                                 "\\n' -o -printf '%P %y %m", owner,
                                 " %s %T@ %n %l\\n' | LC_ALL=C sort | ", filter));
  }
  std::string Contents(std::string_view tree) {
    return OutputOf(absl::StrCat(
        "cd ", Path(tree), " && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum"));
  }

  // `filter` is a command that both listings go through.
  void ExpectTreeOfInitrd(std::string_view tree, std::string_view filter = "cat") {
    const std::string expected = Listing("initrd", filter), found = Listing(tree, filter);
    EXPECT_GT(expected.size(), 20000u);
    EXPECT_TRUE(found == expected) << Difference(found, expected);
    const std::string contents = Contents("initrd");
    EXPECT_TRUE(Contents(tree) == contents) << Difference(Contents(tree), contents);
  }

  std::string Difference(const std::string& found, const std::string& expected) {
    EXPECT_TRUE(WriteFile(Path("found"), found).ok() && WriteFile(Path("expected"), expected).ok());
    return OutputOf(absl::StrCat("diff ", Path("expected"), " ", Path("found"), " | head -50"));
  }

  const std::string directory_;
};

TEST_F(SameTreeTest, Tar) {
  UnpackInitrd();
  std::filesystem::create_directory(Path("tar"));
  ASSERT_EQ(OutputOf("tar -xpf tests/rootfs/myimage.tar -C " + Path("tar")), "");
  for (const std::string name : {"cmdline", "kernel"}) {
    EXPECT_EQ(OutputOf(absl::StrCat("cmp os/myimage-", name, " ", Path("tar/boot/"), name)), "");
  }
  std::filesystem::remove_all(Path("tar/boot"));
  ExpectTreeOfInitrd("tar");
}

TEST_F(SameTreeTest, Squashfs) {
  UnpackInitrd();
  ASSERT_EQ(OutputOf(absl::StrCat("unsquashfs -quiet -no-progress -d ", Path("squashfs"),
                                  " tests/rootfs/myimage-squashfs.img")),
            "");
  ExpectTreeOfInitrd("squashfs");
}

TEST_F(SameTreeTest, Erofs) {
  UnpackInitrd();
  ASSERT_THAT(OutputOf(absl::StrCat("fsck.erofs --extract=", Path("erofs"),
                                    " --preserve tests/rootfs/myimage-erofs.img")),
              Not(HasSubstr("exit status")));
  ExpectTreeOfInitrd("erofs");
}

TEST_F(SameTreeTest, KernelIso) {
  UnpackInitrd();
  ASSERT_EQ(OutputOf(absl::StrCat("xorriso -no_rc -report_about SORRY -osirrox on -indev "
                                  "tests/rootfs/myimage.iso -extract / ",
                                  Path("iso"), " 2>&1 | tail -n +3")),
            "");
  ExpectTreeOfInitrd("iso", kXorrisoKeeps);
}

TEST_F(SameTreeTest, DockerIsTheTarWithADockerfile) {
  EXPECT_EQ(
      OutputOf("tar -tf tests/rootfs/myimage.tar >" + Path("tar") +
               "; tar -tf tests/rootfs/myimage.docker | diff " + Path("tar") + " - | tail -n +2"),
      "> Dockerfile\n");
}

TEST_F(SameTreeTest, TarKernelInitrdHasTheFiles) {
  ASSERT_EQ(OutputOf("tar -xf tests/rootfs/myimage-initrd.tar -C " + directory_), "");
  EXPECT_EQ(OutputOf("ls " + directory_), "cmdline\ninitrd.img\nkernel\n");
  EXPECT_EQ(OutputOf("cmp os/myimage-kernel " + Path("kernel") + " && cmp os/myimage-cmdline " +
                     Path("cmdline") + " && cmp os/myimage-initrd.img " + Path("initrd.img")),
            "");
}

}  // namespace
}  // namespace linuxkit
