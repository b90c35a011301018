// Segments that agree with their index, and every way not to.
#include "tools/segment/segment_reader.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/compress/compressor.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

class SegmentReaderTest : public testing::TestWithParam<Compression::Format> {
 protected:
  std::string path() const { return absl::StrCat(testing::TempDir(), "/segment"); }

  // etc/, etc/motd, which is also called etc/issue, and etc/empty.
  void Write() {
    const auto writer =
        SegmentWriter::Create(path(), {.owner = "//os:web", .compression = {.format = GetParam()}});
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->AddDirectory("etc", {.mode = 0755}), IsOk());
    StringSource content("welcome\n");
    const std::vector<std::string> names = {"etc/motd", "etc/issue"};
    ASSERT_THAT((*writer)->AddFile(names, {.mode = 0644}, 8, content), IsOk());
    ASSERT_THAT((*writer)->AddFile("etc/empty", {.mode = 0600}, ""), IsOk());
    ASSERT_THAT((*writer)->Finish(path() + ".index"), IsOk());
    index_ = (*writer)->index();
  }

  // "path=content" of each entry.
  absl::StatusOr<std::vector<std::string>> Read() {
    ABSL_ASSIGN_OR_RETURN(const auto reader, SegmentReader::Open(path(), index_));
    std::vector<std::string> lines;
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const SegmentEntry* const entry, reader->Next());
      if (entry == nullptr) return lines;
      StringSink content;
      ABSL_RETURN_IF_ERROR(CopyAll(*reader, content).status());
      lines.push_back(absl::StrCat(entry->path(), "=", content.data()));
    }
  }

  void ExpectError(const std::string& message) {
    EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss,
                                 absl::StrCat("the segment ", path(), " of //os:web: ", message)));
  }

  SegmentIndex index_;
};

using PlainSegmentReaderTest = SegmentReaderTest;

TEST_P(SegmentReaderTest, EntriesWithTheirContent) {
  Write();
  EXPECT_THAT(Read(),
              IsOkAndHolds(ElementsAre("etc=", "etc/motd=welcome\n", "etc/issue=", "etc/empty=")));
}

TEST_P(SegmentReaderTest, ContentMayBeLeftOut) {
  Write();
  const auto reader = SegmentReader::Open(path(), index_);
  ASSERT_THAT(reader, IsOk());
  for (int i = 0; i < 4; ++i) EXPECT_NE((*reader)->Next().value(), nullptr);
  EXPECT_EQ((*reader)->Next().value(), nullptr);
}

TEST_P(SegmentReaderTest, OtherName) {
  Write();
  index_.mutable_entries(1)->set_path("etc/mutt");
  ExpectError("found \"etc/motd\" as entry 2; expected \"etc/mutt\"");
}

TEST_P(SegmentReaderTest, OtherMode) {
  Write();
  index_.mutable_entries(0)->set_mode(0700);
  ExpectError("\"etc\" has another mode, owner or size there than in the index");
}

TEST_P(SegmentReaderTest, OtherSize) {
  Write();
  index_.mutable_entries(1)->set_size(9);
  ExpectError("\"etc/motd\" has another mode, owner or size there than in the index");
}

TEST_P(SegmentReaderTest, EndsEarly) {
  Write();
  index_.add_entries()->set_path("etc/more");
  ExpectError("it ends before entry 5; expected 5 entries");
}

TEST_P(SegmentReaderTest, HasMore) {
  Write();
  index_.mutable_entries()->RemoveLast();
  ExpectError("it ends behind entry 3; expected 3 entries");
}

INSTANTIATE_TEST_SUITE_P(Formats, SegmentReaderTest,
                         testing::Values(Compression::Format::kNone, Compression::Format::kGzip,
                                         Compression::Format::kZstd));

TEST_P(PlainSegmentReaderTest, OtherContent) {
  Write();
  std::string bytes = ReadFile(path()).value();
  bytes[bytes.find("welcome")] = 'W';
  ASSERT_THAT(WriteFile(path(), bytes), IsOk());
  ExpectError(absl::StrCat("\"etc/motd\" has the digest ", OciDigest(Sha256Of("Welcome\n")),
                           " there; expected ", OciDigest(Sha256Of("welcome\n"))));
}

TEST_P(PlainSegmentReaderTest, CutOff) {
  Write();
  const std::string bytes = ReadFile(path()).value();
  ASSERT_THAT(WriteFile(path(), bytes.substr(0, bytes.find("welcome") + 3)), IsOk());
  ExpectError("cpio archive, byte 239: the archive ends here; expected 5 bytes more");
}

INSTANTIATE_TEST_SUITE_P(Plain, PlainSegmentReaderTest,
                         testing::Values(Compression::Format::kNone));

}  // namespace
}  // namespace linuxkit
