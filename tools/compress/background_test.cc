#include "tools/compress/background.h"

#include <algorithm>
#include <string>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// More than all buffers of a ring hold, and different everywhere.
std::string ManyBytes() {
  std::string bytes(5 << 20, '\0');
  uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

// Gives `data`, then an error.
class BreakingSource : public ByteSource {
 public:
  explicit BreakingSource(std::string_view data) : data_(data) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const auto count = data_.Read(buffer);
    if (*count == 0) return absl::DataLossError("broken");
    return count;
  }

 private:
  StringSource data_;
};

class BreakingSink : public ByteSink {
 public:
  absl::Status Append(std::string_view) override { return absl::DataLossError("disk full"); }
};

TEST(ReadAheadTest, SameBytes) {
  const std::string bytes = ManyBytes();
  StringSource source(bytes);
  ReadAhead ahead(source);
  StringSink sink;
  EXPECT_THAT(CopyAll(ahead, sink), IsOkAndHolds(bytes.size()));
  EXPECT_TRUE(sink.data() == bytes);
}

TEST(ReadAheadTest, LendsItsBytes) {
  const std::string bytes = ManyBytes();
  StringSource source(bytes);
  ReadAhead ahead(source);
  std::string buffer(100000, '\0'), got;
  for (absl::StatusOr<std::string_view> lent = "start"; !lent->empty();) {
    lent = ahead.Borrow(absl::MakeSpan(buffer));
    ASSERT_THAT(lent, IsOk());
    EXPECT_LE(lent->size(), buffer.size());
    got.append(*lent);
  }
  EXPECT_TRUE(got == bytes);
  EXPECT_EQ(buffer, std::string(100000, '\0'));
}

TEST(ReadAheadTest, Empty) {
  StringSource source("");
  ReadAhead ahead(source);
  char byte;
  EXPECT_THAT(ahead.Read(absl::MakeSpan(&byte, 1)), IsOkAndHolds(0));
  EXPECT_THAT(ahead.Read(absl::MakeSpan(&byte, 1)), IsOkAndHolds(0));
}

TEST(ReadAheadTest, ErrorComesBehindTheBytesBeforeIt) {
  BreakingSource source("good");
  ReadAhead ahead(source);
  char bytes[10];
  EXPECT_THAT(ahead.Read(absl::MakeSpan(bytes)), IsOkAndHolds(4));
  EXPECT_THAT(ahead.Read(absl::MakeSpan(bytes)), StatusIs(absl::StatusCode::kDataLoss, "broken"));
}

TEST(ReadAheadTest, StoppedBeforeItsEnd) {
  const std::string bytes = ManyBytes();
  StringSource source(bytes);
  ReadAhead ahead(source);
  ahead.Stop();
  StringSink rest;
  EXPECT_THAT(CopyAll(source, rest), IsOk());
  EXPECT_GT(rest.data().size(), 0u);
}

TEST(WriteBehindTest, SameBytes) {
  const std::string bytes = ManyBytes();
  StringSink sink;
  WriteBehind behind(sink);
  for (size_t done = 0, step = 1; done < bytes.size(); done += step, step = step * 3 % 400009) {
    ASSERT_THAT(behind.Append(std::string_view(bytes).substr(done, step)), IsOk());
  }
  ASSERT_THAT(behind.Flush(), IsOk());
  EXPECT_TRUE(sink.data() == bytes);
}

TEST(WriteBehindTest, ErrorReachesTheCaller) {
  BreakingSink sink;
  WriteBehind behind(sink);
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) status = behind.Append(std::string(1 << 20, 'x'));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, "disk full"));
  EXPECT_THAT(behind.Flush(), StatusIs(absl::StatusCode::kDataLoss, "disk full"));
}

TEST(WriteBehindTest, ErrorOfTheLastBytes) {
  BreakingSink sink;
  WriteBehind behind(sink);
  EXPECT_THAT(behind.Append("x"), IsOk());
  EXPECT_THAT(behind.Flush(), StatusIs(absl::StatusCode::kDataLoss, "disk full"));
}

TEST(WriteBehindTest, GivenUpWithoutFlush) {
  StringSink sink;
  WriteBehind behind(sink);
  EXPECT_THAT(behind.Append(ManyBytes()), IsOk());
}

}  // namespace
}  // namespace linuxkit
