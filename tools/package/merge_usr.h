// The merged-usr layout: bin, sbin, lib and lib64 are symbolic links into usr/. Debian packages
// were built for either layout; moved this way they fit together.
#ifndef TOOLS_PACKAGE_MERGE_USR_H_
#define TOOLS_PACKAGE_MERGE_USR_H_

#include <vector>

#include "absl/status/status.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

// The four links and the directories they lead to.
std::vector<TarEntry> MergedUsrEntries();

// Moves an entry (and what a hard link refers to) below usr/ if it is in one of the four
// directories. Relative symbolic links that climb to the root keep their meaning. A symbolic link
// bin -> usr/bin becomes the directory usr/bin; one that leads elsewhere is an error.
absl::Status MoveIntoUsr(TarEntry& entry);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_MERGE_USR_H_
