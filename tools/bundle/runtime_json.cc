#include "tools/bundle/runtime_json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/bundle/oci_json.h"

namespace linuxkit {
namespace {

Mount& AddMount(std::string destination, MountList& mounts) {
  Mount& mount = *mounts.add_values();
  mount.set_destination(std::move(destination));
  return mount;
}

void AddBind(const BundlePaths& paths, MountList& mounts) {
  Mount& bind = AddMount(absl::StrCat("/", paths.bundle, "/rootfs"), mounts);
  bind.set_source(absl::StrCat("/", paths.image_root));
  bind.add_options("bind");
}

void AddOverlay(const BundlePaths& paths, bool has_own_users, MountList& mounts) {
  const std::string tmp = absl::StrCat("/", paths.bundle, "/tmp");
  Mount& tmpfs = AddMount(tmp, mounts);
  tmpfs.set_type("tmpfs");
  tmpfs.set_source("tmpfs");
  // The upper side must not be seen by other mount namespaces.
  Mount& remount = AddMount(tmp, mounts);
  remount.add_options("remount");
  remount.add_options("private");
  Mount& overlay = AddMount(absl::StrCat("/", paths.bundle, "/rootfs"), mounts);
  overlay.set_type("overlay");
  overlay.set_source("overlay");
  overlay.add_options(absl::StrCat("lowerdir=/", paths.image_root));
  overlay.add_options(absl::StrCat("upperdir=", tmp, "/upper"));
  overlay.add_options(absl::StrCat("workdir=", tmp, "/work"));
  // A new owner copies no content.
  if (has_own_users) overlay.add_options("metacopy=on");
}

OrderedJson MountsJson(const Container& container, const BundlePaths& paths, Profile profile) {
  MountList mounts;
  if (HasOverlay(container, profile)) {
    AddOverlay(paths, HasOwnUsers(container, profile), mounts);
  } else {
    AddBind(paths, mounts);
  }
  mounts.MergeFrom(container.runtime().mounts());
  OrderedJson json = OrderedJson::array();
  for (const Mount& mount : mounts.values()) json.push_back(MountJson(mount));
  return json;
}

// Every key stands, set or not.
OrderedJson BindNsJson(const Runtime::BindNs& bind) {
  return {{"cgroup", bind.cgroup()}, {"ipc", bind.ipc()}, {"mnt", bind.mnt()},
          {"net", bind.net()},       {"pid", bind.pid()}, {"user", bind.user()},
          {"uts", bind.uts()}};
}

}  // namespace

bool HasOverlay(const Container& container, Profile profile) {
  return !container.readonly() || HasOwnUsers(container, profile);
}

std::string BuildRuntimeJson(const Container& container, const BundlePaths& paths,
                             Profile profile) {
  const Runtime& runtime = container.runtime();
  OrderedJson json = OrderedJson::object();
  json["cgroups"] = ListJson(runtime.cgroups());
  json["mounts"] = MountsJson(container, paths, profile);
  json["mkdir"] = ListJson(runtime.mkdir());
  json["interfaces"] = OrderedJson::array();
  for (const Interface& interface : runtime.interfaces().values()) {
    json["interfaces"].push_back(MessageJson(interface));
  }
  json["bindNS"] = BindNsJson(runtime.bind_ns());
  json["namespace"] = runtime.namespace_();
  // No keys of LinuxKit's, whose init passes over them.
  if (HasOwnUsers(container, profile)) {
    AddMappings("uidMappings", container.uid_mappings(), json);
    AddMappings("gidMappings", container.gid_mappings(), json);
  }
  return FormatJson(json);
}

}  // namespace linuxkit
