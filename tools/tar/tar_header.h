// What a tar header and the PAX records that complete it say of an entry.
//
// Fields by offset (POSIX.1-2017, pax, "ustar Interchange Format"):
//
//     0 name[100]   100 mode[8]  108 uid[8]  116 gid[8]  124 size[12]  136 mtime[12]
//   148 checksum[8] 156 type     157 link[100]
//   257 magic[6]    329 major[8] 337 minor[8] 345 prefix[155]
#ifndef TOOLS_TAR_TAR_HEADER_H_
#define TOOLS_TAR_TAR_HEADER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tools/tar/pax_records.h"
#include "tools/tar/tar_block.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

inline char TypeFlag(const TarBlock& header) { return header.bytes[156]; }

// Bytes of content as the header has them; -1 if they are malformed.
int64_t HeaderSize(const TarBlock& header);

// The entry, with `size` as stored: for every type, and for sparse files without their holes.
// Errors begin with the entry's name.
absl::StatusOr<TarEntry> ParseEntry(const TarBlock& header, const PaxRecords& records);

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_HEADER_H_
