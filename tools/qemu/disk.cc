#include "tools/qemu/disk.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <system_error>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/file.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

absl::Status DiskError(std::string_view text, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("--disk=", text, ": ", problem));
}

// LinuxKit's sizes: MiB with M, GiB with G or no suffix.
absl::StatusOr<int64_t> ParseSizeMib(std::string_view text, std::string_view size) {
  std::string_view digits = size;
  int64_t unit = 1024;
  if (absl::ConsumeSuffix(&digits, "M")) {
    unit = 1;
  } else {
    absl::ConsumeSuffix(&digits, "G");
  }
  constexpr int64_t kLimit = int64_t{1} << 40;
  int64_t count = 0;
  if (!absl::SimpleAtoi(digits, &count) || count < 1 || count > kLimit) {
    return DiskError(text, absl::StrCat("size \"", size,
                                        "\" is not a size; expected a whole number with M or G, "
                                        "for example size=512M (no suffix means G)"));
  }
  return count * unit;
}

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// What the first or last bytes of a disk image tell. A VMDK may also be a text, which names other
// files of this host; that is not here, because a guest could write one into its disk.
struct Magic {
  std::string_view format;  // QEMU's name
  std::string_view bytes;
  int64_t offset = 0;  // less than 0: from the end
};

constexpr Magic kMagics[] = {
    {"qcow2", "QFI\xfb"},      {"vmdk", "KDMV"},
    {"vhdx", "vhdxfile"},      {"vdi", "\x7f\x10\xda\xbe", 0x40},
    {"vpc", "conectix"},        // dynamic VHD: a copy of the footer
    {"vpc", "conectix", -512},  // fixed VHD: the footer alone
};

absl::StatusOr<bool> HasMagic(const InputFile& file, const Magic& magic) {
  const int64_t size = static_cast<int64_t>(file.size());
  const int64_t offset = magic.offset < 0 ? size + magic.offset : magic.offset;
  if (offset < 0) return false;
  char bytes[8] = {};
  ABSL_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(static_cast<uint64_t>(offset), bytes));
  return std::string_view(bytes, got).starts_with(magic.bytes);
}

// QEMU guesses raw for the rest too, but then forbids writes to the first sector, where a partition
// table goes.
absl::StatusOr<std::string> FormatOfFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  for (const Magic& magic : kMagics) {
    ABSL_ASSIGN_OR_RETURN(const bool found, HasMagic(file, magic));
    if (found) return std::string(magic.format);
  }
  return std::string("raw");
}

// Splits at commas, but for those that are written twice and stand for one.
std::vector<std::string> SplitOptions(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') {
      parts.back().push_back(text[i]);
    } else if (text.substr(i).starts_with(",,")) {
      parts.back().push_back(text[++i]);
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

// One `key=value`, or a path alone.
struct DiskOption {
  std::string key;
  std::string value;
};

absl::StatusOr<DiskOption> ParseDiskOption(std::string_view text, std::string_view part) {
  const size_t equals = part.find('=');
  const bool bare = equals == std::string_view::npos;
  DiskOption option = {.key = std::string(bare ? "file" : part.substr(0, equals)),
                       .value = std::string(bare ? part : part.substr(equals + 1))};
  if (!option.value.empty()) return option;
  return DiskError(text, absl::StrCat("\"", part, "\" is empty; expected file=, size= or format="));
}

absl::Status CheckOnce(std::string_view text, const DiskOption& option,
                       std::map<std::string, std::string>& seen) {
  const auto [first, is_new] = seen.insert({option.key, option.value});
  if (is_new) return absl::OkStatus();
  return DiskError(
      text,
      absl::StrCat("found ", option.key, " twice, \"", first->second, "\" and \"", option.value,
                   "\"; expected it once",
                   option.key == "file" ? " (a comma in a path is written twice: \",,\")" : ""));
}

absl::Status ApplyDiskOption(std::string_view text, const DiskOption& option, DiskSpec& disk) {
  if (option.key == "file") {
    disk.file = option.value;
  } else if (option.key == "size") {
    ABSL_ASSIGN_OR_RETURN(disk.size_mib, ParseSizeMib(text, option.value));
  } else if (option.key == "format") {
    disk.format = option.value;
  } else {
    return DiskError(
        text, absl::StrCat("unknown key \"", option.key, "\"; expected file=, size= or format="));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DiskSpec> ParseDiskSpec(std::string_view text) {
  DiskSpec disk;
  std::map<std::string, std::string> seen;
  for (const std::string& part : SplitOptions(text)) {
    ABSL_ASSIGN_OR_RETURN(const DiskOption option, ParseDiskOption(text, part));
    ABSL_RETURN_IF_ERROR(CheckOnce(text, option, seen));
    ABSL_RETURN_IF_ERROR(ApplyDiskOption(text, option, disk));
  }
  if (disk.file.empty() && disk.size_mib == 0) {
    return DiskError(text, "has neither a file nor a size; expected for example size=4G");
  }
  return disk;
}

absl::StatusOr<DiskSpec> ResolveDisk(DiskSpec disk, int index, std::string_view state_dir) {
  if (disk.file.empty()) {
    disk.file = absl::StrCat(state_dir, "/disk", index == 0 ? "" : absl::StrCat(index), ".img");
  }
  if (Exists(disk.file)) {
    if (disk.format.empty()) {
      ABSL_ASSIGN_OR_RETURN(disk.format, FormatOfFile(disk.file));
    }
    return disk;
  }
  if (disk.size_mib == 0) {
    return absl::NotFoundError(absl::StrCat(
        "--disk: ", disk.file, " does not exist; add size=, for example --disk=file=", disk.file,
        ",size=4G, to have it made"));
  }
  if (disk.format.empty()) disk.format = "qcow2";
  return disk;
}

absl::Status CreateDiskIfMissing(const DiskSpec& disk) {
  if (Exists(disk.file)) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string qemu_img, FindProgram("qemu-img", "qemu-utils"));
  ABSL_ASSIGN_OR_RETURN(const FinishedProcess made,
                        RunToEnd({qemu_img, "create", "-q", "-f", disk.format, disk.file,
                                  absl::StrCat(disk.size_mib, "M")},
                                 std::chrono::minutes(5)));
  if (made.status.success()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("qemu-img could not make ", disk.file, ": ",
                                          absl::StripAsciiWhitespace(made.output)));
}

}  // namespace linuxkit
