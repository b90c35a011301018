// What the kernel command line says about the root file system. The kernel's own words mean what
// they mean to it; a `linuxkit.` word is ours. No word may stand twice with two values.
//
//   root=/dev/NAME, root=PARTUUID=UUID, root=PARTLABEL=NAME     the disk or partition
//   rootfstype=TYPE        default: what its first bytes say
//   rootflags=OPTIONS      for mount(2); default: none
//   rootwait, rootwait=N   how long to wait for the device, in seconds; default 30, without N: for
//   ever init=PATH              what to start; default: /sbin/init, or else /init
//   linuxkit.root_file=PATH            the root is an image file in the file system on `root`
//   linuxkit.root_rw=none|tmpfs        what takes the writes; default tmpfs, an overlay in memory
//   linuxkit.verity_root_hash=HEX      the root is read through dm-verity (tools/verity makes the
//   tree) linuxkit.verity_hash_offset=BYTES  where the superblock of its tree is on the same device
//   linuxkit.verity_on_corruption=panic|restart|eio    default panic
#ifndef RUNTIME_ROOT_ROOT_OPTIONS_H_
#define RUNTIME_ROOT_ROOT_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/command_line.h"

namespace linuxkit {

struct VerityOptions {
  std::string root_hash;  // lower-case hex digits
  uint64_t hash_offset = 0;
  // A word of the dm-verity table; empty: a read of a wrong block fails with EIO.
  std::string on_corruption = "panic_on_corruption";
};

struct RootOptions {
  std::string device;
  std::string type;   // empty: find out
  std::string flags;  // empty: none
  // Empty: for ever.
  std::optional<std::chrono::seconds> wait = std::chrono::seconds(30);
  std::string file;  // empty: the device itself
  bool overlay = true;
  std::optional<VerityOptions> verity;
  std::string init;  // empty: the usual places
};

// Errors name the word, what was found and what was expected.
absl::StatusOr<RootOptions> ParseRootOptions(const KernelCommandLine& line);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_ROOT_OPTIONS_H_
