// Parts of files, where the blobs of an image are.
#ifndef TOOLS_OCI_BLOB_RANGE_H_
#define TOOLS_OCI_BLOB_RANGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

// The bytes [offset, offset + size) of the file `path`.
struct BlobRange {
  std::string path;
  uint64_t offset = 0;
  uint64_t size = 0;
  // Keeps a file without a name open, whose path is good for this process alone.
  std::shared_ptr<const void> owner = nullptr;

  static absl::StatusOr<BlobRange> OfFile(const std::string& path);
};

// The bytes of a range, in order; the file stays open as long as the result lives.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenRange(const BlobRange& range);

// All bytes of a small range; more than `limit` bytes are an error. `name` stands in messages.
absl::StatusOr<std::string> ReadRange(std::string_view name, const BlobRange& range,
                                      uint64_t limit);

}  // namespace linuxkit

#endif  // TOOLS_OCI_BLOB_RANGE_H_
