// libarchive knows the tar formats; this file turns what it finds into clean entries and refuses
// what a tree cannot hold.
#include "tools/flatten/layer_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

// OCI image specification, layer.md, "Whiteouts".
constexpr std::string_view kWhiteoutPrefix = ".wh.";
constexpr std::string_view kOpaqueMarker = ".wh..wh..opq";

// The kernel's PATH_MAX without the NUL.
constexpr size_t kMaxName = 4095;

absl::Status EntryError(std::string_view name, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("entry \"", absl::CHexEscape(name), "\": ", message));
}

void FreeArchive(archive* reader) { archive_read_free(reader); }

std::string_view OrEmpty(const char* text) { return text == nullptr ? "" : text; }

// libarchive warns that it kept the bytes of a name which is not text of the locale; keeping them
// is what we want.
bool IsHarmlessWarning(int result, archive* reader) {
  return result == ARCHIVE_WARN &&
         absl::StrContains(OrEmpty(archive_error_string(reader)), "can't be converted");
}

absl::StatusOr<uint32_t> ToId(std::string_view name, std::string_view field, int64_t value) {
  constexpr int64_t kMax = std::numeric_limits<uint32_t>::max();
  if (value >= 0 && value <= kMax) return static_cast<uint32_t>(value);
  return EntryError(name,
                    absl::StrCat(field, " ", value, " is out of range; expected 0 to ", kMax));
}

absl::StatusOr<Attributes> ReadAttributes(std::string_view name, archive_entry* header) {
  Attributes attributes;
  attributes.mode = archive_entry_perm(header) & 07777u;
  ABSL_ASSIGN_OR_RETURN(attributes.uid, ToId(name, "uid", archive_entry_uid(header)));
  ABSL_ASSIGN_OR_RETURN(attributes.gid, ToId(name, "gid", archive_entry_gid(header)));
  attributes.mtime = archive_entry_mtime(header);
  return attributes;
}

std::vector<std::string> ReadXattrs(archive_entry* header) {
  std::vector<std::string> names;
  archive_entry_xattr_reset(header);
  const char* name;
  const void* value;
  size_t size;
  while (archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK) {
    names.emplace_back(OrEmpty(name));
  }
  if ((archive_entry_acl_types(header) & ARCHIVE_ENTRY_ACL_TYPE_ACCESS) != 0) {
    names.emplace_back("system.posix_acl_access");
  }
  if ((archive_entry_acl_types(header) & ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) != 0) {
    names.emplace_back("system.posix_acl_default");
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<LayerEntry::Type> ReadType(std::string_view name, archive_entry* header) {
  using Type = LayerEntry::Type;
  if (archive_entry_hardlink(header) != nullptr) return Type::kHardLink;
  switch (archive_entry_filetype(header)) {
    case AE_IFREG:
      return Type::kFile;
    case AE_IFDIR:
      return Type::kDirectory;
    case AE_IFLNK:
      return Type::kSymlink;
    case AE_IFCHR:
      return Type::kCharacterDevice;
    case AE_IFBLK:
      return Type::kBlockDevice;
    case AE_IFIFO:
      return Type::kFifo;
    case AE_IFSOCK:
      return EntryError(name,
                        "it is a socket, which an initramfs cannot hold; remove it from the layer");
    default:
      return EntryError(
          name, absl::StrCat("unknown file type ", absl::Hex(archive_entry_filetype(header))));
  }
}

// Turns an entry with one of the whiteout names into what it stands for.
absl::Status ClassifyWhiteout(LayerEntry& entry) {
  const size_t slash = entry.name.rfind('/');
  const size_t start = slash == std::string::npos ? 0 : slash + 1;
  std::string_view base = std::string_view(entry.name).substr(start);
  if (base == kOpaqueMarker) {
    entry.type = LayerEntry::Type::kOpaque;
    entry.name = start == 0 ? "." : entry.name.substr(0, slash);
    return absl::OkStatus();
  }
  if (!absl::ConsumePrefix(&base, kWhiteoutPrefix)) return absl::OkStatus();
  if (base.empty() || base == "." || base == "..") {
    return EntryError(entry.name, "this whiteout names no file; expected .wh.NAME");
  }
  entry.type = LayerEntry::Type::kWhiteout;
  entry.name.erase(start, kWhiteoutPrefix.size());
  return absl::OkStatus();
}

absl::Status ReadDetails(archive_entry* header, LayerEntry& entry) {
  switch (entry.type) {
    case LayerEntry::Type::kFile: {
      entry.size = static_cast<uint64_t>(std::max<int64_t>(0, archive_entry_size(header)));
      return absl::OkStatus();
    }
    case LayerEntry::Type::kSymlink:
      entry.link = OrEmpty(archive_entry_symlink(header));
      if (!entry.link.empty()) return absl::OkStatus();
      return EntryError(entry.name, "this symbolic link has no target");
    case LayerEntry::Type::kHardLink: {
      const std::string_view target = OrEmpty(archive_entry_hardlink(header));
      absl::StatusOr<std::string> clean = CleanName(target);
      if (!clean.ok()) {
        return EntryError(entry.name, absl::StrCat("hard link to ", clean.status().message()));
      }
      entry.link = *std::move(clean);
      return absl::OkStatus();
    }
    case LayerEntry::Type::kCharacterDevice:
    case LayerEntry::Type::kBlockDevice: {
      ABSL_ASSIGN_OR_RETURN(entry.device_major,
                            ToId(entry.name, "device major number",
                                 static_cast<int64_t>(archive_entry_rdevmajor(header))));
      ABSL_ASSIGN_OR_RETURN(entry.device_minor,
                            ToId(entry.name, "device minor number",
                                 static_cast<int64_t>(archive_entry_rdevminor(header))));
      return absl::OkStatus();
    }
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<LayerEntry> ToLayerEntry(archive_entry* header) {
  LayerEntry entry;
  absl::StatusOr<std::string> name = CleanName(OrEmpty(archive_entry_pathname(header)));
  if (!name.ok())
    return absl::InvalidArgumentError(absl::StrCat("entry ", name.status().message()));
  entry.name = *std::move(name);
  ABSL_ASSIGN_OR_RETURN(entry.type, ReadType(entry.name, header));
  if (entry.name == "." && entry.type != LayerEntry::Type::kDirectory) {
    return EntryError(entry.name, "the root of a layer must be a directory");
  }
  ABSL_RETURN_IF_ERROR(ClassifyWhiteout(entry));
  ABSL_ASSIGN_OR_RETURN(entry.attributes, ReadAttributes(entry.name, header));
  ABSL_RETURN_IF_ERROR(ReadDetails(header, entry));
  entry.xattrs = ReadXattrs(header);
  return entry;
}

}  // namespace

absl::StatusOr<std::string> CleanName(std::string_view name) {
  if (name.empty()) return absl::InvalidArgumentError("\"\": the name is empty");
  if (name.size() > kMaxName) {
    return absl::InvalidArgumentError(absl::StrCat("\"", absl::CHexEscape(name.substr(0, 80)),
                                                   "\": the name has ", name.size(),
                                                   " bytes; the kernel takes up to ", kMaxName));
  }
  std::string clean;
  for (const std::string_view component : absl::StrSplit(name, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", absl::CHexEscape(name), "\": names with \"..\" are not allowed"));
    }
    absl::StrAppend(&clean, clean.empty() ? "" : "/", component);
  }
  return clean.empty() ? "." : clean;
}

LayerReader::LayerReader(ByteSource& tar)
    : tar_(tar), buffer_(kBufferSize), archive_(archive_read_new(), &FreeArchive) {}

LayerReader::~LayerReader() = default;

absl::Status LayerReader::Open() {
  open_ = true;
  archive_read_support_filter_none(archive_.get());
  archive_read_support_format_tar(archive_.get());
  archive_read_support_format_empty(archive_.get());  // a layer of no bytes at all
  const auto read = [](archive* reader, void* data, const void** bytes) -> la_ssize_t {
    auto* self = static_cast<LayerReader*>(data);
    const absl::StatusOr<size_t> count = self->tar_.Read(absl::MakeSpan(self->buffer_));
    *bytes = self->buffer_.data();
    if (count.ok()) return static_cast<la_ssize_t>(*count);
    self->source_status_ = count.status();
    archive_set_error(reader, EIO, "cannot read");
    return ARCHIVE_FATAL;
  };
  if (archive_read_open(archive_.get(), this, nullptr, read, nullptr) != ARCHIVE_OK) {
    return Fail("");
  }
  return absl::OkStatus();
}

absl::Status LayerReader::Fail(std::string_view entry) {
  const std::string_view reason = OrEmpty(archive_error_string(archive_.get()));
  if (!source_status_.ok()) {
    status_ = source_status_;
  } else if (entry.empty()) {
    status_ = absl::DataLossError(absl::StrCat("not a tar archive: ", reason));
  } else {
    status_ = absl::DataLossError(absl::StrCat("tar archive damaged at or behind entry \"",
                                               absl::CHexEscape(entry), "\": ", reason));
  }
  return status_;
}

absl::StatusOr<std::optional<LayerEntry>> LayerReader::Next() {
  ABSL_RETURN_IF_ERROR(status_);
  if (!open_) {
    ABSL_RETURN_IF_ERROR(Open());
  }
  archive_entry* header = nullptr;
  const int result = archive_read_next_header(archive_.get(), &header);
  if (result == ARCHIVE_EOF) return std::nullopt;
  if (result != ARCHIVE_OK && !IsHarmlessWarning(result, archive_.get())) return Fail(name_);
  ABSL_ASSIGN_OR_RETURN(LayerEntry entry, ToLayerEntry(header));
  name_ = entry.name;
  size_ = entry.size;
  position_ = 0;
  block_ = {};
  return entry;
}

absl::StatusOr<size_t> LayerReader::Read(absl::Span<char> buffer) {
  const uint64_t left = size_ - position_;
  buffer = buffer.first(static_cast<size_t>(std::min<uint64_t>(left, buffer.size())));
  if (buffer.empty()) return 0;
  while (block_.size == 0 && block_.offset <= position_) {
    const void* data = nullptr;
    int64_t offset = 0;
    const int result = archive_read_data_block(archive_.get(), &data, &block_.size, &offset);
    // Behind the last block there may be a hole up to the end of the file.
    if (result == ARCHIVE_EOF) offset = static_cast<int64_t>(size_);
    if (result < ARCHIVE_WARN) return Fail(name_);
    block_.data = static_cast<const char*>(data);
    block_.offset = static_cast<uint64_t>(offset);
    if (result == ARCHIVE_EOF) break;
  }
  ABSL_ASSIGN_OR_RETURN(const size_t count, ReadFromBlock(buffer));
  position_ += count;
  return count;
}

// Zeros up to where the block begins, then its bytes.
absl::StatusOr<size_t> LayerReader::ReadFromBlock(absl::Span<char> buffer) {
  if (block_.offset > position_) {
    const size_t count =
        static_cast<size_t>(std::min<uint64_t>(buffer.size(), block_.offset - position_));
    std::memset(buffer.data(), 0, count);
    return count;
  }
  if (block_.offset < position_) {
    return EntryError(name_, "the parts of this sparse file overlap");
  }
  const size_t count = std::min(buffer.size(), block_.size);
  std::memcpy(buffer.data(), block_.data, count);
  block_.data += count;
  block_.size -= count;
  block_.offset += count;
  return count;
}

}  // namespace linuxkit
