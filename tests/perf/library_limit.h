// The limit of unpacking layers into segments: what the best libraries take for the same bytes when
// nothing else is done. ISA-L inflates, OpenSSL hashes the blob, the tar and, once more, the
// content, zstd compresses; raw loops over buffers of a fixed size, layers taken from a queue by
// threads.
//
//   ABSL_RETURN_IF_ERROR(RunLibraryLimit({"a.tar.gz"}, {.level = 3, .threads = 2}, "/tmp/out"));
#ifndef TESTS_PERF_LIBRARY_LIMIT_H_
#define TESTS_PERF_LIBRARY_LIMIT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace linuxkit {

struct LimitOptions {
  int level = 3;
  int threads = 2;
};

// Writes the compressed tar of the layer number I to STEM.I.
absl::Status RunLibraryLimit(const std::vector<std::string>& layers, const LimitOptions& options,
                             const std::string& stem);

}  // namespace linuxkit

#endif  // TESTS_PERF_LIBRARY_LIMIT_H_
