#include "runtime/modules/module_loader.h"

#include <fcntl.h>
#include <ftw.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

bool IsCompressed(std::string_view path) {
  return path.ends_with(".xz") || path.ends_with(".zst") || path.ends_with(".gz");
}

std::set<std::string> ModuleAliases(const std::string& sys_devices) {
  std::set<std::string> aliases;
  std::error_code error;
  // Links are not followed: below /sys/devices every device is once a directory, and links lead in
  // circles.
  auto walk = std::filesystem::recursive_directory_iterator(
      sys_devices, std::filesystem::directory_options::skip_permission_denied, error);
  for (const auto end = std::filesystem::recursive_directory_iterator(); !error && walk != end;
       walk.increment(error)) {
    if (walk->path().filename() != "modalias") continue;
    const absl::StatusOr<std::string> alias = ReadFile(walk->path());
    if (alias.ok()) aliases.insert(std::string(absl::StripAsciiWhitespace(*alias)));
  }
  aliases.erase("");
  return aliases;
}

}  // namespace

ModuleLoader::ModuleLoader(ModuleIndex index, Insert insert)
    : index_(std::move(index)), insert_(std::move(insert)) {}

ModuleIndex IndexOfRunningKernel() {
  utsname name{};
  uname(&name);
  std::string directory = absl::StrCat("/lib/modules/", name.release);
  if (!Exists(directory)) directory = absl::StrCat("/usr", directory);
  return ModuleIndex::Load(directory, {"/etc/modprobe.d", "/lib/modprobe.d"});
}

absl::Status ModuleLoader::Load(std::string_view name_or_alias, bool use_blacklist) {
  const std::vector<std::string> names = index_.Resolve(name_or_alias);
  if (names.empty() && !index_.IsBuiltin(name_or_alias)) {
    return absl::NotFoundError(absl::StrCat(name_or_alias, ": no such module or alias"));
  }
  absl::Status result;
  for (const std::string& name : names) {
    if (use_blacklist && index_.IsBlacklisted(name)) continue;
    result.Update(LoadModule(name));
  }
  return result;
}

absl::Status ModuleLoader::LoadModule(const std::string& name) {
  for (const Module& module : index_.LoadOrder(name)) {
    // Also a failed module is not tried again: every device with the same alias would repeat its
    // error.
    if (!tried_.insert(module.name).second) continue;
    if (absl::Status status = insert_(module); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status InsertModule(const Module& module) {
  const Fd fd(open(module.path.c_str(), O_RDONLY | O_CLOEXEC));
  // Not "not found": that is for devices and aliases nobody knows, and this file is in modules.dep.
  if (!fd.ok()) {
    return absl::FailedPreconditionError(SystemError(errno, module.path).message());
  }
  const int flags = IsCompressed(module.path) ? MODULE_INIT_COMPRESSED_FILE : 0;
  if (syscall(SYS_finit_module, fd.get(), module.options.c_str(), flags) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  return SystemError(errno, absl::StrCat("insert module ", module.path));
}

void LoadModulesOfDevices(ModuleLoader& loader, const std::string& sys_devices) {
  std::set<std::string> known;
  for (bool found_new = true; found_new;) {
    found_new = false;
    for (const std::string& alias : ModuleAliases(sys_devices)) {
      if (!known.insert(alias).second) continue;
      found_new = true;
      const absl::Status status = loader.Load(alias, /*use_blacklist=*/true);
      // ENODEV: the driver looked and the device is not the one it wants.
      if (!absl::IsNotFound(status)) SayIfError(status);
    }
  }
}

}  // namespace linuxkit
