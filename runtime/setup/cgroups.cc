#include "runtime/setup/cgroups.h"

#include <sys/mount.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

constexpr unsigned long kFlags = MS_NODEV | MS_NOSUID | MS_NOEXEC;
constexpr char kBase[] = "/sys/fs/cgroup";

void Mount(const std::string& type, const std::string& target, const std::string& data) {
  SayIfError(MakeDirectories(target));
  if (mount(type.c_str(), target.c_str(), type.c_str(), kFlags, data.c_str()) != 0) {
    SayIfError(SystemError(errno, absl::StrCat("mount ", type, " ", data, " on ", target)));
  }
}

void MountVersion1() {
  if (mount("cgroup_root", kBase, "tmpfs", kFlags, "mode=755,size=10m") != 0) {
    SayIfError(SystemError(errno, "mount tmpfs on /sys/fs/cgroup"));
  }
  const absl::StatusOr<std::string> text = ReadFile("/proc/cgroups");
  if (!SayIfError(text.status())) return;
  for (const std::string& controller : EnabledControllers(*text)) {
    Mount("cgroup", absl::StrCat(kBase, "/", controller), controller);
  }
  // Gone since Linux 5.11, where it is always on.
  (void)WriteFile(absl::StrCat(kBase, "/memory/memory.use_hierarchy"), "1");
  Mount("cgroup", absl::StrCat(kBase, "/systemd"), "none,name=systemd");
}

}  // namespace

void MountCgroups(const KernelCommandLine& command_line) {
  if (command_line.HasWord("linuxkit.unified_cgroup_hierarchy=0")) {
    MountVersion1();
  } else {
    Mount("cgroup2", kBase, "");
  }
}

std::vector<std::string> EnabledControllers(std::string_view text) {
  // Lines are `name hierarchy number enabled` after a header that starts with `#`.
  std::vector<std::string> controllers;
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string_view> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (fields.size() == 4 && !fields[0].starts_with('#') && fields[3] == "1") {
      controllers.emplace_back(fields[0]);
    }
  }
  return controllers;
}

void CreateCgroup(const std::string& base, std::string_view name) {
  if (Exists(absl::StrCat(base, "/cgroup.controllers"))) {
    SayIfError(MakeDirectories(absl::StrCat(base, "/", name)));
    return;
  }
  const absl::StatusOr<std::vector<std::string>> controllers = ListDirectory(base);
  if (!SayIfError(controllers.status())) return;
  for (const std::string& controller : *controllers) {
    SayIfError(MakeDirectories(absl::StrCat(base, "/", controller, "/", name)));
  }
}

}  // namespace linuxkit
