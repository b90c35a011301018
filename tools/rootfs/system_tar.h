// The tar forms of a system (LinuxKit format, sections 2.6 and 6.1-6.3).
//
//   `root`     the tree that boots, nothing else: what the file system images are made of
//   `tar`      with boot/cmdline, boot/kernel and boot/ucode.cpio
//   `docker`   the same with a Dockerfile
//
// They differ from LinuxKit's on purpose: a path comes once, with what is there in the end; the
// root has an entry; the content of a container image is under containers/images/CHAIN_ID; there
// are no LINUXKIT.* records, which serve its --input-tar, and no user names; PAX headers only
// where an entry needs one; no SBOM.
#ifndef TOOLS_ROOTFS_SYSTEM_TAR_H_
#define TOOLS_ROOTFS_SYSTEM_TAR_H_

#include <string>

#include "absl/status/status.h"
#include "tools/base/stream.h"
#include "tools/rootfs/system_tree.h"

namespace linuxkit {

// Paths of the files a system is booted with; each may be empty.
struct BootFiles {
  std::string kernel;
  std::string initrd;
  std::string cmdline;
  std::string ucode;
};

// mksquashfs wants no entry for the root directory.
enum class RootEntry { kFirst, kLeftOut };
absl::Status WriteRootTar(const SystemTree& tree, RootEntry root, ByteSink& sink);

// `boot.initrd` plays no part. A file of the system where one of those belongs is an error.
absl::Status WriteSystemTar(const SystemTree& tree, const BootFiles& boot, bool with_dockerfile,
                            ByteSink& sink);

// `tar-kernel-initrd`: the members kernel, initrd.img, cmdline and ucode.cpio, without those that
// are empty. The initrd is the one that `boot.ucode` begins, if there is one; that part is left
// out.
absl::Status WriteBootFilesTar(const BootFiles& boot, ByteSink& sink);

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_SYSTEM_TAR_H_
