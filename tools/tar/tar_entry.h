// What a tar archive says of one file, link, directory or device.
#ifndef TOOLS_TAR_TAR_ENTRY_H_
#define TOOLS_TAR_TAR_ENTRY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct TarEntry {
  enum class Type {
    kFile,
    kDirectory,
    kSymlink,
    kHardLink,
    kCharacterDevice,
    kBlockDevice,
    kFifo,
  };
  // Clean (see CleanName); bytes, not necessarily UTF-8.
  std::string path;
  Type type = Type::kFile;
  // The 12 permission bits.
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  // Whole seconds since 1970; fractions are dropped.
  int64_t mtime = 0;
  // Bytes of content, holes of sparse files included; 0 unless kFile.
  uint64_t size = 0;
  // kSymlink: the target as stored. kHardLink: the clean path of the linked entry.
  std::string link;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // Extended attributes by name ("security.capability").
  std::map<std::string, std::string> xattrs;
  // Which access control lists it has ("system.posix_acl_access"); what they say is not kept.
  std::vector<std::string> acls;
};

// A relative name without empty and "." components: "a/b" for "/a//./b/", "." for "./". Empty
// names, names with ".." or a NUL and names over 4095 bytes are errors that begin with the name.
absl::StatusOr<std::string> CleanName(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_ENTRY_H_
