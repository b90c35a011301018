#include "tools/kernel/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

ArchiveEntry::Type TypeOf(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return ArchiveEntry::Type::kHardLink;
  switch (archive_entry_filetype(entry)) {
    case S_IFDIR:
      return ArchiveEntry::Type::kDirectory;
    case S_IFLNK:
      return ArchiveEntry::Type::kSymlink;
    case S_IFCHR:
      return ArchiveEntry::Type::kCharacterDevice;
    case S_IFBLK:
      return ArchiveEntry::Type::kBlockDevice;
    case S_IFIFO:
      return ArchiveEntry::Type::kFifo;
    default:
      return ArchiveEntry::Type::kFile;
  }
}

std::string_view OrEmpty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

absl::StatusOr<std::string> CleanArchivePath(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (part == ".") continue;
    if (part == "..") {
      return absl::InvalidArgumentError(
          absl::StrCat("entry \"", path, "\" has \"..\" in its name, which no image may have"));
    }
    parts.push_back(part);
  }
  return parts.empty() ? "." : absl::StrJoin(parts, "/");
}

class ArchiveReader::Impl {
 public:
  Impl(ByteSource& source, std::unique_ptr<ByteSource> owned, std::string name)
      : owned_(std::move(owned)),
        source_(source),
        name_(std::move(name)),
        archive_(archive_read_new()) {}

  absl::Status Open(int (*enable_format)(archive*));
  absl::StatusOr<std::optional<ArchiveEntry>> Next();
  absl::StatusOr<size_t> Read(absl::Span<char> buffer);

 private:
  struct Free {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };
  static la_ssize_t ReadSource(archive* reader, void* self, const void** block);
  absl::Status Error();
  absl::StatusOr<ArchiveEntry> Convert(archive_entry* entry);

  std::unique_ptr<ByteSource> owned_;
  ByteSource& source_;
  std::string name_;
  std::unique_ptr<archive, Free> archive_;
  std::array<char, kBufferSize> buffer_;
  absl::Status source_status_;
};

la_ssize_t ArchiveReader::Impl::ReadSource(archive* reader, void* self, const void** block) {
  auto& impl = *static_cast<Impl*>(self);
  const absl::StatusOr<size_t> count = impl.source_.Read(absl::MakeSpan(impl.buffer_));
  if (!count.ok()) {
    impl.source_status_ = count.status();
    archive_set_error(reader, EIO, "read error");
    return ARCHIVE_FATAL;
  }
  *block = impl.buffer_.data();
  return static_cast<la_ssize_t>(*count);
}

// What the source said if it failed, else what libarchive found.
absl::Status ArchiveReader::Impl::Error() {
  if (!source_status_.ok()) return source_status_;
  return absl::DataLossError(
      absl::StrCat(name_, ": ", OrEmpty(archive_error_string(archive_.get()))));
}

absl::Status ArchiveReader::Impl::Open(int (*enable_format)(archive*)) {
  enable_format(archive_.get());
  for (const auto enable :
       {archive_read_support_filter_gzip, archive_read_support_filter_xz,
        archive_read_support_filter_zstd, archive_read_support_filter_bzip2,
        archive_read_support_filter_lzma}) {
    enable(archive_.get());
  }
  if (archive_read_open(archive_.get(), this, nullptr, ReadSource, nullptr) != ARCHIVE_OK) {
    return Error();
  }
  return absl::OkStatus();
}

absl::StatusOr<ArchiveEntry> ArchiveReader::Impl::Convert(archive_entry* entry) {
  ArchiveEntry result = {.type = TypeOf(entry),
                         .mode = static_cast<uint32_t>(archive_entry_perm(entry)),
                         .uid = static_cast<uint32_t>(archive_entry_uid(entry)),
                         .gid = static_cast<uint32_t>(archive_entry_gid(entry)),
                         .mtime = archive_entry_mtime(entry),
                         .size = static_cast<uint64_t>(archive_entry_size(entry)),
                         .link = std::string(OrEmpty(archive_entry_symlink(entry))),
                         .device_major = static_cast<uint32_t>(archive_entry_rdevmajor(entry)),
                         .device_minor = static_cast<uint32_t>(archive_entry_rdevminor(entry))};
  ABSL_ASSIGN_OR_RETURN(result.path, CleanArchivePath(OrEmpty(archive_entry_pathname(entry))));
  if (result.type == ArchiveEntry::Type::kHardLink) {
    ABSL_ASSIGN_OR_RETURN(result.link, CleanArchivePath(OrEmpty(archive_entry_hardlink(entry))));
  }
  return result;
}

absl::StatusOr<std::optional<ArchiveEntry>> ArchiveReader::Impl::Next() {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_.get(), &entry);
  if (result == ARCHIVE_EOF) return std::nullopt;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Error();
  absl::StatusOr<ArchiveEntry> converted = Convert(entry);
  if (!converted.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name_, ": ", converted.status().message()));
  }
  return *std::move(converted);
}

absl::StatusOr<size_t> ArchiveReader::Impl::Read(absl::Span<char> buffer) {
  const la_ssize_t count = archive_read_data(archive_.get(), buffer.data(), buffer.size());
  if (count < 0) return Error();
  return static_cast<size_t>(count);
}

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::~ArchiveReader() = default;

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(
    std::unique_ptr<ByteSource> source, Format format, std::string name) {
  ByteSource& bytes = *source;
  auto impl = std::make_unique<Impl>(bytes, std::move(source), std::move(name));
  ABSL_RETURN_IF_ERROR(impl->Open(format == Format::kTar ? archive_read_support_format_tar
                                                         : archive_read_support_format_ar));
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(impl)));
}

absl::StatusOr<std::optional<ArchiveEntry>> ArchiveReader::Next() { return impl_->Next(); }

absl::StatusOr<size_t> ArchiveReader::Read(absl::Span<char> buffer) { return impl_->Read(buffer); }

absl::StatusOr<std::unique_ptr<ByteSource>> Uncompress(ByteSource& source, std::string name) {
  // To libarchive a compressed stream is an archive with one nameless entry, if it is not empty.
  class Raw : public ByteSource {
   public:
    explicit Raw(std::unique_ptr<ArchiveReader::Impl> impl) : impl_(std::move(impl)) {}
    absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return impl_->Read(buffer); }

   private:
    std::unique_ptr<ArchiveReader::Impl> impl_;
  };
  auto impl = std::make_unique<ArchiveReader::Impl>(source, nullptr, std::move(name));
  ABSL_RETURN_IF_ERROR(impl->Open(archive_read_support_format_raw));
  ABSL_RETURN_IF_ERROR(impl->Next().status());
  return std::make_unique<Raw>(std::move(impl));
}

}  // namespace linuxkit
