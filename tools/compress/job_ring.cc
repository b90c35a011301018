#include "tools/compress/job_ring.h"

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"

namespace linuxkit {

// One being worked on, others that wait for the thread or for their turn to be delivered.
size_t JobRing::JobsFor(int threads) { return 4 * static_cast<size_t>(std::max(1, threads)); }

JobRing::JobRing(int threads, std::function<void(size_t)> run,
                 std::function<absl::Status(size_t)> deliver)
    : run_(std::move(run)), deliver_(std::move(deliver)), done_(JobsFor(threads)) {
  for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { Work(); });
}

JobRing::~JobRing() {
  absl::MutexLock lock(mutex_);
  stopped_ = true;
}

bool JobRing::MayTake() const { return stopped_ || taken_ < submitted_; }

bool JobRing::OldestIsDone() const { return done_[delivered_ % done_.size()] != 0; }

void JobRing::Work() {
  while (true) {
    size_t job;
    {
      absl::MutexLock lock(mutex_);
      mutex_.Await(absl::Condition(this, &JobRing::MayTake));
      if (stopped_) return;
      job = taken_++ % done_.size();
    }
    run_(job);
    absl::MutexLock lock(mutex_);
    done_[job] = 1;
  }
}

absl::Status JobRing::DeliverOldest() {
  size_t job;
  {
    absl::MutexLock lock(mutex_);
    mutex_.Await(absl::Condition(this, &JobRing::OldestIsDone));
    job = delivered_++ % done_.size();
    done_[job] = 0;
  }
  --waiting_;
  return deliver_(job);
}

absl::StatusOr<size_t> JobRing::Next() {
  const size_t jobs = JobsFor(static_cast<int>(threads_.size()));
  if (waiting_ == jobs) {
    ABSL_RETURN_IF_ERROR(DeliverOldest());
  }
  absl::MutexLock lock(mutex_);
  return submitted_ % jobs;
}

void JobRing::Submit() {
  ++waiting_;
  absl::MutexLock lock(mutex_);
  ++submitted_;
}

absl::Status JobRing::Finish() {
  while (waiting_ > 0) {
    ABSL_RETURN_IF_ERROR(DeliverOldest());
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
