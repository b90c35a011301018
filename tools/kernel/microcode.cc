// newc entries: "070701", 13 numbers of 8 hex digits, the name with a NUL, zeros to a multiple of 4, the content, zeros
// to a multiple of 4. The numbers are ino, mode, uid, gid, nlink, mtime, filesize, device major and minor, rdev major and
// minor, namesize, check.
#include "tools/kernel/microcode.h"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNewcMagic = "070701";
constexpr size_t kHeaderSize = 110;
constexpr size_t kModeField = 14;
constexpr size_t kFileSizeField = 54;
constexpr size_t kNameSizeField = 94;
constexpr std::string_view kTrailer = "TRAILER!!!";
constexpr std::string_view kIntelName = "kernel/x86/microcode/GenuineIntel.bin";
constexpr std::string_view kAmdName = "kernel/x86/microcode/AuthenticAMD.bin";
// The header version of Intel's updates and the magic of AMD's containers.
constexpr std::string_view kIntelMagic("\x01\0\0\0", 4);
constexpr std::string_view kAmdMagic("DMA\0", 4);

size_t Padded(size_t size) { return (size + 3) / 4 * 4; }

void Pad(std::string& archive) { archive.resize(Padded(archive.size())); }

void AppendEntry(std::string_view name, uint32_t mode, std::string_view content, uint32_t ino,
                 std::string& archive) {
  const uint32_t nlink = mode >> 12 == 4 ? 2 : 1;
  absl::StrAppendFormat(&archive, "%s%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
                        kNewcMagic, ino, mode, 0, 0, nlink, static_cast<uint32_t>(kFixedTime),
                        content.size(), 0, 0, 0, 0, name.size() + 1, 0);
  archive += name;
  archive += '\0';
  Pad(archive);
  archive += content;
  Pad(archive);
}

absl::Status CheckBlob(std::string_view vendor, std::string_view blob, std::string_view magic) {
  if (blob.empty() || blob.starts_with(magic)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("not ", vendor, " microcode: it starts with \"", absl::CHexEscape(blob.substr(0, 4)),
                   "\", expected \"", absl::CHexEscape(magic), "\""));
}

struct NewcEntry {
  std::string name;
  bool directory;
  size_t end;
};

std::optional<size_t> HexField(std::string_view header, size_t offset) {
  uint32_t value = 0;
  if (!absl::SimpleHexAtoi(header.substr(offset, 8), &value)) return std::nullopt;
  return value;
}

// The entry at `at`; none if the archive is broken there.
std::optional<NewcEntry> EntryAt(std::string_view archive, size_t at) {
  if (archive.size() < at || archive.size() - at < kHeaderSize) return std::nullopt;
  const std::string_view header = archive.substr(at, kHeaderSize);
  if (!header.starts_with(kNewcMagic)) return std::nullopt;
  const std::optional<size_t> mode = HexField(header, kModeField);
  const std::optional<size_t> size = HexField(header, kFileSizeField);
  const std::optional<size_t> name_size = HexField(header, kNameSizeField);
  if (!mode || !size || !name_size || *name_size == 0) return std::nullopt;
  const size_t content = at + Padded(kHeaderSize + *name_size);
  if (content > archive.size() || *size > archive.size() - content) return std::nullopt;
  return NewcEntry{.name = std::string(archive.substr(at + kHeaderSize, *name_size - 1)),
                   .directory = *mode >> 12 == 4,
                   .end = content + Padded(*size)};
}

}  // namespace

absl::StatusOr<std::string> MakeMicrocodeArchive(std::string_view intel, std::string_view amd) {
  ABSL_RETURN_IF_ERROR(CheckBlob("Intel", intel, kIntelMagic));
  ABSL_RETURN_IF_ERROR(CheckBlob("AMD", amd, kAmdMagic));
  std::string archive;
  if (intel.empty() && amd.empty()) return archive;
  uint32_t ino = 0;
  for (std::string_view directory : {"kernel", "kernel/x86", "kernel/x86/microcode"}) {
    AppendEntry(directory, 040755, "", ++ino, archive);
  }
  if (!amd.empty()) AppendEntry(kAmdName, 0100644, amd, ++ino, archive);
  if (!intel.empty()) AppendEntry(kIntelName, 0100644, intel, ++ino, archive);
  AppendEntry(kTrailer, 0, "", 0, archive);
  return archive;
}

absl::Status CheckMicrocodeArchive(std::string_view name, std::string_view archive) {
  const auto fail = [&](std::string_view found) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " is not a microcode archive: ", found, "; expected an uncompressed newc cpio with ",
        kIntelName, " or ", kAmdName));
  };
  if (!archive.starts_with(kNewcMagic)) {
    return fail(absl::StrCat("it starts with \"", absl::CHexEscape(archive.substr(0, 6)), "\""));
  }
  std::vector<std::string> files;
  for (size_t at = 0;;) {
    const std::optional<NewcEntry> entry = EntryAt(archive, at);
    if (!entry) return fail(absl::StrCat("it is broken at byte ", at));
    if (entry->name == kTrailer) break;
    if (entry->name == kIntelName || entry->name == kAmdName) return absl::OkStatus();
    if (!entry->directory) files.push_back(entry->name);
    at = entry->end;
  }
  return fail(files.empty() ? "it has no file" : absl::StrCat("it has ", absl::StrJoin(files, ", ")));
}

}  // namespace linuxkit
