#include "tools/qemu/memory.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr int64_t kMib = 1 << 20;
constexpr int64_t kDefaultMib = 1024;  // LinuxKit's
constexpr int64_t kTmpfsKernelMib = 40;
constexpr int64_t kRamfsKernelMib = 70;
// initrd_addr_max of the x86 boot protocol is 2 GiB - 1; QEMU places the initrd below it.
constexpr int64_t kInitrdLimitMib = 2047;

int64_t RoundUpToMib(int64_t bytes) { return (bytes + kMib - 1) / kMib; }

std::string Formula(const MemoryNeed& need) {
  const std::string unpacked = absl::StrCat(RoundUpToMib(need.unpacked_bytes), " MiB unpacked");
  const std::string rest = absl::StrCat(" + ", RoundUpToMib(need.initrd_bytes), " MiB initrd + ");
  if (need.ramfs_root) return absl::StrCat(unpacked, rest, kRamfsKernelMib, " MiB");
  return absl::StrCat("2 * ", unpacked, rest, kTmpfsKernelMib,
                      " MiB; the root tmpfs may use only half of the memory");
}

absl::Status CheckInitrdLoads(const MemoryNeed& need) {
  if (RoundUpToMib(need.initrd_bytes) <= kInitrdLimitMib) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the initrd has ", RoundUpToMib(need.initrd_bytes), " MiB, but must be loaded below ",
      kInitrdLimitMib, " MiB; use a squashfs or erofs root for an image of this size"));
}

}  // namespace

bool HasRamfsRoot(std::string_view cmdline) {
  bool ramfs = false;
  for (const std::string_view word : absl::StrSplit(cmdline, absl::ByAnyChar(" \t\n"))) {
    if (word.starts_with("root=")) ramfs = true;
    if (word.starts_with("rootfstype=")) return word.find("tmpfs") == std::string_view::npos;
  }
  return ramfs;
}

int64_t MinimumMemoryMib(const MemoryNeed& need) {
  if (need.ramfs_root) {
    return RoundUpToMib(need.unpacked_bytes + need.initrd_bytes) + kRamfsKernelMib;
  }
  return RoundUpToMib(2 * need.unpacked_bytes + need.initrd_bytes) + kTmpfsKernelMib;
}

absl::StatusOr<int64_t> ChooseMemoryMib(const MemoryNeed& need, std::optional<int64_t> asked_mib) {
  ABSL_RETURN_IF_ERROR(CheckInitrdLoads(need));
  const int64_t minimum = MinimumMemoryMib(need);
  if (!asked_mib) return std::max(kDefaultMib, minimum);
  if (*asked_mib >= minimum) return *asked_mib;
  return absl::InvalidArgumentError(absl::StrCat(
      "--mem=", *asked_mib, ": this image needs at least ", minimum, " MiB (", Formula(need),
      "). With less the kernel silently leaves out files. Give --mem=", minimum,
      " or more, or leave --mem out."));
}

}  // namespace linuxkit
