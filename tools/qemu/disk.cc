#include "tools/qemu/disk.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

// QEMU guesses raw for the rest too, but then forbids writes to the first sector, where a partition
// table goes.
absl::StatusOr<std::string> FormatOfFile(const std::string& path) {
  struct Magic {
    std::string_view bytes, format;
  };
  constexpr Magic kMagics[] = {
      {"QFI\xfb", "qcow2"}, {"KDMV", "vmdk"}, {"vhdxfile", "vhdx"}, {"conectix", "vpc"}};
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  char start[8] = {};
  ABSL_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(0, start));
  for (const Magic& magic : kMagics) {
    if (std::string_view(start, got).starts_with(magic.bytes)) return std::string(magic.format);
  }
  return std::string("raw");
}

}  // namespace

absl::StatusOr<DiskSpec> ParseDiskSpec(std::string_view text) {
  DiskSpec disk;
  for (const std::string_view part : absl::StrSplit(text, ',')) {
    const size_t equals = part.find('=');
    const bool bare = equals == std::string_view::npos;
    const std::string_view key = bare ? "file" : part.substr(0, equals);
    const std::string_view value = bare ? part : part.substr(equals + 1);
    if (value.empty()) {
      return DiskError(text,
                       absl::StrCat("\"", part, "\" is empty; expected file=, size= or format="));
    }
    if (key == "file") {
      disk.file = value;
    } else if (key == "size") {
      ABSL_ASSIGN_OR_RETURN(disk.size_mib, ParseSizeMib(text, value));
    } else if (key == "format") {
      disk.format = value;
    } else {
      return DiskError(text,
                       absl::StrCat("unknown key \"", key, "\"; expected file=, size= or format="));
    }
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
