#include <lzma.h>

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

TEST(GzipTest, WrongLength) {
  std::string packed = Compressed({.format = Format::kGzip}, "x");
  packed.back() ^= 1;
  EXPECT_THAT(Decompressed(packed),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 21: incorrect length check"));
}

// Byte 10 begins the only block: its type, then codes, of which the first refers back.
TEST(GzipTest, DamagedData) {
  const std::string header("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  EXPECT_THAT(Decompressed(header + "\x07"),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 11: invalid block header"));
  EXPECT_THAT(Decompressed(header + std::string("\x03\x02\0\0\0\0\0\0\0\0\0", 11)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("a reference to before the start of the data")));
}

TEST(GzipTest, AnyDamagedByte) {
  const std::string text = SampleText(2000);
  const std::string packed = Compressed({.format = Format::kGzip}, text);
  for (size_t i = 10; i < packed.size(); ++i) {
    std::string bad = packed;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    EXPECT_THAT(Decompressed(bad),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("gzip data is ")))
        << i;
  }
}

// A stream that begins with these header fields and is gzip's for "x" behind them.
std::string WithHeader(char flags, std::string_view fields) {
  std::string packed = Compressed({.format = Format::kGzip}, "x");
  packed[3] = flags;
  packed.insert(10, fields);
  return packed;
}

constexpr std::string_view kAllFields("\x05\0extraname\0comment\0\xe9\x54", 22);

TEST(GzipTest, HeaderWithAllFields) {
  const std::string packed = WithHeader(0x1f, kAllFields);
  EXPECT_THAT(Decompressed(packed), IsOkAndHolds("x"));
  EXPECT_THAT(Decompressed(packed + packed), IsOkAndHolds("xx"));
  DripSource source(packed);
  EXPECT_THAT(Drain(source), IsOkAndHolds("x"));
}

TEST(GzipTest, HeaderCutOffAnywhere) {
  const std::string packed = WithHeader(0x1f, kAllFields);
  for (size_t size = 2; size < packed.size(); ++size) {
    EXPECT_THAT(Decompressed(packed.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         absl::StrCat("gzip data is cut off: it ends at byte ", size)));
  }
}

TEST(GzipTest, HeaderWithAWrongChecksum) {
  std::string packed = WithHeader(0x1f, kAllFields);
  packed[12] = 'E';
  EXPECT_THAT(Decompressed(packed),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 0: incorrect header check"));
}

TEST(GzipTest, HeaderOfAnotherMethod) {
  std::string packed = Compressed({.format = Format::kGzip}, "x");
  packed[2] = 7;
  EXPECT_THAT(Decompressed(packed),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 0: unknown compression method"));
}

TEST(GzipTest, HeaderWithUnknownFlags) {
  EXPECT_THAT(Decompressed(WithHeader(0x20, "")),
              StatusIs(absl::StatusCode::kDataLoss,
                       "gzip data is damaged at byte 10: unknown header flags set"));
}

// Reads in pieces of all sizes, smaller and larger than the window.
TEST(GzipTest, ReadInPieces) {
  const std::string text = SampleText(700000);
  const std::string packed = Compressed({.format = Format::kGzip}, text);
  for (const size_t step : {1u, 777u, 32768u, 100000u, 1000000u}) {
    SCOPED_TRACE(step);
    StringSource source(packed);
    const auto plain = Decompress(source);
    ASSERT_THAT(plain, IsOk());
    std::string got, buffer(step, '\0');
    for (size_t count = 1; count > 0;) {
      const auto read = (*plain)->Read(absl::MakeSpan(buffer));
      ASSERT_THAT(read, IsOk());
      count = *read;
      got.append(buffer, 0, count);
    }
    EXPECT_TRUE(got == text);
  }
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

// One xz stream, as xz -6 makes it but with another dictionary and check.
std::string Xz(std::string_view bytes, uint32_t dictionary = 1 << 20,
               lzma_check check = LZMA_CHECK_CRC64) {
  lzma_options_lzma options;
  EXPECT_FALSE(lzma_lzma_preset(&options, 6));
  options.dict_size = dictionary;
  const lzma_filter filters[] = {{.id = LZMA_FILTER_LZMA2, .options = &options},
                                 {.id = LZMA_VLI_UNKNOWN, .options = nullptr}};
  std::string packed(lzma_stream_buffer_bound(bytes.size()), '\0');
  size_t size = 0;
  EXPECT_EQ(
      lzma_stream_buffer_encode(const_cast<lzma_filter*>(filters), check, nullptr,
                                reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
                                reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size()),
      LZMA_OK);
  packed.resize(size);
  return packed;
}

TEST(XzTest, ManySizes) {
  for (const size_t size : {0u, 1u, 511u, 131072u, 131073u, 3000000u}) {
    SCOPED_TRACE(size);
    const std::string text = SampleText(size);
    EXPECT_THAT(Decompressed(Xz(text)), IsOkAndHolds(text));
  }
}

TEST(XzTest, OneByteAtATime) {
  const std::string text = SampleText(5000);
  const std::string packed = Xz(text);
  DripSource source(packed);
  EXPECT_THAT(Drain(source), IsOkAndHolds(text));
}

TEST(XzTest, StreamsWithPaddingBetween) {
  EXPECT_THAT(Decompressed(Xz("first ") + std::string(8, '\0') + Xz("second")),
              IsOkAndHolds("first second"));
}

TEST(XzTest, EveryKindOfChecksum) {
  for (const lzma_check check :
       {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256}) {
    EXPECT_THAT(Decompressed(Xz("text", 1 << 20, check)), IsOkAndHolds("text")) << check;
  }
}

TEST(XzTest, CutOffAnywhere) {
  const std::string packed = Xz("some text to cut");
  for (size_t size = 6; size < packed.size(); ++size) {
    EXPECT_THAT(Decompressed(packed.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss,
                         absl::StrCat("xz data is cut off: it ends at byte ", size)));
  }
}

TEST(XzTest, AnyDamagedByte) {
  const std::string packed = Xz("some text to damage");
  for (size_t i = 6; i < packed.size(); ++i) {
    std::string bad = packed;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    EXPECT_THAT(Decompressed(bad), StatusIs(absl::StatusCode::kDataLoss, StartsWith("xz data is ")))
        << i;
  }
}

TEST(XzTest, WrongChecksum) {
  std::string packed = Xz("x");
  packed[packed.size() - 28 - 1] ^= 1;  // before the index (16 bytes) and the footer (12)
  EXPECT_THAT(Decompressed(packed), StatusIs(absl::StatusCode::kDataLoss,
                                             HasSubstr("a checksum or the structure is wrong")));
}

TEST(XzTest, GarbageBehindAStream) {
  EXPECT_THAT(Decompressed(Xz("x") + "more garbage"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("xz data is damaged at byte ")));
}

TEST(XzTest, DictionaryTooLarge) {
  EXPECT_THAT(Decompressed(Xz("x", uint32_t{1} << 29)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "xz data needs 512 MiB of memory to decompress; expected at most 256: "
                       "compress it with a smaller dictionary (xz -9 or less)"));
}

TEST(PlainTest, EmptyInput) { EXPECT_THAT(Decompressed(""), IsOkAndHolds("")); }

TEST(PlainTest, OtherCompressionIsNamed) {
  EXPECT_THAT(Decompressed("BZh91AY"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "compressed with bzip2; expected gzip, xz, zstd or no compression"));
  EXPECT_THAT(Decompressed("\x04\x22\x4d\x18more"),
              StatusIs(absl::StatusCode::kUnimplemented, StartsWith("compressed with lz4;")));
}

TEST(NameTest, StandsInMessages) {
  StringSource bzip2("BZh91AY");
  EXPECT_THAT(Decompress(bzip2, "data.tar").status(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "data.tar: compressed with bzip2; expected gzip, xz, zstd or no "
                       "compression"));
  StringSource gzip("\x1f\x8b");
  const auto plain = Decompress(gzip, "data.tar");
  ASSERT_THAT(plain, IsOk());
  std::string buffer(1, '\0');
  EXPECT_THAT(
      (*plain)->Read(absl::MakeSpan(buffer)),
      StatusIs(absl::StatusCode::kDataLoss, "data.tar: gzip data is cut off: it ends at byte 2"));
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
