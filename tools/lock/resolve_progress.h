// How far the resolution is. On a terminal one line that changes:
//
//   resolving: 3 of 12 images, docker.io/library/redis:7
//
// elsewhere, so that a log shows what was slow, a line for each image:
//
//   resolved 3 of 12: docker.io/library/redis:7
#ifndef TOOLS_LOCK_RESOLVE_PROGRESS_H_
#define TOOLS_LOCK_RESOLVE_PROGRESS_H_

#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>

namespace linuxkit {

// Safe for concurrent use.
class ResolveProgress {
 public:
  // `out` must outlive it.
  ResolveProgress(std::FILE* out, bool is_terminal, size_t images);
  // Clears the line of a terminal.
  ~ResolveProgress();
  ResolveProgress(const ResolveProgress&) = delete;
  ResolveProgress& operator=(const ResolveProgress&) = delete;

  void FinishOne(const std::string& reference, bool is_resolved);

 private:
  std::FILE* const out_;
  const bool is_terminal_;
  const size_t images_;
  std::mutex mutex_;
  size_t finished_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_LOCK_RESOLVE_PROGRESS_H_
