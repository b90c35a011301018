#include "tools/compress/buffer_ring.h"

#include <utility>

namespace linuxkit {
namespace {

// Enough that neither side waits for the other's hiccups; 2 MiB in all.
constexpr size_t kBuffers = 8;
constexpr size_t kBytes = 2 * kBufferSize;

}  // namespace

BufferRing::BufferRing() : buffers_(kBuffers) {
  for (Buffer& buffer : buffers_) buffer.bytes.resize(kBytes);
}

bool BufferRing::MayFill() const { return stopped_ || filled_ - emptied_ < kBuffers; }

bool BufferRing::MayEmpty() const { return stopped_ || ended_ || filled_ > emptied_; }

BufferRing::Buffer* BufferRing::StartFilling() {
  absl::MutexLock lock(mutex_);
  mutex_.Await(absl::Condition(this, &BufferRing::MayFill));
  if (stopped_) return nullptr;
  Buffer* buffer = &buffers_[filled_ % kBuffers];
  buffer->size = 0;
  return buffer;
}

void BufferRing::DoneFilling() {
  absl::MutexLock lock(mutex_);
  ++filled_;
}

void BufferRing::End(absl::Status status) {
  absl::MutexLock lock(mutex_);
  ended_ = true;
  status_.Update(std::move(status));
}

BufferRing::Buffer* BufferRing::StartEmptying() {
  absl::MutexLock lock(mutex_);
  mutex_.Await(absl::Condition(this, &BufferRing::MayEmpty));
  if (stopped_ || filled_ == emptied_) return nullptr;
  return &buffers_[emptied_ % kBuffers];
}

void BufferRing::DoneEmptying() {
  absl::MutexLock lock(mutex_);
  ++emptied_;
}

void BufferRing::Stop(absl::Status status) {
  absl::MutexLock lock(mutex_);
  stopped_ = true;
  status_.Update(std::move(status));
}

absl::Status BufferRing::status() const {
  absl::MutexLock lock(mutex_);
  return status_;
}

}  // namespace linuxkit
