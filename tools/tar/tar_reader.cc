// A header is one block of 512 bytes, followed by the content padded to whole blocks. Types "x" and
// "g" (PAX records) and "L" and "K" (GNU long names) carry content that completes the next header.
#include "tools/tar/tar_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/tar/tar_header.h"

namespace linuxkit {
namespace {

using absl::StatusCode;

// Names, attributes and comments of one entry, or the map of a sparse file. Linux limits names to 4
// KiB and an extended attribute to 64 KiB.
constexpr uint64_t kMaxExtensionBytes = 1 << 20;

uint64_t PaddingOf(uint64_t size) {
  return (TarBlock::kSize - size % TarBlock::kSize) % TarBlock::kSize;
}

}  // namespace

TarReader::TarReader(std::string name, SkippingSource& source, EndMarker end_marker,
                     const TarLimits& limits)
    : name_(std::move(name)),
      source_(source),
      end_marker_(end_marker),
      content_(*this),
      limits_(limits) {}

std::optional<uint64_t> TarReader::content_offset() const {
  return sparse_ ? std::nullopt : std::optional(content_offset_);
}

std::string TarReader::InFront() const { return name_.empty() ? "" : absl::StrCat(name_, ": "); }

absl::Status TarReader::HeaderError(StatusCode code, std::string_view problem) const {
  return absl::Status(
      code, absl::StrCat(InFront(), "tar header at offset ", header_offset_, ": ", problem));
}

absl::Status TarReader::EntryError(StatusCode code, std::string_view problem) const {
  return absl::Status(
      code, absl::StrCat(InFront(), "entry \"", absl::CHexEscape(path_), "\": ", problem));
}

absl::Status TarReader::LimitError(std::string_view what, uint64_t found, uint64_t limit) const {
  return EntryError(StatusCode::kResourceExhausted,
                    absl::StrCat("up to here the archive has ", found, " ", what, "; the limit is ",
                                 limit, "; split the archive, or leave out what made it so large"));
}

// Also what no entry follows counts: an archive may have nothing but global headers.
absl::Status TarReader::CountRecords(std::string_view text) {
  global_bytes_ += text.size();
  if (global_bytes_ <= limits_.global_bytes) return absl::OkStatus();
  return HeaderError(
      StatusCode::kResourceExhausted,
      absl::StrCat("global PAX records have ", global_bytes_, " bytes so far; the limit is ",
                   limits_.global_bytes, "; give these records to the entries that need them"));
}

absl::Status TarReader::CountEntry(const TarEntry& entry, const PaxRecords& records) {
  if (++entries_ > limits_.entries) return LimitError("entries", entries_, limits_.entries);
  metadata_bytes_ += entry.path.size() + entry.link.size();
  for (const auto& [key, value] : records) {
    metadata_bytes_ += key.size() + value.size() + kRecordCost;
  }
  if (metadata_bytes_ > limits_.metadata_bytes) {
    return LimitError("bytes of names, links and PAX records", metadata_bytes_,
                      limits_.metadata_bytes);
  }
  // No sum of these wraps around: sizes have 63 bits, and the sum of what was before has fewer.
  if (sparse_) hole_bytes_ += sparse_->size() - sparse_->stored();
  const uint64_t expanded = offset_ + stored_left_ + hole_bytes_;
  if (expanded > limits_.expanded_bytes) {
    return LimitError("bytes, holes of sparse files included", expanded, limits_.expanded_bytes);
  }
  return absl::OkStatus();
}

// Counts bytes of the content that were read.
absl::Status TarReader::TakeStored(size_t count) {
  if (count == 0) return EntryError(StatusCode::kDataLoss, "the archive ends inside its content");
  stored_left_ -= count;
  offset_ += count;
  return absl::OkStatus();
}

absl::StatusOr<size_t> TarReader::ReadStored(absl::Span<char> buffer) {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(buffer.size(), stored_left_));
  if (wanted == 0) return 0;
  ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer.first(wanted)));
  ABSL_RETURN_IF_ERROR(TakeStored(count));
  return count;
}

absl::StatusOr<std::string_view> TarReader::BorrowStored(absl::Span<char> buffer) {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(buffer.size(), stored_left_));
  if (wanted == 0) return std::string_view();
  ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, source_.Borrow(buffer.first(wanted)));
  ABSL_RETURN_IF_ERROR(TakeStored(bytes.size()));
  return bytes;
}

absl::StatusOr<size_t> TarReader::ReadSparse(absl::Span<char> buffer) {
  const SparseMap::Stretch next = sparse_->Next();
  buffer = buffer.first(static_cast<size_t>(std::min<uint64_t>(buffer.size(), next.size)));
  size_t count = buffer.size();
  if (next.is_hole) {
    if (count > 0) std::memset(buffer.data(), 0, count);
  } else {
    ABSL_ASSIGN_OR_RETURN(count, ReadStored(buffer));
  }
  sparse_->Advance(count);
  return count;
}

absl::Status TarReader::SkipContent() {
  ABSL_ASSIGN_OR_RETURN(const uint64_t skipped, source_.Skip(stored_left_ + padding_));
  // Missing padding is noticed as a missing end marker.
  if (skipped < stored_left_) {
    return EntryError(StatusCode::kDataLoss, "the archive ends inside its content");
  }
  offset_ += skipped;
  stored_left_ = padding_ = 0;
  return absl::OkStatus();
}

// Fills `buffer`; false if the archive ends before its first byte.
absl::StatusOr<bool> TarReader::ReadFull(absl::Span<char> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer.subspan(done)));
    if (count == 0 && done == 0) return false;
    if (count == 0) {
      return HeaderError(StatusCode::kDataLoss,
                         "the archive ends inside this header; it is truncated or not an "
                         "uncompressed tar");
    }
    done += count;
    offset_ += count;
  }
  return true;
}

// Reads the next header; false at the end of the archive.
absl::StatusOr<bool> TarReader::ReadHeader(TarBlock& block) {
  header_offset_ = offset_;
  ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(block.bytes)));
  if (!found && end_marker_ == EndMarker::kRequired) {
    return HeaderError(StatusCode::kDataLoss,
                       "the archive ends without its end marker; it is truncated or not a tar");
  }
  if (!found || block.IsZero()) return false;
  if (!block.ChecksumMatches()) {
    return HeaderError(StatusCode::kDataLoss,
                       header_offset_ == 0 ? "wrong checksum; this is not an uncompressed tar"
                                           : "wrong checksum; the archive is damaged here");
  }
  return true;
}

absl::StatusOr<std::string> TarReader::ReadExtension(const TarBlock& header) {
  const int64_t size = HeaderSize(header);
  if (size < 0 || size > static_cast<int64_t>(kMaxExtensionBytes)) {
    return HeaderError(StatusCode::kInvalidArgument,
                       absl::StrCat("an extended header has ", size, " bytes; expected at most ",
                                    kMaxExtensionBytes));
  }
  const size_t bytes = static_cast<size_t>(size);
  std::string text(bytes + PaddingOf(bytes), '\0');
  ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(text)));
  if (!found && bytes > 0) {
    return HeaderError(StatusCode::kDataLoss, "the archive ends inside this header");
  }
  text.resize(bytes);
  return text;
}

// Reads what belongs to a header that is no entry's; false if it is one's.
absl::StatusOr<bool> TarReader::TakeExtension(const TarBlock& header, PaxRecords& records) {
  const char type = TypeFlag(header);
  if (!absl::StrContains("xXgLKV", type)) return false;
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadExtension(header));
  if (type == 'L') {
    records["path"] = text.substr(0, text.find('\0'));
    return true;
  }
  if (type == 'K') {
    records["linkpath"] = text.substr(0, text.find('\0'));
    return true;
  }
  if (type == 'V') return true;  // the name of the archive
  if (type == 'g') ABSL_RETURN_IF_ERROR(CountRecords(text));
  if (!ParsePaxRecords(text, type == 'g' ? global_records_ : records)) {
    return HeaderError(StatusCode::kInvalidArgument,
                       "malformed PAX record; expected \"LENGTH KEY=VALUE\\n\"");
  }
  return true;
}

absl::Status TarReader::ReadSparseBlocks(TarBlock block, SparseMap& map) {
  ABSL_ASSIGN_OR_RETURN(bool more, map.AddBlock(block, /*is_header=*/true));
  while (more) {
    ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(block.bytes)));
    if (!found) return absl::DataLossError("the archive ends inside the map of this sparse file");
    ABSL_ASSIGN_OR_RETURN(more, map.AddBlock(block, /*is_header=*/false));
  }
  return absl::OkStatus();
}

// The text is padded to whole blocks and counts as content.
absl::Status TarReader::ReadSparseText(SparseMap& map) {
  TarBlock block;
  std::string text;
  // Unknown before the first line is there.
  std::optional<size_t> lines;
  size_t found_lines = 0;
  while (!lines || found_lines < *lines) {
    if (stored_left_ < TarBlock::kSize || text.size() > kMaxExtensionBytes) {
      return absl::InvalidArgumentError("the map of this sparse file does not end");
    }
    ABSL_ASSIGN_OR_RETURN(const bool found, ReadFull(absl::MakeSpan(block.bytes)));
    if (!found) return absl::DataLossError("the archive ends inside the map of this sparse file");
    stored_left_ -= TarBlock::kSize;
    text.append(block.bytes.data(), block.bytes.size());
    found_lines += static_cast<size_t>(absl::c_count(block.bytes, '\n'));
    if (!lines && found_lines > 0) {
      ABSL_ASSIGN_OR_RETURN(lines, SparseMap::LinesOfText(text.substr(0, text.find('\n'))));
    }
  }
  return map.AddText(text);
}

absl::Status TarReader::ReadSparseMap(const TarBlock& header, const PaxRecords& records,
                                      TarEntry& entry) {
  ABSL_ASSIGN_OR_RETURN(SparseMap map, ParseSparseMap(header, records));
  const SparseForm form = SparseFormOf(header, records);
  if (form == SparseForm::kBlocks) {
    ABSL_RETURN_IF_ERROR(ReadSparseBlocks(header, map));
  } else if (form == SparseForm::kText) {
    ABSL_RETURN_IF_ERROR(ReadSparseText(map));
  }
  if (map.stored() != stored_left_) {
    return absl::InvalidArgumentError(absl::StrCat("the parts of this sparse file have ",
                                                   map.stored(), " bytes, but ", stored_left_,
                                                   " are stored"));
  }
  entry.size = map.size();
  sparse_ = std::move(map);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<TarEntry>> TarReader::Next() {
  ABSL_RETURN_IF_ERROR(SkipContent());
  sparse_.reset();
  PaxRecords records;
  TarBlock header;
  bool is_extension = !ended_;
  while (is_extension) {
    ABSL_ASSIGN_OR_RETURN(const bool found, ReadHeader(header));
    ended_ = !found;
    if (ended_) break;
    ABSL_ASSIGN_OR_RETURN(is_extension, TakeExtension(header, records));
  }
  if (ended_ && records.empty()) return std::nullopt;
  if (ended_) return HeaderError(StatusCode::kDataLoss, "expected the entry of a PAX header");
  return ReadEntry(header, std::move(records));
}

absl::StatusOr<TarEntry> TarReader::ReadEntry(const TarBlock& header, PaxRecords records) {
  records.insert(global_records_.begin(), global_records_.end());
  absl::StatusOr<TarEntry> entry = ParseEntry(header, records);
  if (!entry.ok()) {
    return absl::Status(entry.status().code(), absl::StrCat(InFront(), entry.status().message()));
  }
  path_ = entry->path;
  // Links, devices and directories have no content, whatever size some writers store with them.
  // What GNU tar stores with a directory, the names in it, is passed over.
  const bool is_file = entry->type == TarEntry::Type::kFile;
  stored_left_ = is_file || TypeFlag(header) == 'D' ? entry->size : 0;
  padding_ = PaddingOf(stored_left_);
  if (!is_file) {
    ABSL_RETURN_IF_ERROR(SkipContent());
    entry->size = 0;
  }
  if (is_file && SparseFormOf(header, records) != SparseForm::kNone) {
    const absl::Status status = ReadSparseMap(header, records, *entry);
    if (!status.ok()) return EntryError(status.code(), status.message());
  }
  ABSL_RETURN_IF_ERROR(CountEntry(*entry, records));
  content_offset_ = offset_;
  return entry;
}

}  // namespace linuxkit
