#include "tools/qemu/find_program.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

bool IsProgram(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::string SearchPath(std::string_view name) {
  const char* const path = getenv("PATH");
  for (const std::string_view dir : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    std::string candidate = absl::StrCat(dir.empty() ? "." : dir, "/", name);
    if (IsProgram(candidate)) return candidate;
  }
  return "";
}

}  // namespace

absl::StatusOr<std::string> FindProgram(std::string_view name, std::string_view debian_package) {
  std::string found = SearchPath(name);
  if (!found.empty()) return found;
  return absl::NotFoundError(absl::StrCat(
      "found no ", name, " in PATH; install it (Debian: apt-get install ", debian_package, ")"));
}

absl::StatusOr<std::string> FindQemu(std::string_view arch, std::string_view override_path) {
  const std::string name = absl::StrCat("qemu-system-", arch);
  if (!override_path.empty()) {
    if (IsProgram(std::string(override_path))) return std::string(override_path);
    return absl::NotFoundError(
        absl::StrCat("--qemu=", override_path, ": not an executable file; expected a ", name));
  }
  std::string found = SearchPath(name);
  if (!found.empty()) return found;
  return absl::NotFoundError(
      absl::StrCat("found no ", name, " in PATH; install it (Debian: apt-get install qemu-system-",
                   arch == "aarch64" ? "arm" : "x86", ") or give its path with --qemu"));
}

}  // namespace linuxkit
