// Streams whose other side works in a thread of its own. The bytes are the same as without; only
// the time differs.
//
//   ReadAhead tar(*decompressor);    // decompresses while we parse
//   WriteBehind zstd(*compressor);   // compresses while we go on
#ifndef TOOLS_COMPRESS_BACKGROUND_H_
#define TOOLS_COMPRESS_BACKGROUND_H_

#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/buffer_ring.h"

namespace linuxkit {

// Reads from a source before it is asked to.
class ReadAhead : public ByteSource {
 public:
  // `source` must outlive it and is not to be touched before Stop.
  explicit ReadAhead(ByteSource& source);
  ~ReadAhead() override { Stop(); }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override;
  // Ends the thread. Whatever it had read and nobody asked for is lost.
  void Stop();

 private:
  void Run();

  ByteSource& source_;
  BufferRing ring_;
  // Lent out up to `position_`.
  BufferRing::Buffer* current_ = nullptr;
  size_t position_ = 0;
  std::thread thread_;
};

// Writes to a sink later than it was asked to.
class WriteBehind : public ByteSink {
 public:
  // `sink` must outlive it and is not to be touched before Flush.
  explicit WriteBehind(ByteSink& sink);
  ~WriteBehind() override;

  // May return an error of an earlier Append.
  absl::Status Append(std::string_view bytes) override;
  // Waits until all is written and ends the thread; the last call.
  absl::Status Flush();

 private:
  void Run();

  ByteSink& sink_;
  BufferRing ring_;
  BufferRing::Buffer* current_ = nullptr;
  std::thread thread_;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_BACKGROUND_H_
