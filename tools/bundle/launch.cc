#include "tools/bundle/launch.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/bundle/container_mounts.h"
#include "tools/spec/paths.h"

namespace linuxkit {
namespace {

constexpr std::string_view kPathVariable = "PATH=";

// The part of a destination of runtime.json that lies in the container's root; nothing for one
// elsewhere in the system.
std::optional<std::string> InRoot(std::string_view destination, const BundlePaths& paths) {
  if (!absl::StartsWith(destination, "/")) return absl::StrCat("/", destination);
  const std::string rootfs = absl::StrCat("/", paths.bundle, "/rootfs");
  if (!absl::ConsumePrefix(&destination, rootfs)) return std::nullopt;
  return absl::StrCat("/", destination);
}

// A path of the system below or above that of containers and their images. Volumes have no part in
// what starts.
bool LeadsToContainers(std::string_view path) {
  if (!absl::StartsWith(path, "/")) return false;
  // What leads out of the root ends there.
  const std::string clean = CleanPath(path).value_or(".");
  return clean == "." || clean == "containers" ||
         (absl::StartsWith(clean, "containers/") &&
          !absl::StartsWith(clean, "containers/volumes/"));
}

// Notes a destination of runtime.json, where something is put before the container is created.
void AddDestination(const std::string& destination, const BundlePaths& paths, Launch& launch) {
  if (const std::optional<std::string> path = InRoot(destination, paths)) {
    launch.add_changed(*path);
  } else if (LeadsToContainers(destination)) {
    launch.set_changes_others(true);
  }
}

}  // namespace

absl::StatusOr<Launch> MakeLaunch(const Container& container, const BundlePaths& paths,
                                  Profile profile) {
  ABSL_ASSIGN_OR_RETURN(const MountTable mounts, ContainerMounts(container, profile));
  Launch launch;
  launch.set_image(container.image());
  launch.set_root(paths.image_root);
  launch.set_program(container.command().values(0));
  for (const std::string& variable : container.env().values()) {
    std::string_view value = variable;
    if (absl::ConsumePrefix(&value, kPathVariable)) launch.set_path_variable(std::string(value));
  }
  launch.set_working_directory(container.cwd());
  launch.set_readonly(container.readonly());
  for (const auto& [destination, mount] : mounts) {
    launch.add_mounts(destination);
    if (!IsReadonly(mount) && LeadsToContainers(mount.source())) launch.set_changes_others(true);
  }
  for (const Mount& mount : container.runtime().mounts().values()) {
    AddDestination(mount.destination(), paths, launch);
  }
  for (const std::string& directory : container.runtime().mkdir().values()) {
    AddDestination(directory, paths, launch);
  }
  return launch;
}

}  // namespace linuxkit
