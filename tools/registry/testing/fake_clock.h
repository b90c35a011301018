// A clock that never waits, and remembers for how long it should have.
#ifndef TOOLS_REGISTRY_TESTING_FAKE_CLOCK_H_
#define TOOLS_REGISTRY_TESTING_FAKE_CLOCK_H_

#include <chrono>
#include <ctime>
#include <mutex>
#include <vector>

#include "tools/registry/retry.h"

namespace linuxkit {

class FakeClock : public Clock {
 public:
  // Sun, 06 Nov 1994 08:49:37 GMT, plus the waits.
  std::time_t Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  void Sleep(std::chrono::milliseconds duration) override {
    const std::lock_guard lock(mutex_);
    sleeps_.push_back(duration);
    now_ += std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  }

  std::vector<std::chrono::milliseconds> sleeps() {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

 private:
  std::mutex mutex_;
  std::time_t now_ = 784111777;
  std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_FAKE_CLOCK_H_
