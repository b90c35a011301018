// Debian binary packages (deb(5)): an ar archive of "debian-binary", "control.tar…" and
// "data.tar…", which holds the files.
#ifndef TOOLS_PACKAGE_DEB_H_
#define TOOLS_PACKAGE_DEB_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/oci/blob_range.h"

namespace linuxkit {

// Where the (compressed) data.tar of a package is.
absl::StatusOr<BlobRange> FindDebData(const std::string& path);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_DEB_H_
