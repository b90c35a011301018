// How much memory a machine needs to unpack its initrd. Too little is not an error to the kernel:
// it drops the files that do not fit and boots on. So the runner computes the minimum and refuses
// less.
//
// Measured: with a tmpfs root, whose size is limited to half of the memory, 2 * unpacked + initrd +
// about 40 MiB; with a ramfs root (root= or rootfstype=ramfs on the command line) unpacked + initrd
// + about 70 MiB.
#ifndef TOOLS_QEMU_MEMORY_H_
#define TOOLS_QEMU_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

struct MemoryNeed {
  int64_t initrd_bytes = 0;
  int64_t unpacked_bytes = 0;
  bool ramfs_root = false;
};

// True if the kernel takes ramfs for the initial root with this command line.
bool HasRamfsRoot(std::string_view cmdline);

int64_t MinimumMemoryMib(const MemoryNeed& need);

// The machine's memory: `asked_mib` (of --mem) if it is enough, else an error with the formula and
// its numbers; with nothing asked for, the larger of 1024 and the minimum.
absl::StatusOr<int64_t> ChooseMemoryMib(const MemoryNeed& need, std::optional<int64_t> asked_mib);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_MEMORY_H_
