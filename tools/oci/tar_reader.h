// Reads tar archives (ustar, PAX and GNU long names) entry by entry. The archive is a plain tar:
// decompress it first.
//
// Names and numbers come out as stored bytes, whatever the locale. What cannot be represented
// (sparse files, parts of a multi-volume archive, names that climb with "..") is an error, and so
// is an archive without its end marker, because a truncated archive would look the same.
//
//   FileSource source(file);
//   TarReader reader(file.path(), source);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, reader.Next());
//     if (!entry) break;
//     if (entry->path == "manifest.json") CopyAll(reader.content(), sink);
//   }
#ifndef TOOLS_OCI_TAR_READER_H_
#define TOOLS_OCI_TAR_READER_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"

namespace linuxkit {

struct TarEntry {
  enum class Type {
    kFile,
    kDirectory,
    kSymlink,
    kHardLink,
    kCharacterDevice,
    kBlockDevice,
    kFifo,
  };
  // Clean: no leading "/" or "./", no trailing slash; "." is the root.
  std::string path;
  Type type = Type::kFile;
  // The 12 permission bits.
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  // Whole seconds since 1970; fractions are dropped.
  int64_t mtime = 0;
  // Bytes of content; 0 unless kFile.
  uint64_t size = 0;
  // kSymlink: the target as stored. kHardLink: the clean path of the linked entry.
  std::string link;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // Extended attributes by name ("security.capability").
  std::map<std::string, std::string> xattrs;
};

// A source that can pass over bytes it does not need.
class SkippingSource : public ByteSource {
 public:
  // Stops early at the end of the source, which the next `Read` then reports.
  virtual absl::Status Skip(uint64_t count) = 0;
};

// A file from its beginning. Skipping costs nothing. `file` must outlive it.
class FileSource : public SkippingSource {
 public:
  explicit FileSource(const InputFile& file) : file_(file) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Skip(uint64_t count) override;

 private:
  const InputFile& file_;
  uint64_t offset_ = 0;
};

class TarReader {
 public:
  // `name` stands in messages. `source` must outlive the reader.
  TarReader(std::string name, SkippingSource& source);

  // The next entry, or nothing at the end of the archive. Content of the present entry that was not
  // read is skipped.
  absl::StatusOr<std::optional<TarEntry>> Next();
  // Content of the entry that `Next` returned, valid until the next call.
  ByteSource& content() { return content_; }
  // Where that content begins in the archive.
  uint64_t content_offset() const { return content_offset_; }

 private:
  static constexpr size_t kBlock = 512;
  using Block = std::array<char, kBlock>;
  using Records = std::map<std::string, std::string>;

  class Content : public ByteSource {
   public:
    explicit Content(TarReader& reader) : reader_(reader) {}
    absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

   private:
    TarReader& reader_;
  };

  absl::StatusOr<bool> ReadFull(absl::Span<char> buffer);
  absl::StatusOr<bool> ReadHeader(Block& block);
  absl::StatusOr<std::string> ReadExtension(const Block& block);
  absl::Status ReadRecords(const Block& block, Records& records);
  absl::Status ReadEntry(const Block& block, TarEntry& entry);
  absl::Status ApplyRecords(const Records& records, TarEntry& entry);
  absl::Status CleanNames(TarEntry& entry);
  absl::Status SkipContent();
  absl::Status Error(std::string_view problem) const;

  std::string name_;
  SkippingSource& source_;
  Content content_;
  uint64_t offset_ = 0;
  uint64_t header_offset_ = 0;
  uint64_t content_offset_ = 0;
  uint64_t content_left_ = 0;
  uint64_t padding_ = 0;
  Records global_records_;
};

// "a/b" for "/a//./b/", "." for "" and "./". Nothing if a component is "..".
std::optional<std::string> CleanPath(std::string_view path);

}  // namespace linuxkit

#endif  // TOOLS_OCI_TAR_READER_H_
