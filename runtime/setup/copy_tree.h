// Copies a directory with all that is in it.
#ifndef RUNTIME_SETUP_COPY_TREE_H_
#define RUNTIME_SETUP_COPY_TREE_H_

#include <string>

#include "absl/status/status.h"

namespace linuxkit {

// Copies what is in the directory `from` into the directory `to`, which has nothing of these names:
// files, directories, symlinks, device nodes and fifos with their modes, owners and times. Hard
// links become files of their own, sockets are left out. Stops at the first entry that fails.
absl::Status CopyTree(const std::string& from, const std::string& to);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_COPY_TREE_H_
