// Reads tar archives entry by entry, as a stream and with fixed buffers. The archive is a plain
// tar: decompress it first, or see tar_stream.h.
//
// ustar, PAX, GNU and star archives are understood, with long names, large numbers and sparse
// files. Names and numbers come out as stored bytes, whatever the locale. What cannot be
// represented (parts of a multi-volume archive, names that climb with "..") is an error.
//
//   FileSource source(file);
//   TarReader reader(file.path(), source);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, reader.Next());
//     if (!entry) break;
//     if (entry->path == "manifest.json") CopyAll(reader.content(), sink);
//   }
#ifndef TOOLS_TAR_TAR_READER_H_
#define TOOLS_TAR_TAR_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/tar/pax_records.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/sparse_map.h"
#include "tools/tar/tar_block.h"
#include "tools/tar/tar_entry.h"
#include "tools/tar/tar_limits.h"

namespace linuxkit {

class TarReader {
 public:
  // A truncated archive can look like one without the blocks of zeros at its end. Some programs
  // leave them out all the same: who knows the archive's digest may accept that.
  enum class EndMarker { kRequired, kOptional };

  // `name` stands in messages, if it is not empty. `source` must outlive the reader.
  // An archive that goes beyond one of `limits` is an error.
  TarReader(std::string name, SkippingSource& source, EndMarker end_marker = EndMarker::kRequired,
            const TarLimits& limits = {});
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // The next entry, or nothing at the end of the archive. Content of the present entry that was not
  // read is skipped. Bytes behind the end are left unread.
  absl::StatusOr<std::optional<TarEntry>> Next();
  // Content of the entry that `Next` returned, valid until the next call.
  ByteSource& content() { return content_; }
  // Where that content begins in the archive; nothing for a sparse file, which lies there in parts.
  std::optional<uint64_t> content_offset() const;

 private:
  class Content : public ByteSource {
   public:
    explicit Content(TarReader& reader) : reader_(reader) {}
    absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
      return reader_.sparse_ ? reader_.ReadSparse(buffer) : reader_.ReadStored(buffer);
    }
    absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override {
      return reader_.sparse_ ? ByteSource::Borrow(buffer) : reader_.BorrowStored(buffer);
    }

   private:
    TarReader& reader_;
  };

  absl::StatusOr<size_t> ReadStored(absl::Span<char> buffer);
  absl::StatusOr<std::string_view> BorrowStored(absl::Span<char> buffer);
  absl::Status TakeStored(size_t count);
  absl::StatusOr<size_t> ReadSparse(absl::Span<char> buffer);
  absl::Status SkipContent();

  absl::StatusOr<bool> ReadFull(absl::Span<char> buffer);
  absl::StatusOr<bool> ReadHeader(TarBlock& block);
  absl::StatusOr<bool> TakeExtension(const TarBlock& header, PaxRecords& records);
  absl::StatusOr<std::string> ReadExtension(const TarBlock& header);
  absl::StatusOr<TarEntry> ReadEntry(const TarBlock& header, PaxRecords records);

  absl::Status ReadSparseMap(const TarBlock& header, const PaxRecords& records, TarEntry& entry);
  absl::Status ReadSparseBlocks(TarBlock block, SparseMap& map);
  absl::Status ReadSparseText(SparseMap& map);

  absl::Status CountRecords(std::string_view text);
  absl::Status CountEntry(const TarEntry& entry, const PaxRecords& records);
  absl::Status LimitError(std::string_view what, uint64_t found, uint64_t limit) const;
  std::string InFront() const;
  absl::Status HeaderError(absl::StatusCode code, std::string_view problem) const;
  absl::Status EntryError(absl::StatusCode code, std::string_view problem) const;

  std::string name_;
  SkippingSource& source_;
  EndMarker end_marker_;
  Content content_;
  bool ended_ = false;
  TarLimits limits_;
  PaxRecords global_records_;
  // What counts against the limits so far.
  uint64_t entries_ = 0;
  uint64_t metadata_bytes_ = 0;
  uint64_t global_bytes_ = 0;
  uint64_t hole_bytes_ = 0;
  uint64_t offset_ = 0;
  uint64_t header_offset_ = 0;
  // Of the present entry: where its content begins, how much of that is stored and not read yet,
  // and the bytes behind it up to the next block.
  std::string path_;
  uint64_t content_offset_ = 0;
  uint64_t stored_left_ = 0;
  uint64_t padding_ = 0;
  std::optional<SparseMap> sparse_;
};

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_READER_H_
