// Jobs that run on several threads and are delivered in the order they were submitted, so that what
// comes out does not depend on the number of threads. The jobs themselves belong to the caller, who
// uses a fixed number of them over and over.
//
//   std::vector<Job> jobs(JobRing::JobsFor(threads));
//   JobRing ring(
//       threads, [&](size_t i) { jobs[i].Compress(); },
//       [&](size_t i) { return output.Append(jobs[i].result); });
//   while (...) {
//     ABSL_ASSIGN_OR_RETURN(const size_t i, ring.Next());
//     jobs[i].input = ...;
//     ring.Submit();
//   }
//   ABSL_RETURN_IF_ERROR(ring.Finish());
#ifndef TOOLS_COMPRESS_JOB_RING_H_
#define TOOLS_COMPRESS_JOB_RING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace linuxkit {

class JobRing {
 public:
  // How many jobs `threads` threads are kept busy with; fewer than one thread count as one.
  static size_t JobsFor(int threads);

  // `run` works on job i in a thread of its own; `deliver` is called in the caller's thread.
  JobRing(int threads, std::function<void(size_t)> run,
          std::function<absl::Status(size_t)> deliver);
  // Waits for the jobs that are running; those that were not delivered are given up.
  ~JobRing();

  // The job to fill. It is the same until Submit; an error is that of an earlier job's delivery.
  absl::StatusOr<size_t> Next();
  void Submit();
  // Delivers what is left.
  absl::Status Finish();

 private:
  void Work();
  bool MayTake() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool OldestIsDone() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::Status DeliverOldest();

  const std::function<void(size_t)> run_;
  const std::function<absl::Status(size_t)> deliver_;
  // Changed by the caller's thread alone.
  uint64_t waiting_ = 0;

  absl::Mutex mutex_;
  uint64_t submitted_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t delivered_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<char> done_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_JOB_RING_H_
