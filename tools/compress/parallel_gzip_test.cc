#include "tools/compress/parallel_gzip.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/stream.h"
#include "tools/compress/decompressor.h"
#include "tools/compress/deflater.h"
#include "tools/compress/job_ring.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;
using ::testing::ElementsAre;

constexpr size_t kPart = 256 * 1024;

// Words whose first occurrences repeat through the whole, so that parts refer to those before.
std::string SampleText(size_t size) {
  std::mt19937 random(11);
  std::string text;
  while (text.size() < size) absl::StrAppend(&text, "word", random() % 4000, "\n");
  text.resize(size);
  return text;
}

std::string Gzip(std::string_view bytes, int level, int threads, size_t step = 100000) {
  StringSink sink;
  const auto gzip = ParallelGzip::Create(level, threads, sink);
  EXPECT_THAT(gzip, IsOk());
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    EXPECT_THAT((*gzip)->Append(bytes.substr(0, step)), IsOk());
  }
  EXPECT_THAT((*gzip)->Finish(), IsOk());
  return sink.data();
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes) {
  StringSource source(bytes);
  auto plain = Decompress(source);
  if (!plain.ok()) return plain.status();
  StringSink sink;
  if (auto copied = CopyAll(**plain, sink); !copied.ok()) return copied.status();
  return sink.data();
}

TEST(ParallelGzipTest, SizesAroundAPart) {
  for (const size_t size : {size_t{0}, size_t{1}, kPart - 1, kPart, kPart + 1, 20 * kPart + 5}) {
    const std::string text = SampleText(size);
    EXPECT_THAT(Gunzip(Gzip(text, 0, 2)), IsOkAndHolds(text)) << size;
  }
}

TEST(ParallelGzipTest, BytesThatDoNotCompress) {
  std::mt19937 random(12);
  std::string noise(3 * kPart, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const int level : {1, 6, 9}) {
    EXPECT_THAT(Gunzip(Gzip(noise, level, 2)), IsOkAndHolds(noise)) << level;
  }
}

TEST(ParallelGzipTest, ThreadsAndPiecesDoNotMatter) {
  const std::string text = SampleText(20 * kPart + 5);
  const std::string gzip = Gzip(text, 6, 1);
  EXPECT_EQ(Gzip(text, 6, 4), gzip);
  EXPECT_EQ(Gzip(text, 6, 3, /*step=*/7777777), gzip);
}

TEST(ParallelGzipTest, PartsCostLittleCompression) {
  const std::string text = SampleText(8 * kPart);
  StringSink whole;
  const auto gzip = Compressor::Create({.format = Compression::Format::kGzip}, whole);
  ASSERT_THAT(gzip, IsOk());
  ASSERT_THAT((*gzip)->Append(text), IsOk());
  ASSERT_THAT((*gzip)->Finish(), IsOk());
  EXPECT_LT(Gzip(text, 6, 2).size(), whole.data().size() * 101 / 100);
}

// RFC 1952 2.3: no name, no time, system unknown; then an empty final block, checksum and size.
TEST(ParallelGzipTest, GoldenBytes) {
  EXPECT_EQ(Gzip("", 6, 1), std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0", 20));
  EXPECT_EQ(Gzip("", 9, 1)[8], 2);
  EXPECT_EQ(Gzip("", 1, 1)[8], 4);
}

TEST(ParallelGzipTest, UnknownLevel) {
  StringSink sink;
  EXPECT_THAT(ParallelGzip::Create(10, 1, sink),
              StatusIs(_, "gzip level 10 does not exist; expected 1 to 9, or 0 for 6"));
}

// Takes a number of bytes.
class FullSink : public ByteSink {
 public:
  explicit FullSink(size_t room) : room_(room) {}
  absl::Status Append(std::string_view bytes) override {
    if (bytes.size() > room_) return absl::ResourceExhaustedError("disk full");
    room_ -= bytes.size();
    return absl::OkStatus();
  }

 private:
  size_t room_;
};

TEST(ParallelGzipTest, ErrorOfTheSinkComesBack) {
  FullSink sink(100);
  const auto gzip = ParallelGzip::Create(0, 2, sink);
  ASSERT_THAT(gzip, IsOk());
  EXPECT_THAT((*gzip)->Append(SampleText(40 * kPart)), StatusIs(_, "disk full"));
}

TEST(DeflaterTest, BlocksAreIndependent) {
  const auto deflater = Deflater::Create(Deflater::Framing::kZlib, 6);
  ASSERT_THAT(deflater, IsOk());
  std::string first, again;
  ASSERT_THAT((*deflater)->Compress("hello hello", first), IsOk());
  ASSERT_THAT((*deflater)->Compress("something else", again), IsOk());
  ASSERT_THAT((*deflater)->Compress("hello hello", again), IsOk());
  EXPECT_EQ(first, again);
  EXPECT_EQ(first.substr(0, 2), "\x78\x9c");  // RFC 1950 2.2
}

TEST(JobRingTest, DeliversInOrder) {
  std::vector<int> jobs(JobRing::JobsFor(3));
  std::vector<int> results;
  JobRing ring(
      3, [&](size_t i) { jobs[i] *= 2; },
      [&](size_t i) {
        results.push_back(jobs[i]);
        return absl::OkStatus();
      });
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    const auto job = ring.Next();
    ASSERT_THAT(job, IsOk());
    jobs[*job] = i;
    expected.push_back(2 * i);
    ring.Submit();
  }
  ASSERT_THAT(ring.Finish(), IsOk());
  EXPECT_EQ(results, expected);
}

TEST(JobRingTest, NextIsTheSameUntilSubmit) {
  JobRing ring(1, [](size_t) {}, [](size_t) { return absl::OkStatus(); });
  EXPECT_THAT(ring.Next(), IsOkAndHolds(0));
  EXPECT_THAT(ring.Next(), IsOkAndHolds(0));
  ring.Submit();
  EXPECT_THAT(ring.Next(), IsOkAndHolds(1));
}

TEST(JobRingTest, GivenUpWithJobsLeft) {
  std::vector<size_t> delivered;
  {
    JobRing ring(
        0, [](size_t) {},
        [&](size_t i) {
          delivered.push_back(i);
          return absl::OkStatus();
        });
    ASSERT_THAT(ring.Next(), IsOk());
    ring.Submit();
  }
  EXPECT_THAT(delivered, ElementsAre());
}

}  // namespace
}  // namespace linuxkit
