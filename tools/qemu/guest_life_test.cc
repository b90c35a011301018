#include "tools/qemu/guest_life.h"

#include <chrono>
#include <cstdint>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using std::chrono::seconds;

constexpr uint64_t kMiB = 1 << 20;

// Limits of 10 s, 4 s and 20 s, and a clock that starts at 0 s.
class GuestLifeTest : public testing::Test {
 protected:
  static GuestLife::Clock::time_point At(int second) {
    return GuestLife::Clock::time_point(seconds(second));
  }
  GuestLife life_{{.first = seconds(10), .progress = seconds(4), .proof = seconds(20)}, At(0)};
};

TEST_F(GuestLifeTest, NothingIsSeen) {
  EXPECT_FALSE(life_.GivenUp(At(9)));
  EXPECT_TRUE(life_.GivenUp(At(10)));
}
TEST_F(GuestLifeTest, ProofIsForEver) {
  life_.SeeProof();
  EXPECT_TRUE(life_.proven());
  EXPECT_FALSE(life_.GivenUp(At(1000)));
}
TEST_F(GuestLifeTest, EarlyProgressGivesNoMoreTime) {
  life_.SeeFirmware(At(5));
  EXPECT_TRUE(life_.GivenUp(At(10)));
}
TEST_F(GuestLifeTest, FirmwareGivesTime) {
  life_.SeeFirmware(At(8));
  EXPECT_FALSE(life_.GivenUp(At(11)));
  EXPECT_TRUE(life_.GivenUp(At(12)));
}
TEST_F(GuestLifeTest, QuietKernelThatUnpacks) {
  for (int second = 0; second < 15; ++second) life_.SeeMemory(second * 100 * kMiB, At(second));
  EXPECT_FALSE(life_.GivenUp(At(17)));
  EXPECT_TRUE(life_.GivenUp(At(18)));
}
TEST_F(GuestLifeTest, MemoryOfAHangingGuestGoesUpAndDown) {
  life_.SeeMemory(60 * kMiB, At(1));
  for (int second = 2; second < 30; ++second) {
    life_.SeeMemory((60 + (second >= 9 ? 1 : 0) - second % 2) * kMiB, At(second));
  }
  EXPECT_EQ(life_.deadline(), At(10));
}
TEST_F(GuestLifeTest, IdleSystemThatComputesLater) {
  for (int second = 0; second < 20; ++second) life_.SeeHalts(second * 5, At(second));
  EXPECT_FALSE(life_.proven());
  EXPECT_FALSE(life_.GivenUp(At(22)));
  life_.SeeHalts(500, At(20));
  EXPECT_TRUE(life_.proven());
  EXPECT_FALSE(life_.GivenUp(At(1000)));
}
TEST_F(GuestLifeTest, HaltedForEver) {
  for (int second = 1; second < 30; ++second) life_.SeeHalts(1, At(second));
  EXPECT_EQ(life_.deadline(), At(10));
}

}  // namespace
}  // namespace linuxkit
