#include "tools/registry/retry.h"

#include <chrono>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/registry/testing/fake_clock.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class RetryTest : public testing::Test {
 protected:
  // Plays `tries` in order, the last one again and again.
  absl::Status Run(const std::vector<Try>& tries) {
    return Retry(policy_, clock_, [&] {
      const Try& next = tries[std::min(count_, tries.size() - 1)];
      ++count_;
      return next;
    });
  }

  RetryPolicy policy_;
  FakeClock clock_;
  size_t count_ = 0;
};

const Try kBusy = {.status = absl::UnavailableError("busy")};
const Try kGood = {.status = absl::OkStatus()};

TEST_F(RetryTest, SuccessAtOnceWaitsNever) {
  EXPECT_TRUE(Run({kGood}).ok());
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST_F(RetryTest, WaitsDouble) {
  EXPECT_TRUE(Run({kBusy, kBusy, kBusy, kGood}).ok());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(500), seconds(1), seconds(2)));
}

TEST_F(RetryTest, WaitsHaveALimit) {
  policy_.max_tries = 9;
  EXPECT_EQ(Run({kBusy}).message(), "busy (tried 9 times)");
  EXPECT_EQ(clock_.sleeps().back(), seconds(30));
}

TEST_F(RetryTest, OtherErrorsAreFinal) {
  EXPECT_EQ(Run({{.status = absl::NotFoundError("gone")}}), absl::NotFoundError("gone"));
  EXPECT_EQ(count_, 1u);
}

TEST_F(RetryTest, OneTryAllowedSaysNothingOfTries) {
  policy_.max_tries = 1;
  EXPECT_EQ(Run({kBusy}).message(), "busy");
}

TEST_F(RetryTest, ProgressStartsTheCountAgain) {
  policy_.max_tries = 2;
  const Try further = {.status = absl::UnavailableError("cut"), .progressed = true};
  EXPECT_TRUE(Run({further, further, further, kGood}).ok());
  EXPECT_EQ(count_, 4u);
}

TEST_F(RetryTest, RetryAfterIsHonoured) {
  const Try later = {.status = absl::UnavailableError("busy"), .retry_after = seconds(7)};
  EXPECT_TRUE(Run({later, kGood}).ok());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(seconds(7)));
}

TEST_F(RetryTest, RetryAfterTooLongIsNotWaitedFor) {
  const Try later = {.status = absl::UnavailableError("busy"), .retry_after = seconds(301)};
  EXPECT_EQ(Run({later}).message(), "busy; the server asks to come back in 301 s");
  EXPECT_THAT(clock_.sleeps(), IsEmpty());
}

TEST(ParseRetryAfter, Forms) {
  constexpr std::time_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(ParseRetryAfter("0", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter(" 120 ", kNow), seconds(120));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:47 GMT", kNow), seconds(10));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:27 GMT", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("soon", kNow), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("", kNow), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("-1", kNow), std::nullopt);
  EXPECT_EQ(ParseRetryAfter("99999999999999999999", kNow), std::nullopt);
}

}  // namespace
}  // namespace linuxkit
