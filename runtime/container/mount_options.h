// The `options` of a mount in a runtime.json, as mount(2) wants them.
//
//   ParseMountOptions({"ro", "bind", "size=1m"});   // flags MS_RDONLY | MS_BIND, data "size=1m"
#ifndef RUNTIME_CONTAINER_MOUNT_OPTIONS_H_
#define RUNTIME_CONTAINER_MOUNT_OPTIONS_H_

#include <string>
#include <vector>

namespace linuxkit {

struct MountOptions {
  unsigned long flags = 0;
  // What is not a flag, for the file system, joined by commas.
  std::string data;
  // Values of `upperdir=` and `workdir=`: directories that must exist before the mount.
  std::vector<std::string> directories;
};

MountOptions ParseMountOptions(const std::vector<std::string>& options);

}  // namespace linuxkit

#endif  // RUNTIME_CONTAINER_MOUNT_OPTIONS_H_
