#include "tools/package/tar_writer.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_reader.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TarEntry Entry(std::string path, TarEntry::Type type = TarEntry::Type::kFile) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = type;
  entry.mode = type == TarEntry::Type::kDirectory ? 0755 : 0644;
  entry.mtime = 1492533000;
  return entry;
}

std::string Write(const std::vector<TarEntry>& entries) {
  StringSink sink;
  TarWriter writer(sink);
  for (const TarEntry& entry : entries) {
    StringSource content("content");
    EXPECT_THAT(writer.Add(entry, content), IsOk());
  }
  EXPECT_THAT(writer.Finish(), IsOk());
  return sink.data();
}

// What GNU tar says about the archive.
absl::StatusOr<std::string> ListByGnuTar(const std::string& archive) {
  const std::string path = absl::StrCat(MakeTestDirectory("tar"), "/t.tar");
  EXPECT_THAT(WriteFile(path, archive), IsOk());
  return RunProgram({"tar", "--numeric-owner", "--full-time", "--utc", "-tvf", path});
}

// Reads the archive back with our reader.
std::vector<TarEntry> ReadBack(const std::string& archive) {
  const std::string path = absl::StrCat(MakeTestDirectory("tar"), "/t.tar");
  EXPECT_THAT(WriteFile(path, archive), IsOk());
  const auto file = InputFile::Open(path);
  FileSource source(*file);
  TarReader reader("t.tar", source);
  std::vector<TarEntry> entries;
  while (true) {
    const auto entry = reader.Next();
    EXPECT_THAT(entry, IsOk());
    if (!entry.ok() || !*entry) return entries;
    entries.push_back(**entry);
  }
}

TEST(TarWriterTest, GnuTarAgrees) {
  TarEntry file = Entry("d/f");
  file.size = 7;
  file.mode = 04755;
  file.uid = 7;
  file.gid = 8;
  TarEntry symlink = Entry("d/s", TarEntry::Type::kSymlink);
  symlink.link = "f";
  TarEntry link = Entry("d/l", TarEntry::Type::kHardLink);
  link.link = "d/f";
  TarEntry device = Entry("d/null", TarEntry::Type::kCharacterDevice);
  device.device_major = 1;
  device.device_minor = 3;
  EXPECT_THAT(ListByGnuTar(Write({Entry("d", TarEntry::Type::kDirectory), file, symlink, link,
                                  device, Entry("d/p", TarEntry::Type::kFifo)})),
              IsOkAndHolds("drwxr-xr-x 0/0               0 2017-04-18 16:30:00 d/\n"
                           "-rwsr-xr-x 7/8               7 2017-04-18 16:30:00 d/f\n"
                           "lrw-r--r-- 0/0               0 2017-04-18 16:30:00 d/s -> f\n"
                           "hrw-r--r-- 0/0               0 2017-04-18 16:30:00 d/l link to d/f\n"
                           "crw-r--r-- 0/0             1,3 2017-04-18 16:30:00 d/null\n"
                           "prw-r--r-- 0/0               0 2017-04-18 16:30:00 d/p\n"));
}

TEST(TarWriterTest, NameOfExactly100Bytes) {
  const std::string name(100, 'n');
  const std::string archive = Write({Entry(name)});
  EXPECT_EQ(archive.size(), 3 * 512);
  EXPECT_THAT(ListByGnuTar(archive), IsOkAndHolds(HasSubstr(name)));
}

TEST(TarWriterTest, LongNamesAndTargets) {
  const std::string name = absl::StrCat(std::string(90, 'd'), "/", std::string(95, 'f'));
  TarEntry symlink = Entry(name, TarEntry::Type::kSymlink);
  symlink.link = std::string(150, 't');
  EXPECT_THAT(ListByGnuTar(Write({symlink})),
              IsOkAndHolds(HasSubstr(absl::StrCat(name, " -> ", symlink.link))));
}

TEST(TarWriterTest, NumbersBeyondOctal) {
  TarEntry entry = Entry("f", TarEntry::Type::kFifo);
  entry.uid = 4000000000;
  entry.gid = 3000000;
  entry.mtime = -86400;
  EXPECT_THAT(ListByGnuTar(Write({entry})),
              IsOkAndHolds("prw-r--r-- 4000000000/3000000 0 1969-12-31 00:00:00 f\n"));
}

TEST(TarWriterTest, XattrsComeBack) {
  TarEntry entry = Entry("ping");
  entry.xattrs["security.capability"] = std::string("\x01\x00\x00\x02\n=\xff", 7);
  const std::vector<TarEntry> entries = ReadBack(Write({entry}));
  ASSERT_EQ(entries.size(), 1);
  EXPECT_EQ(entries[0].xattrs, entry.xattrs);
}

TEST(TarWriterTest, ContentEndsTooEarly) {
  StringSink sink;
  TarWriter writer(sink);
  TarEntry entry = Entry("a\nb");
  entry.size = 10;
  StringSource content("four");
  EXPECT_THAT(
      writer.Add(entry, content),
      StatusIs(absl::StatusCode::kDataLoss, "\"a\\nb\" ended 6 bytes before its size of 10"));
}

}  // namespace
}  // namespace linuxkit
