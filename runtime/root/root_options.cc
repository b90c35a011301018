#include "runtime/root/root_options.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr char kRootHash[] = "linuxkit.verity_root_hash";
constexpr char kHashOffset[] = "linuxkit.verity_hash_offset";
constexpr char kOnCorruption[] = "linuxkit.verity_on_corruption";
// Of sha256.
constexpr size_t kHashDigits = 64;

absl::Status WrongWord(std::string_view key, std::string_view value, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(key, "=", value, ": expected ", expected));
}

absl::StatusOr<std::string> ValueOr(const KernelCommandLine& line, std::string_view key,
                                    std::string_view fallback) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> value, line.Value(key));
  return value.value_or(std::string(fallback));
}

absl::Status ParseDevice(const KernelCommandLine& line, RootOptions& options) {
  constexpr std::string_view kForms = "/dev/NAME, PARTUUID=UUID or PARTLABEL=NAME";
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> root, line.Value("root"));
  if (!root) {
    return absl::InvalidArgumentError(
        absl::StrCat("found no root= on the kernel command line; expected root=", kForms));
  }
  for (const std::string_view form : {"/dev/", "PARTUUID=", "PARTLABEL="}) {
    if (root->starts_with(form) && root->size() > form.size()) {
      options.device = *root;
      return absl::OkStatus();
    }
  }
  return WrongWord("root", *root, kForms);
}

absl::Status ParseWait(const KernelCommandLine& line, RootOptions& options) {
  if (line.HasWord("rootwait")) options.wait = std::nullopt;
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text, line.Value("rootwait"));
  if (!text) return absl::OkStatus();
  uint32_t seconds = 0;
  if (!absl::SimpleAtoi(*text, &seconds)) {
    return WrongWord("rootwait", *text, "a number of seconds");
  }
  options.wait = std::chrono::seconds(seconds);
  return absl::OkStatus();
}

absl::Status ParseOverlay(const KernelCommandLine& line, RootOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::string kind, ValueOr(line, "linuxkit.root_rw", "tmpfs"));
  options.overlay = kind == "tmpfs";
  if (kind == "tmpfs" || kind == "none") return absl::OkStatus();
  return WrongWord("linuxkit.root_rw", kind, "none or tmpfs");
}

absl::StatusOr<std::string> ParseOnCorruption(const KernelCommandLine& line) {
  ABSL_ASSIGN_OR_RETURN(const std::string action, ValueOr(line, kOnCorruption, "panic"));
  if (action == "panic" || action == "restart") return absl::StrCat(action, "_on_corruption");
  if (action == "eio") return std::string();
  return WrongWord(kOnCorruption, action, "panic, restart or eio");
}

absl::Status ParseVerity(const KernelCommandLine& line, RootOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> hash, line.Value(kRootHash));
  ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> offset, line.Value(kHashOffset));
  if (hash.has_value() != offset.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("found ", hash ? kRootHash : kHashOffset,
                                                   "= without ", hash ? kHashOffset : kRootHash,
                                                   "=; expected both"));
  }
  if (!hash) return absl::OkStatus();
  VerityOptions verity{.root_hash = absl::AsciiStrToLower(*hash)};
  const auto is_hex = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
  if (hash->size() != kHashDigits || !std::all_of(hash->begin(), hash->end(), is_hex)) {
    return WrongWord(kRootHash, *hash, "64 hex digits");
  }
  if (!absl::SimpleAtoi(*offset, &verity.hash_offset) || verity.hash_offset == 0) {
    return WrongWord(kHashOffset, *offset, "a number of bytes above 0");
  }
  ABSL_ASSIGN_OR_RETURN(verity.on_corruption, ParseOnCorruption(line));
  options.verity = std::move(verity);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RootOptions> ParseRootOptions(const KernelCommandLine& line) {
  RootOptions options;
  ABSL_ASSIGN_OR_RETURN(options.type, ValueOr(line, "rootfstype", ""));
  ABSL_ASSIGN_OR_RETURN(options.flags, ValueOr(line, "rootflags", ""));
  ABSL_ASSIGN_OR_RETURN(options.file, ValueOr(line, "linuxkit.root_file", ""));
  ABSL_ASSIGN_OR_RETURN(options.init, ValueOr(line, "init", ""));
  ABSL_RETURN_IF_ERROR(ParseDevice(line, options));
  ABSL_RETURN_IF_ERROR(ParseWait(line, options));
  ABSL_RETURN_IF_ERROR(ParseOverlay(line, options));
  ABSL_RETURN_IF_ERROR(ParseVerity(line, options));
  return options;
}

}  // namespace linuxkit
