#include "tools/qemu/guest_life.h"

#include <algorithm>

namespace linuxkit {
namespace {

// QEMU's own memory goes up and down by less while its guest hangs.
constexpr uint64_t kMuchMemory = 2 << 20;

}  // namespace

GuestLife::GuestLife(const LifeLimits& limits, Clock::time_point start)
    : limits_(limits), start_(start), deadline_(start + limits.first) {}

void GuestLife::SeeProgress(Clock::time_point now) {
  deadline_ = std::max(deadline_, now + limits_.progress);
  proven_ = proven_ || now >= start_ + limits_.proof;
}

void GuestLife::SeeMemory(uint64_t bytes, Clock::time_point now) {
  if (bytes < memory_ + kMuchMemory) return;
  memory_ = bytes;
  SeeProgress(now);
}

void GuestLife::SeeHalts(uint64_t halts, Clock::time_point now) {
  if (halts <= halts_) return;
  halts_ = halts;
  SeeProgress(now);
}

}  // namespace linuxkit
