#include "tools/vmdisk/limits.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/fields.h"

namespace linuxkit {
namespace {

constexpr size_t kMaxName = 90;
constexpr uint64_t kMaxUstarSize = 077777777777;

bool MayBeInAName(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("._-+").find(c) != std::string_view::npos;
}

}  // namespace

absl::Status CheckDiskSize(std::string_view format, uint64_t size, uint64_t unit, uint64_t limit) {
  if (size != 0 && size % unit == 0 && size <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(format, " cannot hold a disk of ", size,
                                                 " bytes; expected a multiple of ", unit, " from ",
                                                 unit, " to ", limit, ". Change the disk's size."));
}

absl::StatusOr<uint64_t> RoundedDiskSize(std::string_view format, const Extents& disk,
                                         uint64_t unit, uint64_t limit) {
  const uint64_t size = disk.size();
  if (size > 0 && size <= limit) return RoundUp(size, unit);
  return absl::InvalidArgumentError(absl::StrCat(format, " cannot hold a disk of ", size,
                                                 " bytes; expected 1 to ", limit,
                                                 ". Change the disk's size."));
}

absl::Status CheckName(std::string_view name) {
  if (!name.empty() && name.size() <= kMaxName && name.front() != '.' &&
      std::all_of(name.begin(), name.end(), MayBeInAName)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", absl::CHexEscape(name), "\" cannot be the name of a virtual disk; expected 1 to ",
      kMaxName, " letters, digits and . _ - + that do not begin with a dot"));
}

absl::Status CheckUstarSize(std::string_view name, uint64_t size) {
  if (size <= kMaxUstarSize) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(
      name, " has ", size, " bytes; a file in an OVA has at most ", kMaxUstarSize,
      ". Make the disk smaller, raise the compression level, or use the VMDK on its own."));
}

}  // namespace linuxkit
