#include "tools/segment/segment_reader.h"

#include <sys/stat.h>

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/compress/decompressor.h"

namespace linuxkit {
namespace {

constexpr uint32_t kPermissions = 07777;

// Only the first name of a hard link has content.
uint64_t ArchivedSize(const SegmentEntry& entry) {
  if (entry.type() == SegmentEntry::SYMLINK) return entry.link().size();
  return entry.type() == SegmentEntry::FILE ? entry.size() : 0;
}

}  // namespace

SegmentReader::SegmentReader(InputFile file, const SegmentIndex& index)
    : file_(std::move(file)), index_(index), stored_(file_) {}

absl::StatusOr<std::unique_ptr<SegmentReader>> SegmentReader::Open(const std::string& path,
                                                                   const SegmentIndex& index) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  std::unique_ptr<SegmentReader> reader(new SegmentReader(std::move(file), index));
  absl::StatusOr<std::unique_ptr<ByteSource>> unpacked = Decompress(reader->stored_);
  if (!unpacked.ok()) return reader->Explain(unpacked.status());
  reader->unpacked_ = *std::move(unpacked);
  reader->archive_.emplace(*reader->unpacked_, index.unpacked_bytes());
  reader->cpio_.emplace(*reader->archive_);
  return reader;
}

absl::StatusOr<const SegmentEntry*> SegmentReader::Next() {
  const absl::StatusOr<std::optional<NewcMember>> member = cpio_->Next();
  if (!member.ok()) return Explain(member.status());
  entry_ = next_ < index_.entries_size() ? &index_.entries(next_++) : nullptr;
  if (entry_ == nullptr || !*member) {
    if (entry_ == nullptr && !*member) return nullptr;
    return Error(absl::StrCat("it ends ", *member ? "behind" : "before", " entry ", next_,
                              "; expected ", index_.entries_size(), " entries"));
  }
  ABSL_RETURN_IF_ERROR(CheckMember(**member, *entry_));
  content_left_ = entry_->type() == SegmentEntry::FILE ? entry_->size() : 0;
  hash_.emplace();
  return entry_;
}

absl::Status SegmentReader::CheckMember(const NewcMember& member, const SegmentEntry& entry) const {
  if (member.name != entry.path()) {
    return Error(absl::StrCat("found \"", absl::CHexEscape(member.name), "\" as entry ", next_,
                              "; expected \"", absl::CHexEscape(entry.path()), "\""));
  }
  const NewcHeader& header = member.header;
  if ((header.mode & kPermissions) == entry.mode() && header.uid == entry.uid() &&
      header.gid == entry.gid() && header.file_size == ArchivedSize(entry)) {
    return absl::OkStatus();
  }
  return Error(absl::StrCat("\"", absl::CHexEscape(member.name),
                            "\" has another mode, owner or size there than in the index"));
}

absl::StatusOr<size_t> SegmentReader::Read(absl::Span<char> buffer) {
  if (content_left_ == 0) return 0;
  absl::StatusOr<size_t> count = cpio_->Read(buffer);
  if (!count.ok()) return Explain(count.status());
  hash_->Update({buffer.data(), *count});
  content_left_ -= *count;
  if (content_left_ == 0) {
    ABSL_RETURN_IF_ERROR(CheckContent());
  }
  return count;
}

absl::Status SegmentReader::CheckContent() {
  const Sha256Digest digest = hash_->Finish();
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (bytes == entry_->sha256()) return absl::OkStatus();
  return Error(absl::StrCat("\"", absl::CHexEscape(entry_->path()), "\" has the digest ",
                            OciDigest(digest),
                            " there; expected sha256:", absl::BytesToHexString(entry_->sha256())));
}

absl::Status SegmentReader::Error(std::string_view message) const {
  return Explain(absl::DataLossError(message));
}

absl::Status SegmentReader::Explain(const absl::Status& status) const {
  return absl::Status(status.code(), absl::StrCat("the segment ", file_.path(), " of ",
                                                  index_.owner(), ": ", status.message()));
}

}  // namespace linuxkit
