// The /init of a small initrd: finds the root file system that the kernel command line names
// (root_options.h), protects and mounts it, and starts its init. Nothing of the initrd stays.
#ifndef RUNTIME_ROOT_ROOT_H_
#define RUNTIME_ROOT_ROOT_H_

namespace linuxkit {

// The body of main. Returns only if the root cannot be started, after one line on the console: then
// the kernel panics, and `panic=` on its command line says what follows.
int RootMain();

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_ROOT_H_
