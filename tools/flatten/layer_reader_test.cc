#include "tools/flatten/layer_reader.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
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
    ABSL_RETURN_IF_ERROR(CopyAll(reader.content(), data).status());
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

TEST(LayerReaderTest, NoBytesAtAll) { EXPECT_THAT(ReadAll(""), IsOkAndHolds(IsEmpty())); }

TEST(LayerReaderTest, ZerosAtTheEndMissing) {
  EXPECT_EQ(ReadOne(TarBuilder().File("f", "x").bytes()).data, "x");
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

TEST(LayerReaderTest, RootThatIsAFile) {
  EXPECT_THAT(ReadAll(TarBuilder().Link("./", "x").Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry \".\": the root of a layer must be a directory"));
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

TEST(LayerReaderTest, AufsMetadata) {
  const auto entries = ReadAll(TarBuilder()
                                   .File(".wh..wh.aufs")
                                   .Dir(".wh..wh.plnk")
                                   .File(".wh..wh.plnk/21.7")
                                   .File("d/.wh..wh.plnk")
                                   .File("app")
                                   .Finish());
  ASSERT_THAT(entries, IsOk());
  for (const size_t i : {0, 1, 2}) EXPECT_TRUE((*entries)[i].entry.aufs_metadata) << i;
  for (const size_t i : {3, 4}) EXPECT_FALSE((*entries)[i].entry.aufs_metadata) << i;
  EXPECT_EQ((*entries)[2].entry.name, ".wh..wh.plnk/21.7");
}

TEST(LayerReaderTest, WhiteoutOfNoName) {
  for (const std::string name : {"d/.wh.", "d/.wh..", "d/.wh..."}) {
    EXPECT_THAT(ReadAll(TarBuilder().File(name).Finish()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("entry \"", name,
                                      "\": this whiteout names no file; expected .wh.NAME")));
  }
}

TEST(LayerReaderTest, ExtendedAttributesAreReported) {
  const Read file = ReadOne(TarBuilder()
                                .Pax({{"SCHILY.xattr.user.b", "1"},
                                      {"SCHILY.xattr.security.capability", "x"},
                                      {"SCHILY.acl.access", "user::rwx"}})
                                .File("ping")
                                .Finish());
  EXPECT_THAT(file.entry.xattrs,
              ElementsAre("security.capability", "system.posix_acl_access", "user.b"));
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
