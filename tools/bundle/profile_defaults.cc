#include "tools/bundle/profile_defaults.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/types/span.h"
#include "tools/bundle/container_mounts.h"

namespace linuxkit {
namespace {

// Files that tell about the whole machine (memory, keys, timers, power, firmware) or drive it.
constexpr std::string_view kMaskedPaths[] = {
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
};

// Settings of the whole machine that user 0 could write without a capability.
constexpr std::string_view kReadonlyPaths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

bool IsBind(const Mount& mount) {
  return mount.type() == "bind" ||
         std::any_of(mount.options().begin(), mount.options().end(), [](const std::string& option) {
           return option == "bind" || option == "rbind";
         });
}

void Fill(absl::Span<const std::string_view> paths, const MountTable& mounts, StringList& list) {
  for (const std::string_view path : paths) {
    const Mount* const mount = MountOf(path, mounts);
    if (mount == nullptr || !IsBind(*mount)) list.add_values(std::string(path));
  }
}

// The users of all containers are these, so that they share files as they do without namespaces,
// and none of them is one of the system's.
constexpr uint32_t kFirstHostId = 100000;
constexpr uint32_t kIds = 65536;

void MapAllIds(IdMappingList& mappings) {
  IdMapping& mapping = *mappings.add_values();
  mapping.set_container_id(0);
  mapping.set_host_id(kFirstHostId);
  mapping.set_size(kIds);
}

void GiveOwnUsers(const MountTable& mounts, Container& container) {
  if (!container.has_uid_mappings()) MapAllIds(*container.mutable_uid_mappings());
  if (!container.has_gid_mappings()) MapAllIds(*container.mutable_gid_mappings());
  const bool owns_network = container.net() == "new" || container.net() == "none";
  const auto sys = mounts.find("/sys");
  if (owns_network || sys == mounts.end() || sys->second.type() != "sysfs") return;
  Mount& bind = *container.mutable_mounts()->add_values();
  bind = sys->second;
  bind.set_type("bind");
  bind.set_source("/sys");
  bind.add_options("rbind");
}

}  // namespace

absl::Status SetProfileDefaults(Profile profile, Container& container) {
  if (profile == Profile::kLinuxkit) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const MountTable mounts, ContainerMounts(container, profile));
  if (!container.has_masked_paths()) {
    Fill(kMaskedPaths, mounts, *container.mutable_masked_paths());
  }
  if (!container.has_readonly_paths()) {
    Fill(kReadonlyPaths, mounts, *container.mutable_readonly_paths());
  }
  if (!container.has_no_new_privileges()) container.set_no_new_privileges(true);
  if (HasOwnUsers(container, profile)) GiveOwnUsers(mounts, container);
  return absl::OkStatus();
}

}  // namespace linuxkit
