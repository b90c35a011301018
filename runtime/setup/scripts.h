// Programs that an init image leaves in a directory to be run once: /etc/init.d and
// /etc/shutdown.d.
#ifndef RUNTIME_SETUP_SCRIPTS_H_
#define RUNTIME_SETUP_SCRIPTS_H_

#include <string>

#include "runtime/loop/event_loop.h"

namespace linuxkit {

// Runs every regular file of the directory, sorted by name, one after another. Links are followed;
// LinuxKit's own init images have links to its `service` program, which does what PID 1 does here,
// so links that lead nowhere are passed over. A file that cannot be run is said on the console; an
// exit status is of no interest.
void RunScripts(EventLoop& loop, const std::string& directory);

}  // namespace linuxkit

#endif  // RUNTIME_SETUP_SCRIPTS_H_
