// gzip on several threads. The result is one ordinary gzip stream and depends on the bytes and the
// level only, not on the number of threads. Memory: about 4 MiB a thread.
//
//   ABSL_ASSIGN_OR_RETURN(auto gzip, ParallelGzip::Create(/*level=*/0, threads, file));
//   ABSL_RETURN_IF_ERROR(gzip->Append("hello"));
//   ABSL_RETURN_IF_ERROR(gzip->Finish());
#ifndef TOOLS_COMPRESS_PARALLEL_GZIP_H_
#define TOOLS_COMPRESS_PARALLEL_GZIP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/compress/compressor.h"
#include "tools/compress/deflater.h"
#include "tools/compress/job_ring.h"

namespace linuxkit {

class ParallelGzip : public Compressor {
 public:
  // Writes to `sink`, which must outlive it. `level` is 1 to 9, or 0 for 6.
  static absl::StatusOr<std::unique_ptr<ParallelGzip>> Create(int level, int threads,
                                                              ByteSink& sink);

  absl::Status Append(std::string_view bytes) override;
  absl::Status Finish() override;

 private:
  // A part of the stream.
  struct Part {
    std::unique_ptr<Deflater> deflater;
    std::string before;
    std::string bytes;
    bool last = false;
    std::string output;
    uint32_t crc = 0;
    absl::Status status;
  };

  explicit ParallelGzip(ByteSink& sink) : sink_(sink) {}
  absl::Status Deliver(const Part& part);

  ByteSink& sink_;
  uint32_t crc_ = 0;
  uint64_t size_ = 0;
  std::string before_;
  std::vector<Part> parts_;
  // Declared behind parts_, on which its threads work: it goes first.
  std::optional<JobRing> ring_;
};

}  // namespace linuxkit

#endif  // TOOLS_COMPRESS_PARALLEL_GZIP_H_
