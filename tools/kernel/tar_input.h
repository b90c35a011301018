// Tars that are read more than once: first to learn what is inside, then to copy it.
//
//   TarInput modules = FileTar("modules.tar.zst");
//   ABSL_ASSIGN_OR_RETURN(auto tar, modules.open());   // from its start, as often as wanted
#ifndef TOOLS_KERNEL_TAR_INPUT_H_
#define TOOLS_KERNEL_TAR_INPUT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/kernel/archive_reader.h"

namespace linuxkit {

struct TarInput {
  // Stands in messages.
  std::string name;
  std::function<absl::StatusOr<std::unique_ptr<ArchiveReader>>()> open;
};

// The bytes of a file, or `size` of them from `offset`.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileRange(const std::string& path, uint64_t offset,
                                                          uint64_t size);

// A tar file in any compression.
TarInput FileTar(const std::string& path);
// The files of a Debian package: the member data.tar.* of an ar archive (deb(5)).
TarInput DebTar(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_TAR_INPUT_H_
