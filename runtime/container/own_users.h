// The root file system of a container with users of its own.
//
// The files of an image belong to users of the system, who are nobody in the container's user
// namespace, so they are given to the container's. Mounts that show other owners (MOUNT_ATTR_IDMAP)
// would do it at once, but the kernel has them neither for an initramfs nor for an overlay.
#ifndef RUNTIME_CONTAINER_OWN_USERS_H_
#define RUNTIME_CONTAINER_OWN_USERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace linuxkit {

struct IdMapping {
  uint32_t container = 0;
  uint32_t host = 0;
  uint32_t size = 0;

  friend bool operator==(const IdMapping&, const IdMapping&) = default;
};

struct UserMappings {
  std::vector<IdMapping> users;
  std::vector<IdMapping> groups;
};

// The id outside of the container that `id` in it is; nothing if no mapping has it.
std::optional<uint32_t> HostId(const std::vector<IdMapping>& mappings, uint32_t id);

// Gives `root` and what is below it from the users and groups of the
// image to those of the container. What no mapping has stays. On an overlay with metacopy=on this
// costs an inode in memory for each file, and no content.
absl::Status GiveToContainer(const std::string& root, const UserMappings& mappings);

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_OWN_USERS_H_
