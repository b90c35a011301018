// Where the blobs of an image are: files of their own, ranges of larger files, or an OCI layout
// directory.
#ifndef TOOLS_SEGMENT_BLOB_LOCATIONS_H_
#define TOOLS_SEGMENT_BLOB_LOCATIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

class BlobLocations {
 public:
  // `flag` is DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE.
  absl::Status Add(std::string_view flag);
  // The blobs/ALGORITHM/HEX files of this directory are found too.
  void SetLayout(std::string directory) { layout_ = std::move(directory); }

  // The bytes of a blob. One that was told to Add comes before one of the layout.
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(std::string_view digest) const;

 private:
  struct Location {
    std::string path;
    uint64_t offset = 0;
    // Nothing: up to the end of the file.
    bool whole_file = true;
    uint64_t size = 0;
  };
  absl::flat_hash_map<std::string, Location> locations_;
  std::string layout_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_BLOB_LOCATIONS_H_
