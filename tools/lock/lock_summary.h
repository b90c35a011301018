// What a run changed, a line each, as the user reads it before the review:
//
//   added docker.io/library/nginx:1 sha256:…
//   upgraded docker.io/library/redis:7 sha256:… → sha256:…
//   removed docker.io/library/redis:6
//   kept 11 images
#ifndef TOOLS_LOCK_LOCK_SUMMARY_H_
#define TOOLS_LOCK_LOCK_SUMMARY_H_

#include <string>

#include "tools/lock/lock_file.h"

namespace linuxkit {

// Ends with a newline.
std::string LockSummary(const LockFile& before, const LockFile& after);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_LOCK_SUMMARY_H_
