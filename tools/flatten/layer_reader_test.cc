#include "tools/flatten/layer_reader.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/flatten/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Type = LayerEntry::Type;

struct Read {
  LayerEntry entry;
  std::string data;
};

absl::StatusOr<std::vector<Read>> ReadAll(std::string_view tar) {
  StringSource source(tar);
  LayerReader reader(source);
  std::vector<Read> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<LayerEntry> entry, reader.Next());
    if (!entry) return entries;
    StringSink data;
    ABSL_RETURN_IF_ERROR(CopyAll(reader, data).status());
    entries.push_back({*std::move(entry), data.data()});
  }
}

// The only entry of an archive, which must be readable.
Read ReadOne(const std::string& tar) {
  auto entries = ReadAll(tar);
  EXPECT_THAT(entries, IsOk());
  if (!entries.ok() || entries->size() != 1) {
    ADD_FAILURE() << "expected one entry";
    return {};
  }
  return (*entries)[0];
}

TEST(LayerReaderTest, EmptyArchive) {
  EXPECT_THAT(ReadAll(TarBuilder().Finish()), IsOkAndHolds(IsEmpty()));
}

TEST(LayerReaderTest, NoBytesAtAll) { EXPECT_THAT(ReadAll(""), IsOkAndHolds(IsEmpty())); }

TEST(LayerReaderTest, ZerosAtTheEndMissing) {
  EXPECT_EQ(ReadOne(TarBuilder().File("f", "x").bytes()).data, "x");
}

TEST(LayerReaderTest, NotATar) {
  EXPECT_THAT(
      ReadAll(std::string(2000, 'x')),
      StatusIs(absl::StatusCode::kDataLoss, "not a tar archive: Unrecognized archive format"));
}

TEST(LayerReaderTest, AllAttributes) {
  const Read file = ReadOne(TarBuilder()
                                .Add({.name = "f",
                                      .data = "data",
                                      .mode = 06751,
                                      .uid = 1000,
                                      .gid = 100,
                                      .mtime = 1234567890})
                                .Finish());
  EXPECT_EQ(file.entry.type, Type::kFile);
  EXPECT_EQ(file.entry.attributes,
            (Attributes{.mode = 06751, .uid = 1000, .gid = 100, .mtime = 1234567890}));
  EXPECT_EQ(file.data, "data");
}

TEST(LayerReaderTest, StickyDirectory) {
  const Read directory = ReadOne(TarBuilder().Dir("tmp/", 01777).Finish());
  EXPECT_EQ(directory.entry.type, Type::kDirectory);
  EXPECT_EQ(directory.entry.name, "tmp");
  EXPECT_EQ(directory.entry.attributes.mode, 01777u);
}

TEST(LayerReaderTest, DevicesAndFifo) {
  auto entries = ReadAll(TarBuilder()
                             .Add({.name = "c", .type = '3', .major = 5, .minor = 1})
                             .Add({.name = "b", .type = '4', .major = 8, .minor = 300})
                             .Add({.name = "p", .type = '6'})
                             .Finish());
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ((*entries)[0].entry.type, Type::kCharacterDevice);
  EXPECT_EQ((*entries)[0].entry.device_major, 5u);
  EXPECT_EQ((*entries)[1].entry.type, Type::kBlockDevice);
  EXPECT_EQ((*entries)[1].entry.device_minor, 300u);
  EXPECT_EQ((*entries)[2].entry.type, Type::kFifo);
}

TEST(LayerReaderTest, NamesBecomeClean) {
  for (const std::string name : {"./etc/x", "/etc/x", "//etc//x", "etc/./x"}) {
    EXPECT_EQ(ReadOne(TarBuilder().File(name).Finish()).entry.name, "etc/x") << name;
  }
  for (const std::string name : {"./", "/", ".", "././"}) {
    EXPECT_EQ(ReadOne(TarBuilder().Dir(name).Finish()).entry.name, ".") << name;
  }
}

TEST(LayerReaderTest, NameThatLeavesTheImage) {
  for (const std::string name : {"..", "../x", "a/../x", "a/.."}) {
    EXPECT_THAT(ReadAll(TarBuilder().File(name).Finish()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("entry \"", name, "\": names with \"..\" are not allowed")));
  }
}

TEST(LayerReaderTest, HardLinkThatLeavesTheImage) {
  EXPECT_THAT(ReadAll(TarBuilder().HardLink("x", "../etc/passwd").Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"x\": hard link to \"../etc/passwd\": names with \"..\" are not "
                       "allowed"));
}

TEST(LayerReaderTest, HardLinkTargetBecomesClean) {
  EXPECT_EQ(ReadOne(TarBuilder().HardLink("x", "./bin/y").Finish()).entry.link, "bin/y");
}

TEST(LayerReaderTest, SymlinkTargetStaysAsItIs) {
  EXPECT_EQ(ReadOne(TarBuilder().Link("x", "../.././y//").Finish()).entry.link, "../.././y//");
}

TEST(LayerReaderTest, RootThatIsAFile) {
  EXPECT_THAT(ReadAll(TarBuilder().Link("./", "x").Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \".\": the root of a layer must be a directory"));
}

TEST(LayerReaderTest, GnuLongNames) {
  const std::string name = std::string(300, 'n'), target(400, 't');
  const Read link = ReadOne(TarBuilder().Link(name, target).Finish());
  EXPECT_EQ(link.entry.name, name);
  EXPECT_EQ(link.entry.link, target);
}

TEST(LayerReaderTest, PaxNamesSizesAndTimes) {
  const std::string name = "dir/" + std::string(200, 'p');
  const Read file = ReadOne(
      TarBuilder()
          .Pax({{"path", name}, {"mtime", "1700000000.75"}, {"uid", "3000000"}, {"size", "3"}})
          .File("short", "abc")
          .Finish());
  EXPECT_EQ(file.entry.name, name);
  EXPECT_EQ(file.entry.attributes.mtime, 1700000000);
  EXPECT_EQ(file.entry.attributes.uid, 3000000u);
  EXPECT_EQ(file.data, "abc");
}

TEST(LayerReaderTest, NamesThatAreNotUtf8) {
  EXPECT_EQ(ReadOne(TarBuilder().File("caf\xe9").Finish()).entry.name, "caf\xe9");
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"path", "caf\xe9"}}).File("x").Finish()).entry.name,
            "caf\xe9");
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"path", "caf\xc3\xa9"}}).File("x").Finish()).entry.name,
            "caf\xc3\xa9");
  EXPECT_EQ(
      ReadOne(TarBuilder().Pax({{"linkpath", "\xc3\xa9/\xff"}}).Link("x", "y").Finish()).entry.link,
      "\xc3\xa9/\xff");
}

TEST(LayerReaderTest, Base256Numbers) {
  std::string header = TarBuilder::Header({.name = "f"}, 0);
  header.replace(108, 8, std::string("\x80\0\0\0\xff\xff\xff\xfe", 8));  // uid 4294967294
  TarBuilder::FixChecksum(header);
  EXPECT_EQ(ReadOne(TarBuilder().Raw(header).Finish()).entry.attributes.uid, 4294967294u);
}

TEST(LayerReaderTest, UserIdBeyond32Bits) {
  std::string header = TarBuilder::Header({.name = "f"}, 0);
  header.replace(108, 8, std::string("\x80\0\0\x01\0\0\0\0", 8));
  TarBuilder::FixChecksum(header);
  EXPECT_THAT(ReadAll(TarBuilder().Raw(header).Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \"f\": uid 4294967296 is out of range; expected 0 to 4294967295"));
}

TEST(LayerReaderTest, PaxSparseFileIsExpanded) {
  // GNU sparse format 0.1: "ab" at 1000, "c" at 3000, 4000 bytes in all.
  const Read file = ReadOne(TarBuilder()
                                .Pax({{"GNU.sparse.size", "4000"},
                                      {"GNU.sparse.numblocks", "2"},
                                      {"GNU.sparse.map", "1000,2,3000,1"},
                                      {"GNU.sparse.name", "hole"}})
                                .File("x", "abc")
                                .Finish());
  std::string expected(4000, '\0');
  expected.replace(1000, 2, "ab");
  expected[3000] = 'c';
  EXPECT_EQ(file.entry.name, "hole");
  EXPECT_EQ(file.entry.size, 4000u);
  EXPECT_EQ(file.data, expected);
}

TEST(LayerReaderTest, SparseFileOfGnuTar) {
  for (const std::string format : {"gnu", "posix --sparse-version=0.0",
                                   "posix --sparse-version=0.1", "posix --sparse-version=1.0"}) {
    SCOPED_TRACE(format);
    const std::string directory = testing::TempDir() + "/sparse";
    const std::string command =
        absl::StrCat("rm -rf ", directory, " && mkdir ", directory, " && cd ", directory,
                     " && truncate -s 300000 f && printf middle | dd of=f bs=1 seek=150000 "
                     "conv=notrunc status=none"
                     " && tar --sparse --format=",
                     format, " -cf ../sparse.tar f");
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::string expected(300000, '\0');
    expected.replace(150000, 6, "middle");
    auto tar = ReadFile(testing::TempDir() + "/sparse.tar");
    ASSERT_THAT(tar, IsOk());
    EXPECT_LT(tar->size(), 100000u) << "tar made no sparse entry";
    const Read file = ReadOne(*tar);
    EXPECT_EQ(file.entry.name, "f");
    EXPECT_TRUE(file.data == expected);
  }
}

TEST(LayerReaderTest, Whiteouts) {
  auto entries = ReadAll(TarBuilder()
                             .File("a/.wh.x")
                             .File(".wh.y")
                             .File("d/.wh..wh..opq")
                             .File(".wh..wh..opq")
                             .Finish());
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ((*entries)[0].entry.type, Type::kWhiteout);
  EXPECT_EQ((*entries)[0].entry.name, "a/x");
  EXPECT_EQ((*entries)[1].entry.name, "y");
  EXPECT_EQ((*entries)[2].entry.type, Type::kOpaque);
  EXPECT_EQ((*entries)[2].entry.name, "d");
  EXPECT_EQ((*entries)[3].entry.name, ".");
}

TEST(LayerReaderTest, WhiteoutOfNoName) {
  for (const std::string name : {"d/.wh.", "d/.wh..", "d/.wh..."}) {
    EXPECT_THAT(ReadAll(TarBuilder().File(name).Finish()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("entry \"", name,
                                      "\": this whiteout names no file; expected .wh.NAME")));
  }
}

TEST(LayerReaderTest, NameTooLong) {
  EXPECT_THAT(ReadAll(TarBuilder().File(std::string(4096, 'n')).Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("entry \"", std::string(80, 'n'),
                                    "\": the name has 4096 bytes; the kernel takes up to 4095")));
}

TEST(LayerReaderTest, ExtendedAttributesAreReported) {
  const Read file =
      ReadOne(TarBuilder()
                  .Pax({{"SCHILY.xattr.user.b", "1"}, {"SCHILY.xattr.security.capability", "x"}})
                  .File("ping")
                  .Finish());
  EXPECT_THAT(file.entry.xattrs, ElementsAre("security.capability", "user.b"));
}

TEST(LayerReaderTest, HeaderChecksumIsWrong) {
  std::string tar = TarBuilder().File("good").File("bad").Finish();
  tar[512] ^= 1;
  EXPECT_THAT(ReadAll(tar),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("tar archive damaged at or behind entry \"good\": ")));
}

TEST(LayerReaderTest, DataCutOff) {
  const std::string tar = TarBuilder().File("f", std::string(5000, 'x')).Finish();
  EXPECT_THAT(ReadAll(tar.substr(0, 3000)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("tar archive damaged at or behind entry \"f\": Truncated")));
}

class FailingSource : public ByteSource {
 public:
  absl::StatusOr<size_t> Read(absl::Span<char>) override {
    return absl::DataLossError("gzip data is damaged at byte 5");
  }
};

TEST(LayerReaderTest, ErrorsOfTheSourcePassThrough) {
  FailingSource source;
  LayerReader reader(source);
  EXPECT_THAT(reader.Next(),
              StatusIs(absl::StatusCode::kDataLoss, "gzip data is damaged at byte 5"));
}

}  // namespace
}  // namespace linuxkit
