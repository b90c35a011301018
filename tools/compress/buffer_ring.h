// A fixed number of buffers that go round between one thread that fills them and one that empties
// them, in order.
#ifndef TOOLS_COMPRESS_BUFFER_RING_H_
#define TOOLS_COMPRESS_BUFFER_RING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tools/base/stream.h"

namespace linuxkit {

class BufferRing {
 public:
  struct Buffer {
    std::vector<char> bytes;
    // How many of `bytes` are filled.
    size_t size = 0;
  };

  BufferRing();

  // For the filling side: an empty buffer to fill, once there is one; null after Stop.
  Buffer* StartFilling();
  // Hands the buffer over.
  void DoneFilling();
  // Nothing more will come, for this reason.
  void End(absl::Status status);

  // For the emptying side: the next full buffer, once there is one; null at the end or after Stop.
  Buffer* StartEmptying();
  // Gives the buffer back.
  void DoneEmptying();

  // For either side: both get null from now on.
  void Stop(absl::Status status);
  // Of End or Stop, whichever came first.
  absl::Status status() const;

 private:
  bool MayFill() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool MayEmpty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  // The contents of a buffer belong to whoever has started on it.
  std::vector<Buffer> buffers_;
  mutable absl::Mutex mutex_;
  uint64_t filled_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t emptied_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_BUFFER_RING_H_
