// One line on a terminal that says how far the downloads are:
//
//   fetching: 3 of 12 blobs, 45.1 of 207.9 MB
//
// Where the output is no terminal, nothing is written: a log is not for this.
#ifndef TOOLS_REGISTRY_PROGRESS_H_
#define TOOLS_REGISTRY_PROGRESS_H_

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <string>

#include "tools/registry/retry.h"

namespace linuxkit {

// Safe for concurrent use.
class Progress {
 public:
  // Writes to `out` if `is_terminal`; both must outlive it. The line changes at most once a second
  // of `clock`, and when a blob ends.
  Progress(std::FILE* out, bool is_terminal, Clock& clock, int blobs, uint64_t bytes);
  // Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Negative when a download starts again.
  void AddBytes(int64_t bytes);
  void FinishOne();

 private:
  void Show();

  std::FILE* const out_;
  const bool is_terminal_;
  Clock& clock_;
  const int blobs_;
  const uint64_t bytes_;
  std::mutex mutex_;
  int finished_ = 0;
  int64_t fetched_ = 0;
  std::time_t shown_at_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_PROGRESS_H_
