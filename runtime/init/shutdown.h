// The end of a system: processes, file systems, power.
#ifndef RUNTIME_INIT_SHUTDOWN_H_
#define RUNTIME_INIT_SHUTDOWN_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/loop/event_loop.h"

namespace linuxkit {

enum class ShutdownAction { kPowerOff, kReboot, kHalt };

// "poweroff", "reboot", "halt".
std::string_view Name(ShutdownAction action);
// What a signal to PID 1 asks for, as in busybox: SIGTERM and SIGINT (ctrl-alt-del) reboot, SIGUSR1
// halts, SIGUSR2 powers off.
std::optional<ShutdownAction> ActionOfSignal(int signal);
int SignalOfAction(ShutdownAction action);

// Asks every process to end, and after five seconds makes it. Returns as soon as none is left.
void EndProcesses(EventLoop& loop);

// Syncs, then unmounts what has to be unmounted to be clean, except at the paths of `foreign`.
// Returns `clean`, or `busy:PATH` for the first that did not let go.
std::string UnmountAll(const std::set<std::string>& foreign);
// The paths of all mounts. In a container those that are there at the start belong to others.
std::set<std::string> MountedPaths();

struct MountEntry {
  std::string path;
  std::string type;
};
// The entries of /proc/mounts, last mounted first.
std::vector<MountEntry> ParseMounts(std::string_view text);

// reboot(2). Does not return if it works.
void EnterState(ShutdownAction action);

}  // namespace linuxkit

#endif  // RUNTIME_INIT_SHUTDOWN_H_
