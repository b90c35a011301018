#include "tools/qemu/disk.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
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

// Where the format of a disk is kept. A guest cannot write there.
std::string FormatFile(const std::string& disk) { return absl::StrCat(disk, ".format"); }

// A disk in words that a user can type again.
std::string DiskFlag(const DiskSpec& disk, std::string_view rest) {
  return absl::StrCat("--disk=file=", absl::StrReplaceAll(disk.file, {{",", ",,"}}), rest);
}

// The format kept for a disk that exists; empty if none is.
absl::StatusOr<std::string> KeptFormat(const std::string& file) {
  const std::string path = FormatFile(file);
  if (!Exists(path)) return std::string();
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::Status ResolveFormat(DiskSpec& disk) {
  ABSL_ASSIGN_OR_RETURN(const std::string kept, KeptFormat(disk.file));
  if (disk.format.empty()) disk.format = kept;
  if (disk.format.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--disk: ", disk.file,
        " exists, and nothing says its format; a guest may have written the "
        "header of any format into it, so it is not looked at. Say what it was made as: ",
        DiskFlag(disk, ",format=raw"), ", or qcow2, vmdk, vhdx, vdi or vpc"));
  }
  if (kept.empty() || kept == disk.format) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--disk: ", disk.file, " was made as ", kept, "; found format=", disk.format,
      ". Write format=", kept, "; if the file is another one now, remove ", FormatFile(disk.file)));
}

// What `qemu-img info` says of a file that is read as the disk's format.
absl::StatusOr<nlohmann::json> InfoOf(const DiskSpec& disk, const std::string& qemu_img) {
  ABSL_ASSIGN_OR_RETURN(
      const FinishedProcess info,
      RunToEnd({qemu_img, "info", "--force-share", "--output=json", "-f", disk.format, disk.file},
               std::chrono::minutes(5)));
  if (!info.status.success()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--disk: ", disk.file, " cannot be read as ", disk.format, ": ",
        absl::StripAsciiWhitespace(info.output), ". If it has another format, correct format=",
        Exists(FormatFile(disk.file)) ? absl::StrCat(" and ", FormatFile(disk.file)) : ""));
  }
  nlohmann::json parsed = nlohmann::json::parse(info.output, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_object()) return parsed;
  return absl::InternalError(absl::StrCat("qemu-img info says of ", disk.file, ": ", info.output));
}

// The other file that an image reads or writes, if there is one: a backing file, the external data
// file of a qcow2, an extent of a VMDK.
std::string OtherFile(const nlohmann::json& info, const std::string& file) {
  std::string other = info.value("backing-filename", "");
  if (!other.empty()) return other;
  const nlohmann::json specific =
      info.value(nlohmann::json::json_pointer("/format-specific/data"), nlohmann::json::object());
  other = specific.value("data-file", "");
  if (!other.empty()) return other;
  for (const nlohmann::json& extent : specific.value("extents", nlohmann::json::array())) {
    other = extent.value("filename", "");
    std::error_code error;
    if (!std::filesystem::equivalent(other, file, error)) return other;
  }
  return "";
}

absl::Status CheckDisk(const DiskSpec& disk) {
  // Any bytes are a raw disk.
  if (disk.format == "raw") return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string qemu_img, FindProgram("qemu-img", "qemu-utils"));
  ABSL_ASSIGN_OR_RETURN(const nlohmann::json info, InfoOf(disk, qemu_img));
  const std::string other = OtherFile(info, disk.file);
  if (other.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--disk: ", disk.file, " refers to the file \"", other,
      "\", which the guest could then read; expected an image that stands alone. Make one: "
      "qemu-img convert -O qcow2 ",
      disk.file, " new.qcow2"));
}

absl::Status CreateDisk(const DiskSpec& disk) {
  ABSL_ASSIGN_OR_RETURN(const std::string qemu_img, FindProgram("qemu-img", "qemu-utils"));
  // First, so that no disk is ever without.
  ABSL_RETURN_IF_ERROR(WriteFile(FormatFile(disk.file), absl::StrCat(disk.format, "\n")));
  ABSL_ASSIGN_OR_RETURN(const FinishedProcess made,
                        RunToEnd({qemu_img, "create", "-q", "-f", disk.format, disk.file,
                                  absl::StrCat(disk.size_mib, "M")},
                                 std::chrono::minutes(5)));
  if (made.status.success()) return absl::OkStatus();
  std::error_code ignored;
  std::filesystem::remove(FormatFile(disk.file), ignored);
  return absl::InternalError(absl::StrCat("qemu-img could not make ", disk.file, ": ",
                                          absl::StripAsciiWhitespace(made.output)));
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
    ABSL_RETURN_IF_ERROR(ResolveFormat(disk));
    return disk;
  }
  if (disk.size_mib == 0) {
    return absl::NotFoundError(absl::StrCat("--disk: ", disk.file,
                                            " does not exist; add size=, for example ",
                                            DiskFlag(disk, ",size=4G"), ", to have it made"));
  }
  if (disk.format.empty()) disk.format = "qcow2";
  return disk;
}

DiskSpec BuiltDisk(const std::string& file) {
  constexpr std::pair<std::string_view, std::string_view> kFormats[] = {
      {".qcow2", "qcow2"}, {".vmdk", "vmdk"}, {".vhd", "vpc"}, {".vhdx", "vhdx"}, {".vdi", "vdi"}};
  DiskSpec disk = {.file = file, .format = "raw", .snapshot = true};
  for (const auto& [suffix, format] : kFormats) {
    if (file.ends_with(suffix)) disk.format = format;
  }
  return disk;
}

absl::Status PrepareDisk(const DiskSpec& disk) {
  return Exists(disk.file) ? CheckDisk(disk) : CreateDisk(disk);
}

}  // namespace linuxkit
