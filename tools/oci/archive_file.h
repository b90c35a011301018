// The file of an image's archive, whose members are to be read by position: as it is, or
// decompressed to a file without a name.
#ifndef TOOLS_OCI_ARCHIVE_FILE_H_
#define TOOLS_OCI_ARCHIVE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"

namespace linuxkit {

// What an image may be, for messages.
inline constexpr std::string_view kExpectedImage =
    "expected an image: an OCI layout directory, or an OCI or docker archive (a tar, plain or "
    "compressed with gzip, xz or zstd)";

struct ArchiveOptions {
  // What BUILD files call the archive, for messages that show what to write there; or empty.
  std::string label = {};
  // A compressed archive that has more bytes is an error: it would fill the disk.
  uint64_t max_unpacked_bytes = uint64_t{64} << 30;
};

struct ArchiveFile {
  InputFile file;
  // Keeps a file without a name open.
  std::shared_ptr<const void> owner;
};

// A program is an error that says how to put it into an image.
absl::StatusOr<ArchiveFile> OpenArchiveFile(const std::string& path, const ArchiveOptions& options);

}  // namespace linuxkit

#endif  // TOOLS_OCI_ARCHIVE_FILE_H_
