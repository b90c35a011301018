#include "tools/tar/tar_header.h"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/tar/tar_limits.h"

namespace linuxkit {
namespace {

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text), "\"");
}

absl::Status EntryError(const TarEntry& entry, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("entry ", Quoted(entry.path), ": ", problem));
}

absl::StatusOr<TarEntry::Type> TypeOf(const TarBlock& header) {
  switch (TypeFlag(header)) {
    case '\0':
    case '0':
    case '7':  // Contiguous file: POSIX lets readers treat it as a file.
    case 'S':  // GNU's sparse file.
      return TarEntry::Type::kFile;
    case '1':
      return TarEntry::Type::kHardLink;
    case '2':
      return TarEntry::Type::kSymlink;
    case '3':
      return TarEntry::Type::kCharacterDevice;
    case '4':
      return TarEntry::Type::kBlockDevice;
    case '5':
    case 'D':  // GNU's directory with a list of names as content.
      return TarEntry::Type::kDirectory;
    case '6':
      return TarEntry::Type::kFifo;
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          "entry ", Quoted(header.Name()), ": entries of type ", Quoted(header.Bytes(156, 1)),
          " are not supported; expected files, links, directories, devices or fifos"));
  }
}

absl::StatusOr<uint32_t> ToId(const TarEntry& entry, std::string_view field,
                              std::optional<int64_t> value) {
  constexpr int64_t kMax = std::numeric_limits<uint32_t>::max();
  if (!value) return EntryError(entry, absl::StrCat(field, " is not a number"));
  if (*value >= 0 && *value <= kMax) return static_cast<uint32_t>(*value);
  return EntryError(entry,
                    absl::StrCat(field, " ", *value, " is out of range; expected 0 to ", kMax));
}

absl::Status ReadNumbers(const TarBlock& header, TarEntry& entry) {
  const auto mode = header.Number(100, 8), mtime = header.Number(136, 12);
  const int64_t size = HeaderSize(header);
  if (!mode || !mtime || size < 0) {
    return EntryError(entry, "its mode, size or time is not a number");
  }
  entry.mode = static_cast<uint32_t>(*mode & 07777);
  entry.mtime = *mtime;
  entry.size = static_cast<uint64_t>(size);
  ABSL_ASSIGN_OR_RETURN(entry.uid, ToId(entry, "uid", header.Number(108, 8)));
  ABSL_ASSIGN_OR_RETURN(entry.gid, ToId(entry, "gid", header.Number(116, 8)));
  if (entry.type == TarEntry::Type::kCharacterDevice ||
      entry.type == TarEntry::Type::kBlockDevice) {
    ABSL_ASSIGN_OR_RETURN(entry.device_major,
                          ToId(entry, "device major number", header.Number(329, 8)));
    ABSL_ASSIGN_OR_RETURN(entry.device_minor,
                          ToId(entry, "device minor number", header.Number(337, 8)));
  }
  return absl::OkStatus();
}

std::optional<int64_t> ToNumber(std::string_view text) {
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? std::optional(number) : std::nullopt;
}

absl::Status ApplyNumber(std::string_view key, std::string_view value, TarEntry& entry) {
  bool valid = true;
  if (key == "size") {
    const int64_t size = ToNumber(value).value_or(-1);
    valid = size >= 0;
    entry.size = static_cast<uint64_t>(size);
  } else if (key == "uid" || key == "gid") {
    const std::optional<int64_t> id = ToNumber(value);
    valid = id.has_value();
    if (valid) {
      uint32_t& field = key == "uid" ? entry.uid : entry.gid;
      ABSL_ASSIGN_OR_RETURN(field, ToId(entry, key, id));
    }
  } else if (key == "mtime") {
    valid = ParsePaxTime(value, entry.mtime);
  }
  if (valid) return absl::OkStatus();
  return EntryError(entry,
                    absl::StrCat("PAX record ", key, " is ", Quoted(value), "; expected a number"));
}

absl::Status ApplyRecord(std::string_view key, std::string_view value, TarEntry& entry) {
  if (absl::ConsumePrefix(&key, "SCHILY.xattr.")) {
    entry.xattrs[std::string(key)] = value;
    return absl::OkStatus();
  }
  // An empty value takes back a global one, so that the header's counts.
  if (value.empty()) return absl::OkStatus();
  if (key == "path") {
    entry.path = value;
  } else if (key == "linkpath") {
    entry.link = value;
  } else if (key == "SCHILY.acl.access") {
    entry.acls.push_back("system.posix_acl_access");
  } else if (key == "SCHILY.acl.default") {
    entry.acls.push_back("system.posix_acl_default");
  }
  return ApplyNumber(key, value, entry);
}

absl::Status CleanLink(TarEntry& entry) {
  if (entry.type == TarEntry::Type::kHardLink) {
    absl::StatusOr<std::string> link = CleanName(entry.link);
    if (!link.ok()) {
      return EntryError(entry, absl::StrCat("hard link to ", link.status().message()));
    }
    entry.link = *std::move(link);
  } else if (entry.type != TarEntry::Type::kSymlink) {
    entry.link.clear();
  } else if (entry.link.empty()) {
    return EntryError(entry, "this symbolic link has no target");
  } else if (entry.link.size() > kMaxNameBytes) {
    return EntryError(entry,
                      absl::StrCat("the target of this symbolic link has ", entry.link.size(),
                                   " bytes; the kernel takes up to ", kMaxNameBytes));
  } else if (entry.link.find('\0') != entry.link.npos) {
    return EntryError(entry, "the target of this symbolic link has a NUL byte");
  }
  return absl::OkStatus();
}

absl::Status CleanNames(TarEntry& entry) {
  // Before POSIX, a directory was a file whose name ends in a slash.
  if (entry.type == TarEntry::Type::kFile && absl::EndsWith(entry.path, "/")) {
    entry.type = TarEntry::Type::kDirectory;
  }
  absl::StatusOr<std::string> path = CleanName(entry.path);
  if (!path.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("entry ", path.status().message()));
  }
  entry.path = *std::move(path);
  return CleanLink(entry);
}

}  // namespace

int64_t HeaderSize(const TarBlock& header) { return header.Number(124, 12).value_or(-1); }

absl::StatusOr<TarEntry> ParseEntry(const TarBlock& header, const PaxRecords& records) {
  TarEntry entry;
  entry.path = header.Name();
  entry.link = header.Text(157, 100);
  ABSL_ASSIGN_OR_RETURN(entry.type, TypeOf(header));
  ABSL_RETURN_IF_ERROR(ReadNumbers(header, entry));
  for (const auto& [key, value] : records) {
    ABSL_RETURN_IF_ERROR(ApplyRecord(key, value, entry));
  }
  // The path of such an entry is made up, for readers that would take the parts for the file.
  const auto sparse_name = records.find("GNU.sparse.name");
  if (sparse_name != records.end()) entry.path = sparse_name->second;
  ABSL_RETURN_IF_ERROR(CleanNames(entry));
  return entry;
}

}  // namespace linuxkit
