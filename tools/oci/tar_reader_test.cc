#include "tools/oci/tar_reader.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Pair;

// Entries of an archive, each with its content.
absl::StatusOr<std::vector<std::pair<TarEntry, std::string>>> ReadAll(const std::string& path) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return file.status();
  FileSource source(*file);
  TarReader reader("t.tar", source);
  std::vector<std::pair<TarEntry, std::string>> entries;
  while (true) {
    absl::StatusOr<std::optional<TarEntry>> entry = reader.Next();
    if (!entry.ok()) return entry.status();
    if (!*entry) return entries;
    StringSink content;
    if (const auto copied = CopyAll(reader.content(), content); !copied.ok()) {
      return copied.status();
    }
    entries.emplace_back(**entry, content.data());
  }
}

absl::Status ErrorOf(std::string_view archive) {
  const std::string path = absl::StrCat(testing::TempDir(), "/bad.tar");
  EXPECT_THAT(WriteFile(path, archive), IsOk());
  return ReadAll(path).status();
}

// One archive of one file "f" with content "hello", as GNU tar writes it.
std::string SmallTar() {
  const std::string directory = MakeTestDirectory("small");
  EXPECT_THAT(WriteFile(directory + "/f", "hello"), IsOk());
  EXPECT_THAT(
      RunProgram({"tar", "-C", directory, "--format=ustar", "-cf", directory + "/t.tar", "f"}),
      IsOk());
  return *ReadFile(directory + "/t.tar");
}

class FormatTest : public testing::TestWithParam<std::string> {};

// The judge is GNU tar: each of its formats reads back as the tree it was made of.
TEST_P(FormatTest, ReadsWhatGnuTarWrites) {
  const std::string directory = MakeTestDirectory("formats");
  const std::string deep =
      absl::StrCat(std::string(90, 'd'), "/", std::string(80, 'f'), "\xc3\xa9");
  const bool is_v7 = GetParam() == "v7";
  const std::string name = is_v7 ? "d/short" : deep;
  std::filesystem::create_directories(
      std::filesystem::path(absl::StrCat(directory, "/in/", name)).parent_path());
  const std::string file = absl::StrCat(directory, "/in/", name);
  ASSERT_THAT(WriteFile(file, std::string(1000, 'x')), IsOk());
  ASSERT_EQ(chmod(file.c_str(), 04750), 0);
  std::filesystem::create_symlink("target", directory + "/in/symlink");
  ASSERT_THAT(WriteFile(directory + "/in/hard", ""), IsOk());
  std::filesystem::create_hard_link(directory + "/in/hard", directory + "/in/z-link");
  ASSERT_THAT(RunProgram({"tar", "-C", directory + "/in", "--format=" + GetParam(), "--sort=name",
                          "--owner=1000", "--group=1001", "--mtime=@1492533000", "-cf",
                          directory + "/t.tar", "."}),
              IsOk());
  const auto entries = ReadAll(directory + "/t.tar");
  ASSERT_THAT(entries, IsOk());
  EXPECT_THAT(*entries, Contains(Pair(AllOf(Field(&TarEntry::path, "."),
                                            Field(&TarEntry::type, TarEntry::Type::kDirectory)),
                                      "")));
  EXPECT_THAT(
      *entries,
      Contains(Pair(AllOf(Field(&TarEntry::path, name), Field(&TarEntry::mode, 04750),
                          Field(&TarEntry::uid, 1000), Field(&TarEntry::gid, 1001),
                          Field(&TarEntry::mtime, 1492533000), Field(&TarEntry::size, 1000)),
                    std::string(1000, 'x'))));
  EXPECT_THAT(*entries, Contains(Pair(AllOf(Field(&TarEntry::path, "symlink"),
                                            Field(&TarEntry::type, TarEntry::Type::kSymlink),
                                            Field(&TarEntry::link, "target")),
                                      "")));
  EXPECT_THAT(*entries, Contains(Pair(AllOf(Field(&TarEntry::path, "z-link"),
                                            Field(&TarEntry::type, TarEntry::Type::kHardLink),
                                            Field(&TarEntry::link, "hard")),
                                      "")));
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest, testing::Values("v7", "ustar", "gnu", "pax"));

TEST(TarReaderTest, LargeIdsOfGnuTar) {
  const std::string directory = MakeTestDirectory("ids");
  ASSERT_THAT(WriteFile(directory + "/f", ""), IsOk());
  for (const std::string format : {"gnu", "pax"}) {
    ASSERT_THAT(RunProgram({"tar", "-C", directory, "--format=" + format, "--owner=:3000000000",
                            "--group=:2500000", "-cf", directory + "/t.tar", "f"}),
                IsOk());
    const auto entries = ReadAll(directory + "/t.tar");
    ASSERT_THAT(entries, IsOk());
    EXPECT_EQ(entries->front().first.uid, 3000000000);
    EXPECT_EQ(entries->front().first.gid, 2500000);
  }
}

TEST(TarReaderTest, SparseFile) {
  const std::string directory = MakeTestDirectory("sparse");
  ASSERT_THAT(RunProgram({"truncate", "-s", "1M", directory + "/f"}), IsOk());
  ASSERT_THAT(RunProgram({"tar", "-C", directory, "--format=pax", "--sparse", "-cf",
                          directory + "/t.tar", "f"}),
              IsOk());
  EXPECT_THAT(ReadAll(directory + "/t.tar"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "t.tar: tar header at offset 1024: sparse files are not supported; make the "
                       "archive without --sparse"));
}

TEST(TarReaderTest, Empty) {
  EXPECT_THAT(ErrorOf(""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "t.tar: tar header at offset 0: the archive ends without its end marker; it "
                       "is truncated or not a tar"));
}

TEST(TarReaderTest, NotATar) {
  EXPECT_THAT(ErrorOf(std::string(2048, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "t.tar: tar header at offset 0: wrong checksum; this is not an uncompressed "
                       "tar"));
}

TEST(TarReaderTest, EndsInsideAHeader) {
  EXPECT_THAT(ErrorOf(SmallTar().substr(0, 300)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "t.tar: tar header at offset 0: the archive ends inside this header"));
}

TEST(TarReaderTest, EndsInsideContent) {
  EXPECT_THAT(ErrorOf(SmallTar().substr(0, 514)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "t.tar: tar header at offset 0: the archive ends inside the content of this "
                       "entry"));
}

TEST(TarReaderTest, EndsBeforeTheEndMarker) {
  EXPECT_THAT(ErrorOf(SmallTar().substr(0, 1024)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("offset 1024: the archive ends without its end marker")));
}

// Any single damaged byte of a header gives an error or other values, never a crash.
TEST(TarReaderTest, EveryDamagedHeaderByte) {
  const std::string good = SmallTar();
  int refused = 0;
  for (size_t i = 0; i < 512; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    refused += ErrorOf(bad).ok() ? 0 : 1;
  }
  // The eight bytes of the checksum field itself have two that may hold anything.
  EXPECT_GE(refused, 510);
}

TEST(CleanPathTest, Cases) {
  EXPECT_EQ(CleanPath("./usr//bin/"), "usr/bin");
  EXPECT_EQ(CleanPath("/etc/x"), "etc/x");
  EXPECT_EQ(CleanPath("./"), ".");
  EXPECT_EQ(CleanPath(""), ".");
  EXPECT_EQ(CleanPath("..a/b.."), "..a/b..");
  EXPECT_EQ(CleanPath("a/../b"), std::nullopt);
}

}  // namespace
}  // namespace linuxkit
