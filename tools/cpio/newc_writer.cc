#include "tools/cpio/newc_writer.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/cpio/newc.h"

namespace linuxkit {
namespace {

constexpr uint64_t kMaxIno = std::numeric_limits<uint32_t>::max();

absl::Status Check(const NewcEntry& entry, uint64_t next_ino) {
  if (entry.name.empty() || entry.name.size() > kNewcMaxName) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry \"", absl::CHexEscape(entry.name.substr(0, 80)), "\": its name has ",
                     entry.name.size(), " bytes; newc and the kernel take 1 to ", kNewcMaxName));
  }
  const std::string start = absl::StrCat("entry \"", absl::CHexEscape(entry.name), "\": ");
  if (entry.name.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(start, "its name contains a NUL"));
  }
  if (entry.name == kNewcTrailer) {
    return absl::InvalidArgumentError(
        absl::StrCat(start, "this name ends a cpio archive; rename the file"));
  }
  if (entry.size > kNewcMaxFileSize) {
    return absl::InvalidArgumentError(absl::StrCat(start, "size ", entry.size,
                                                   " does not fit newc (limit ", kNewcMaxFileSize,
                                                   "); keep such a file on a disk or volume"));
  }
  if (next_ino > kMaxIno) {
    return absl::ResourceExhaustedError(absl::StrCat(start, "the archive already has ", kMaxIno,
                                                     " entries, the most newc numbers"));
  }
  return absl::OkStatus();
}

}  // namespace

uint32_t NewcTime(int64_t mtime) {
  return static_cast<uint32_t>(std::clamp<int64_t>(mtime, 0, std::numeric_limits<uint32_t>::max()));
}

absl::StatusOr<uint32_t> NewcWriter::Begin(const NewcEntry& entry) {
  if (data_left_ > 0) return absl::InternalError("the entry before lacks data");
  ABSL_RETURN_IF_ERROR(Check(entry, next_ino_));
  const uint32_t ino = entry.ino != 0 ? entry.ino : static_cast<uint32_t>(next_ino_++);
  ABSL_RETURN_IF_ERROR(WriteHeader(entry, ino));
  data_left_ = entry.size;
  return ino;
}

absl::Status NewcWriter::WriteHeader(const NewcEntry& entry, uint32_t ino) {
  std::string bytes = EncodeNewcHeader({.ino = ino,
                                        .mode = entry.mode,
                                        .uid = entry.uid,
                                        .gid = entry.gid,
                                        .nlink = entry.links,
                                        .mtime = NewcTime(entry.mtime),
                                        .file_size = static_cast<uint32_t>(entry.size),
                                        .rdev_major = entry.device_major,
                                        .rdev_minor = entry.device_minor,
                                        .name_size = static_cast<uint32_t>(entry.name.size() + 1)});
  bytes.append(entry.name);
  bytes.push_back('\0');
  bytes.append(NewcPadding(bytes.size()), '\0');
  return Write(bytes);
}

absl::Status NewcWriter::Data(std::string_view bytes) {
  if (bytes.size() > data_left_) return absl::InternalError("more data than the entry's size");
  data_left_ -= bytes.size();
  ABSL_RETURN_IF_ERROR(Write(bytes));
  return data_left_ == 0 ? Pad() : absl::OkStatus();
}

absl::Status NewcWriter::Add(const NewcEntry& entry, std::string_view data) {
  NewcEntry sized = entry;
  sized.size = data.size();
  ABSL_RETURN_IF_ERROR(Begin(sized).status());
  return Data(data);
}

absl::Status NewcWriter::Trailer() {
  if (data_left_ > 0) return absl::InternalError("the entry before lacks data");
  return WriteHeader({.name = kNewcTrailer}, /*ino=*/0);
}

absl::Status NewcWriter::Write(std::string_view bytes) {
  size_ += bytes.size();
  return sink_.Append(bytes);
}

absl::Status NewcWriter::Pad() { return Write(std::string_view("\0\0\0", NewcPadding(size_))); }

}  // namespace linuxkit
