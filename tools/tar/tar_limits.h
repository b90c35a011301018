// How much one archive may cost its reader. An entry can cost more than its own bytes (a global
// record counts for every entry, a hole of a sparse file is not stored), and a compressed archive
// can have a thousand times its bytes. So there is a limit for each sum, far above what real
// archives have.
#ifndef TOOLS_TAR_TAR_LIMITS_H_
#define TOOLS_TAR_TAR_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace linuxkit {

struct TarLimits {
  // Files, links, directories and devices. The largest images have about a million, and each takes
  // some hundred bytes of memory.
  uint64_t entries = 4'000'000;
  // Names, link targets and PAX records, those of global headers once for each entry, and
  // kRecordCost for each record. The same million entries have 100 MiB.
  uint64_t metadata_bytes = uint64_t{1} << 29;
  // Records of global headers. `git archive` writes one of 50 bytes.
  uint64_t global_bytes = uint64_t{1} << 16;
  // The archive itself plus holes of sparse files. What boots from it must fit into memory.
  uint64_t expanded_bytes = uint64_t{64} << 30;
};

// What keeping a record takes besides its bytes.
inline constexpr uint64_t kRecordCost = 64;

// The kernel's PATH_MAX without the NUL: longer names and link targets exist in no file system.
inline constexpr size_t kMaxNameBytes = 4095;

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_LIMITS_H_
