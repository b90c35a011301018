#include "tools/bundle/kernel_settings.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "tools/bundle/container_mounts.h"

namespace linuxkit {
namespace {

constexpr std::string_view kSettings[] = {"/proc/sys", "/proc/sysrq-trigger", "/sys/bus/pci"};

bool HasOneAbove(const StringList& paths, std::string_view path) {
  return std::any_of(paths.values().begin(), paths.values().end(),
                     [path](const std::string& above) { return LiesIn(path, above); });
}

// `root` and `host` are the system's own namespace. What uses another one's user 0 may do is not
// known.
bool HasUsersOfTheSystem(const Container& container) {
  const std::string& users = container.userns();
  return users.empty() || users == "root" || users == "host";
}

}  // namespace

absl::StatusOr<bool> WritesKernelSettings(const Container& container, const IdTable& ids,
                                          Profile profile) {
  ABSL_ASSIGN_OR_RETURN(const uint32_t user, ResolveId(container.uid(), ids));
  if (user != 0 || !HasUsersOfTheSystem(container)) return false;
  ABSL_ASSIGN_OR_RETURN(const MountTable mounts, ContainerMounts(container, profile));
  return std::any_of(std::begin(kSettings), std::end(kSettings), [&](const std::string_view path) {
    const Mount* const mount = MountOf(path, mounts);
    return mount != nullptr && !IsReadonly(*mount) &&
           !HasOneAbove(container.masked_paths(), path) &&
           !HasOneAbove(container.readonly_paths(), path);
  });
}

}  // namespace linuxkit
