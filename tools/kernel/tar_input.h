// Tars that are read more than once: first to learn what is inside, then to copy it.
//
//   TarInput modules = FileTar("modules.tar.zst");
//   ABSL_ASSIGN_OR_RETURN(auto tar, modules.open());   // from its start, as often as wanted
#ifndef TOOLS_KERNEL_TAR_INPUT_H_
#define TOOLS_KERNEL_TAR_INPUT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/tar/tar_stream.h"

namespace linuxkit {

struct TarInput {
  // Stands in messages.
  std::string name;
  std::function<absl::StatusOr<std::unique_ptr<TarStream>>()> open;
};

// A tar file in any compression.
TarInput FileTar(const std::string& path);
// The files of a Debian package.
TarInput DebTar(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_TAR_INPUT_H_
