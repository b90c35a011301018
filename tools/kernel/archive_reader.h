// Archives and compressed streams read through libarchive, from any byte source and so also from inside each other.
//
//   ABSL_ASSIGN_OR_RETURN(auto tar, ArchiveReader::Open(std::move(file), ArchiveReader::Format::kTar, name));
//   for (;;) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<ArchiveEntry> entry, tar->Next());
//     if (!entry) break;
//     ... tar->Read(buffer) gives the entry's bytes ...
//   }
//
// Compression (gzip, xz, zstd, bzip2, lzma) is recognised and undone. Errors name the archive.
#ifndef TOOLS_KERNEL_ARCHIVE_READER_H_
#define TOOLS_KERNEL_ARCHIVE_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"

namespace linuxkit {

struct ArchiveEntry {
  enum class Type { kFile, kDirectory, kSymlink, kHardLink, kCharacterDevice, kBlockDevice, kFifo };
  // Relative and clean; "." is the root.
  std::string path = "";
  Type type = Type::kFile;
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = 0;
  uint64_t size = 0;
  // A symlink's target as stored, a hard link's clean.
  std::string link;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
};

// Without "/" or "./" in front, "//", "/./" or a trailing "/". A ".." is an error.
absl::StatusOr<std::string> CleanArchivePath(std::string_view path);

class ArchiveReader : public ByteSource {
 public:
  enum class Format { kTar, kAr };
  // Owns its source, so that a tar in an ar in a file is one object. `name` stands in messages.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> Open(std::unique_ptr<ByteSource> source,
                                                             Format format, std::string name);
  ~ArchiveReader() override;

  // The next entry; what was not read of the one before is skipped. None at the end.
  absl::StatusOr<std::optional<ArchiveEntry>> Next();
  // Bytes of the entry that Next gave last.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  friend absl::StatusOr<std::unique_ptr<ByteSource>> Uncompress(ByteSource& source,
                                                                std::string name);
  class Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The uncompressed bytes of `source`, which must outlive the result.
absl::StatusOr<std::unique_ptr<ByteSource>> Uncompress(ByteSource& source, std::string name);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_ARCHIVE_READER_H_
