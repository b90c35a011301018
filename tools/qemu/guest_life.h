// Whether a guest shows any sign of life. That decides whether its accelerator works: under some
// hypervisors a KVM guest spins for ever, mostly after the firmware, and nothing predicts it.
//
// A line of the kernel's and a message on the test channel prove life. A kernel that is told to be
// quiet gives neither for a while, so signs of progress give it more time:
//   - firmware that writes to the console;
//   - memory that QEMU had not touched before: it loads an initrd, or the kernel unpacks it;
//   - processors that go idle and wake up: a system that waits for something.
// Progress that goes on for long enough is proof, too: what computes later, without a word, is no
// dead guest.
#ifndef TOOLS_QEMU_GUEST_LIFE_H_
#define TOOLS_QEMU_GUEST_LIFE_H_

#include <chrono>
#include <cstdint>

namespace linuxkit {

struct LifeLimits {
  // From the start.
  std::chrono::milliseconds first = std::chrono::seconds(10);
  // From the last sign of progress.
  std::chrono::milliseconds progress = std::chrono::seconds(4);
  // From the start: progress after that is proof.
  std::chrono::milliseconds proof = std::chrono::seconds(20);
};

class GuestLife {
 public:
  using Clock = std::chrono::steady_clock;

  GuestLife(const LifeLimits& limits, Clock::time_point start);

  void SeeFirmware(Clock::time_point now) { SeeProgress(now); }
  // The bytes of memory that QEMU has touched.
  void SeeMemory(uint64_t bytes, Clock::time_point now);
  // How often processors have gone idle.
  void SeeHalts(uint64_t halts, Clock::time_point now);
  void SeeProof() { proven_ = true; }

  bool proven() const { return proven_; }
  // When the guest is given up unless something is seen before.
  Clock::time_point deadline() const { return deadline_; }
  bool GivenUp(Clock::time_point now) const { return !proven_ && now >= deadline_; }

 private:
  void SeeProgress(Clock::time_point now);

  const LifeLimits limits_;
  const Clock::time_point start_;
  Clock::time_point deadline_;
  uint64_t memory_ = 0;
  uint64_t halts_ = 0;
  bool proven_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_GUEST_LIFE_H_
