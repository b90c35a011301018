#include "runtime/container/bundle.h"

#include <sys/mount.h>

#include <cerrno>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/container/mount_options.h"
#include "runtime/container/own_users.h"
#include "runtime/setup/cgroups.h"

namespace linuxkit {
namespace {

std::string InRootfs(const std::string& bundle, const std::string& path) {
  return path.starts_with('/') ? path : absl::StrCat(bundle, "/rootfs/", path);
}

absl::Status Mount(const std::string& source, const std::string& target, const std::string& type,
                   const MountOptions& options) {
  if (mount(source.c_str(), target.c_str(), type.c_str(), options.flags, options.data.c_str()) ==
      0) {
    return absl::OkStatus();
  }
  return SystemError(errno, absl::StrCat("mount ", type.empty() ? source : type, " on ", target,
                                         options.data.empty() ? "" : " with ", options.data));
}

absl::Status MountOne(const std::string& bundle, const BundleMount& entry) {
  const std::string target = InRootfs(bundle, entry.destination);
  const MountOptions options = ParseMountOptions(entry.options);
  ABSL_RETURN_IF_ERROR(MakeDirectories(target));
  for (const std::string& directory : options.directories) {
    ABSL_RETURN_IF_ERROR(MakeDirectories(directory));
  }
  return Mount(entry.source, target, entry.type, options);
}

absl::Status MountVolume(const std::string& volume) {
  const std::string lower = volume + "/lower";
  const std::string merged = volume + "/merged";
  const std::string tmp = volume + "/tmp";
  for (const std::string& directory : {lower, merged}) {
    if (!Exists(directory)) return SystemError(ENOENT, directory);
  }
  ABSL_RETURN_IF_ERROR(Mount("tmpfs", tmp, "tmpfs", {}));
  MountOptions options;
  options.flags = MS_RELATIME;
  options.data =
      absl::StrCat("lowerdir=", lower, ",upperdir=", tmp, "/upper,workdir=", tmp, "/work");
  ABSL_RETURN_IF_ERROR(MakeDirectories(tmp + "/upper"));
  ABSL_RETURN_IF_ERROR(MakeDirectories(tmp + "/work"));
  return Mount("overlay", merged, "overlay", options);
}

// A namespace is a file below /proc; a bind keeps it alive after its processes.
absl::Status BindNamespace(const NamespaceBind& bind, pid_t pid) {
  const std::string source = absl::StrCat("/proc/", pid, "/ns/", bind.key);
  ABSL_RETURN_IF_ERROR(MakeEmptyFile(bind.path));
  MountOptions options;
  options.flags = MS_BIND;
  return Mount(source, bind.path, "", options);
}

}  // namespace

absl::Status PrepareBundle(const std::string& bundle, const RuntimeConfig& config) {
  for (const BundleMount& mount : config.mounts) {
    ABSL_RETURN_IF_ERROR(MountOne(bundle, mount));
    // Before the next one is mounted, which may be in it.
    const std::string root = bundle + "/rootfs";
    const bool is_own = !config.mappings.users.empty() || !config.mappings.groups.empty();
    if (is_own && InRootfs(bundle, mount.destination) == root) {
      ABSL_RETURN_IF_ERROR(GiveToContainer(root, config.mappings));
    }
  }
  for (const std::string& path : config.mkdir) {
    ABSL_RETURN_IF_ERROR(MakeDirectories(InRootfs(bundle, path)));
  }
  for (const std::string& name : config.cgroups) CreateCgroup("/sys/fs/cgroup", name);
  return absl::OkStatus();
}

absl::Status PrepareProcess(const RuntimeConfig& config, pid_t pid) {
  for (const Interface& interface : config.interfaces) {
    ABSL_RETURN_IF_ERROR(ProvideInterface(interface, pid));
  }
  for (const NamespaceBind& bind : config.bind_namespaces) {
    ABSL_RETURN_IF_ERROR(BindNamespace(bind, pid));
  }
  return absl::OkStatus();
}

void ReleaseBundle(const std::string& bundle) { umount2((bundle + "/rootfs").c_str(), 0); }

absl::Status MountVolumes(const std::string& base) {
  absl::StatusOr<std::vector<std::string>> names = ListDirectory(base);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    ABSL_RETURN_IF_ERROR(MountVolume(absl::StrCat(base, "/", name)));
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
