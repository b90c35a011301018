// The file systems of a running system: /proc, /dev, /run and the others, and what belongs into
// them.
#ifndef RUNTIME_SETUP_MOUNTS_H_
#define RUNTIME_SETUP_MOUNTS_H_

namespace linuxkit {

// Mounts everything but cgroups, in the order of LinuxKit's init. What the root file system has
// below /run, /tmp and /var is copied to what is mounted there; LinuxKit's init hides it. A mount
// that fails is said on the console and does not end the boot; the kernel may lack the optional
// ones (debugfs, efivarfs...), which is not worth a word.
void MountSystem();

// Standard input, output and error on /dev/console. The kernel opens it only if the root had that
// node; without it a new descriptor could become 1 or 2 and receive what was meant for people.
void OpenConsole();

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_MOUNTS_H_
