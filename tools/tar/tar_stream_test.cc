#include "tools/tar/tar_stream.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/compress/compressor.h"
#include "tools/tar/testing/owned_source.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::StartsWith;

absl::StatusOr<std::unique_ptr<TarStream>> Open(std::string bytes) {
  return TarStream::Open(std::make_unique<OwnedSource>(std::move(bytes)), "t.tar");
}

std::string Gzip(std::string_view bytes) {
  StringSink sink;
  auto compressor = Compressor::Create({.format = Compression::Format::kGzip}, sink);
  EXPECT_THAT(compressor, IsOk());
  EXPECT_THAT((*compressor)->Append(bytes), IsOk());
  EXPECT_THAT((*compressor)->Finish(), IsOk());
  return sink.data();
}

TEST(TarStreamTest, PlainAndCompressed) {
  const std::string tar = TarBuilder().File("f", "hello").Finish();
  for (const std::string& bytes : {tar, Gzip(tar)}) {
    const auto stream = Open(bytes);
    ASSERT_THAT(stream, IsOk());
    const auto entry = (*stream)->Next();
    ASSERT_THAT(entry, IsOk());
    ASSERT_TRUE(entry->has_value());
    EXPECT_EQ((*entry)->path, "f");
    StringSink content;
    EXPECT_THAT(CopyAll((*stream)->content(), content), IsOkAndHolds(5));
    EXPECT_EQ(content.data(), "hello");
    EXPECT_THAT((*stream)->Next(), IsOkAndHolds(Eq(std::nullopt)));
  }
}

// The wrong checksum lies behind all that the tar itself needs.
TEST(TarStreamTest, ChecksumsAtTheEndAreVerified) {
  std::string bytes = Gzip(TarBuilder().Finish());
  bytes[bytes.size() - 8] ^= 1;
  const auto stream = Open(bytes);
  ASSERT_THAT(stream, IsOk());
  EXPECT_THAT((*stream)->Next(),
              StatusIs(absl::StatusCode::kDataLoss, StartsWith("t.tar: gzip data is damaged at ")));
}

TEST(TarStreamTest, NameStandsInErrors) {
  EXPECT_THAT(Open("BZh91AY").status(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "t.tar: compressed with bzip2; expected gzip, xz, zstd or no compression"));
  const auto stream = Open("hello");
  ASSERT_THAT(stream, IsOk());
  EXPECT_THAT((*stream)->Next(),
              StatusIs(absl::StatusCode::kDataLoss,
                       "t.tar: tar header at offset 0: the archive ends inside this header; it is "
                       "truncated or not an uncompressed tar"));
}

}  // namespace
}  // namespace linuxkit
