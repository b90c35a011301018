#include "tools/bundle/container_mounts.h"

#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/spec/mounts.h"

namespace linuxkit {
namespace {

void AddDefault(std::string_view destination, std::string_view type, std::string_view options,
                MountTable& mounts) {
  Mount mount;
  mount.set_destination(std::string(destination));
  mount.set_type(std::string(type));
  mount.set_source(std::string(type));
  for (const std::string_view option : absl::StrSplit(options, ' ')) {
    mount.add_options(std::string(option));
  }
  mounts[mount.destination()] = std::move(mount);
}

MountTable DefaultMounts(bool readonly, bool readonly_sys) {
  MountTable mounts;
  AddDefault("/proc", "proc", "nosuid nodev noexec relatime", mounts);
  AddDefault("/dev", "tmpfs", "nosuid strictatime mode=755 size=65536k", mounts);
  AddDefault("/dev/pts", "devpts", "nosuid noexec newinstance ptmxmode=0666 mode=0620", mounts);
  AddDefault("/sys", "sysfs", "nosuid noexec nodev", mounts);
  AddDefault("/sys/fs/cgroup", "cgroup", "nosuid noexec nodev relatime ro", mounts);
  if (readonly) mounts["/dev"].add_options("ro");
  if (readonly_sys) mounts["/sys"].add_options("ro");
  return mounts;
}

}  // namespace

absl::StatusOr<MountTable> ContainerMounts(const Container& container, Profile profile) {
  const bool readonly = container.readonly();
  MountTable mounts = DefaultMounts(readonly, readonly || profile == Profile::kHardened);
  for (const std::string& text : container.tmpfs().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, ParseTmpfs(text));
    mounts[mount.destination()] = std::move(mount);
  }
  for (const std::string& text : container.binds().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, ParseBind(text));
    mounts[mount.destination()] = std::move(mount);
  }
  for (const Mount& given : container.mounts().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, CompleteMount(given));
    mounts[mount.destination()] = std::move(mount);
  }
  return mounts;
}

const Mount* MountOf(std::string_view path, const MountTable& mounts) {
  const Mount* nearest = nullptr;
  for (const auto& [destination, mount] : mounts) {
    const bool is_nearer =
        nearest == nullptr || destination.size() >= nearest->destination().size();
    if (LiesIn(path, destination) && is_nearer) nearest = &mount;
  }
  return nearest;
}

bool IsReadonly(const Mount& mount) { return absl::c_linear_search(mount.options(), "ro"); }

bool LiesIn(std::string_view path, std::string_view directory) {
  directory = absl::StripSuffix(directory, "/");
  return path == directory || absl::StartsWith(path, absl::StrCat(directory, "/"));
}

}  // namespace linuxkit
