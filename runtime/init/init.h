// PID 1: boots the system, runs its containers, shuts it down.
#ifndef RUNTIME_INIT_INIT_H_
#define RUNTIME_INIT_INIT_H_

namespace linuxkit {

// The main function of /init and /sbin/init. Returns only if this is not process 1, or if reboot(2)
// fails.
int InitMain();

}  // namespace linuxkit

#endif  // RUNTIME_INIT_INIT_H_
