// Disks on which the writers are tested, and files to write them to.
#ifndef TOOLS_VMDISK_DISK_CASES_H_
#define TOOLS_VMDISK_DISK_CASES_H_

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"

namespace linuxkit {

struct DiskCase {
  std::string name;
  Extents disk;
};
void PrintTo(const DiskCase& disk_case, std::ostream* stream);

// Whole sectors all; the larger ones are nearly all holes. Random ones have their seed as name.
std::vector<DiskCase> DiskCases();

// So many bytes that do not compress, depending on the seed.
std::string Noise(size_t size, uint32_t seed);

// A file of so many bytes that takes no room.
absl::StatusOr<Content> SparseFile(std::string_view name, uint64_t size);

// Writes a file to TestPath(name) and returns that path.
absl::StatusOr<std::string> WriteTestFile(std::string_view name,
                                          const std::function<absl::Status(OutputFile&)>& write);

// How the disk that 7-Zip finds in the file differs from the raw one, in the words of cmp; nothing
// if it does not. `type` is 7-Zip's name of the format. Disks above 1 GiB are left out: 7-Zip
// writes holes byte by byte.
std::string SevenZipDifference(std::string_view type, const std::string& file,
                               const std::string& raw);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_DISK_CASES_H_
