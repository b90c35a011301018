#include <algorithm>
#include <random>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/compress/compressor.h"
#include "tools/compress/decompressor.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Format = Compression::Format;

// Bytes that compress a bit: words of a small vocabulary.
std::string SampleText(size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) absl::StrAppend(&text, "word", random() % 5000, " ");
  text.resize(size);
  return text;
}

std::string Compressed(Compression compression, std::string_view bytes, size_t step = 1 << 30) {
  StringSink sink;
  auto compressor = Compressor::Create(compression, sink);
  EXPECT_THAT(compressor, IsOk());
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    EXPECT_THAT((*compressor)->Append(bytes.substr(0, step)), IsOk());
  }
  EXPECT_THAT((*compressor)->Finish(), IsOk());
  return sink.data();
}

// Hands out one byte per call.
class DripSource : public ByteSource {
 public:
  explicit DripSource(std::string_view data) : data_(data) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    return data_.Read(buffer.first(std::min<size_t>(1, buffer.size())));
  }

 private:
  StringSource data_;
};

absl::StatusOr<std::string> Drain(ByteSource& source) {
  auto plain = Decompress(source);
  if (!plain.ok()) return plain.status();
  StringSink sink;
  if (auto copied = CopyAll(**plain, sink); !copied.ok()) return copied.status();
  return sink.data();
}

absl::StatusOr<std::string> Decompressed(std::string_view bytes) {
  StringSource source(bytes);
  return Drain(source);
}

struct RoundTripTest : testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Formats, RoundTripTest,
                         testing::Values(Format::kNone, Format::kGzip, Format::kZstd));

TEST_P(RoundTripTest, ManySizes) {
  for (const size_t size : {0u, 1u, 511u, 131071u, 131072u, 131073u, 3000000u}) {
    SCOPED_TRACE(size);
    const std::string text = SampleText(size);
    EXPECT_THAT(Decompressed(Compressed({.format = GetParam()}, text)), IsOkAndHolds(text));
  }
}

TEST_P(RoundTripTest, ChunkSizesDoNotReachTheOutput) {
  const std::string text = SampleText(700000);
  const std::string whole = Compressed({.format = GetParam()}, text);
  for (const size_t step : {1u, 13u, 131072u, 131073u, 500000u}) {
    SCOPED_TRACE(step);
    EXPECT_EQ(Compressed({.format = GetParam()}, text, step), whole);
  }
}

TEST_P(RoundTripTest, OneByteAtATime) {
  const std::string text = SampleText(5000);
  const std::string packed = Compressed({.format = GetParam()}, text);
  DripSource source(packed);
  EXPECT_THAT(Drain(source), IsOkAndHolds(text));
}

TEST_P(RoundTripTest, TwoStreamsOneAfterTheOther) {
  const std::string twice =
      Compressed({.format = GetParam()}, "first ") + Compressed({.format = GetParam()}, "second");
  EXPECT_THAT(Decompressed(twice), IsOkAndHolds("first second"));
}

TEST(GzipTest, HeaderTellsNothing) {
  const std::string packed = Compressed({.format = Format::kGzip}, "x");
  EXPECT_EQ(packed.substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
}

TEST(GzipTest, CutOffAnywhere) {
  const std::string packed = Compressed({.format = Format::kGzip}, "some text to cut");
  for (size_t size = 2; size < packed.size(); ++size) {
    EXPECT_THAT(Decompressed(packed.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         absl::StrCat("gzip data is cut off: it ends at byte ", size)));
  }
}

TEST(GzipTest, WrongChecksum) {
  std::string packed = Compressed({.format = Format::kGzip}, "x");
  packed[packed.size() - 8] ^= 1;
  EXPECT_THAT(Decompressed(packed),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 17: incorrect data check"));
}

TEST(GzipTest, GarbageBehindAMember) {
  const std::string packed = Compressed({.format = Format::kGzip}, "x");
  EXPECT_THAT(Decompressed(packed + "garbage"),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 21: expected another gzip member or the end"));
}

TEST(ZstdTest, CutOffAnywhere) {
  const std::string packed = Compressed({}, "some text to cut");
  for (size_t size = 4; size < packed.size(); ++size) {
    EXPECT_THAT(Decompressed(packed.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         absl::StrCat("zstd data is cut off: it ends at byte ", size)));
  }
}

TEST(ZstdTest, ChecksumIsWrittenAndChecked) {
  std::string packed = Compressed({}, "text");
  packed.back() ^= 1;
  EXPECT_THAT(Decompressed(packed), StatusIs(absl::StatusCode::kDataLoss,
                                             HasSubstr("Restored data doesn't match checksum")));
}

TEST(ZstdTest, GarbageBehindAFrame) {
  const std::string packed = Compressed({}, "text");
  EXPECT_THAT(Decompressed(packed + "garbage"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("zstd data is damaged at byte ")));
}

TEST(ZstdTest, SkippableFrameFirstAndBetween) {
  const std::string skip("\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string frames = skip + Compressed({}, "a") + skip + Compressed({}, "b");
  EXPECT_THAT(Decompressed(frames), IsOkAndHolds("ab"));
}

// RFC 8878, 3.1.1.1.2: the byte behind magic and descriptor; its upper five bits are the exponent
// over 1 KiB.
TEST(ZstdTest, WindowFitsTheKernelAtTheHighestLevel) {
  const std::string packed = Compressed({.level = 22}, "text");
  const auto window = static_cast<unsigned char>(packed.at(5));
  EXPECT_EQ(window, (27 - 10) << 3);
}

TEST(PlainTest, EmptyInput) { EXPECT_THAT(Decompressed(""), IsOkAndHolds("")); }

TEST(PlainTest, OtherCompressionIsNamed) {
  EXPECT_THAT(Decompressed(std::string("\xfd"
                                       "7zXZ\0more",
                                       10)),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "compressed with xz; expected gzip, zstd or no compression"));
  EXPECT_THAT(Decompressed("BZh91AY"),
              StatusIs(absl::StatusCode::kUnimplemented, StartsWith("compressed with bzip2;")));
}

TEST(CompressionTest, UnknownName) {
  EXPECT_THAT(ParseCompressionFormat("lz4"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown compression \"lz4\"; expected none, gzip or zstd"));
}

TEST(CompressionTest, LevelOutOfRange) {
  StringSink sink;
  EXPECT_THAT(Compressor::Create({.format = Format::kGzip, .level = 10}, sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "gzip level 10 does not exist; expected 1 to 9, or 0 for 6"));
  EXPECT_THAT(Compressor::Create({.level = -1}, sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "zstd level -1 does not exist; expected 1 to 22, or 0 for 3"));
}

}  // namespace
}  // namespace linuxkit
