// Makes the root file system one that containers can be started from.
#ifndef RUNTIME_SETUP_ROOT_H_
#define RUNTIME_SETUP_ROOT_H_

#include "absl/status/status.h"

namespace linuxkit {

// On an initramfs (and only there) puts a second mount of the root over itself and enters it.
// pivot_root(2), which runc uses, refuses a root that is not mounted on something; a bind mount is,
// and unlike a copy it costs neither memory nor time. A disk's root is left alone.
absl::Status LeaveInitramfs();

// Makes every mount shared, so that what is mounted later reaches the containers that ask for it.
absl::Status ShareMounts();

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_ROOT_H_
