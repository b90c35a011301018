// The configuration of an image that is made on top of another one.
#ifndef TOOLS_PACKAGE_MERGE_CONFIG_H_
#define TOOLS_PACKAGE_MERGE_CONFIG_H_

#include "tools/oci/image.pb.h"

namespace linuxkit {

// What `FROM base` in a Dockerfile does, and what follows it: variables of the environment and
// labels replace those of the same name and are added to the others; an entrypoint replaces the
// base's entrypoint and command, a command the command, a working directory the directory. The
// platform is the base's.
ImageConfig MergeConfig(const ImageConfig& base, const ImageConfig& own);

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_MERGE_CONFIG_H_
