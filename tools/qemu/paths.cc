#include "tools/qemu/paths.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {
namespace {

std::string Variable(const char* name) {
  const char* const value = getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string Paths::OfUser(std::string_view path) const {
  if (user_dir.empty() || path.starts_with('/')) return std::string(path);
  return absl::StrCat(user_dir, "/", path);
}

std::string Paths::OfRule(std::string_view path) const {
  std::error_code error;
  for (const std::string& place :
       {std::string(path), absl::StrCat(runfiles_dir, runfiles_dir.empty() ? "" : "/", path)}) {
    if (std::filesystem::exists(place, error)) return std::filesystem::absolute(place, error);
  }
  return std::string(path);
}

Paths PathsOfProgram(std::string_view argv0) {
  const size_t outputs = argv0.rfind("/bazel-out/");
  return {
      .user_dir = Variable("BUILD_WORKING_DIRECTORY"),
      .runfiles_dir = absl::StrCat(argv0, ".runfiles/_main"),
      .workspace_dir = Variable("BUILD_WORKSPACE_DIRECTORY"),
      .exec_root = outputs == argv0.npos ? "" : std::string(argv0.substr(0, outputs)),
  };
}

std::string DefaultStateDir(std::string_view name) {
  std::string base = Variable("XDG_STATE_HOME");
  if (base.empty() && !Variable("HOME").empty()) {
    base = absl::StrCat(Variable("HOME"), "/.local/state");
  }
  if (base.empty()) {
    const std::string temporary = Variable("TMPDIR");
    // One level below a directory that others may write to, so that the directory itself can be
    // checked.
    return absl::StrCat(temporary.empty() ? "/tmp" : temporary, "/rules_linuxkit-", geteuid(), "-",
                        absl::StrReplaceAll(name, {{"/", "-"}}));
  }
  return absl::StrCat(base, "/rules_linuxkit/", name);
}

}  // namespace linuxkit
