// One static binary with several names, so that an init image carries one copy of the C++ library:
// init, modprobe, sysctl, poweroff, reboot, halt.

#include <errno.h>
#include <signal.h>

#include <span>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/init/init.h"
#include "runtime/init/shutdown.h"
#include "runtime/modules/modprobe.h"
#include "runtime/setup/sysctl.h"

namespace linuxkit {
namespace {

int Ask(ShutdownAction action) {
  if (kill(1, SignalOfAction(action)) == 0) return 0;
  SayIfError(SystemError(errno, "signal process 1"));
  return 1;
}

int Main(std::span<char*> arguments) {
  const std::string_view name = program_invocation_short_name;
  if (name == "init") return InitMain();
  if (name == "modprobe") return ModprobeMain(arguments.subspan(1));
  if (name == "sysctl") return ApplySysctlFiles("", "/proc/sys") ? 0 : 1;
  if (name == "poweroff") return Ask(ShutdownAction::kPowerOff);
  if (name == "reboot") return Ask(ShutdownAction::kReboot);
  if (name == "halt") return Ask(ShutdownAction::kHalt);
  Say("found this program under an unknown name, expected init, modprobe, sysctl, poweroff, reboot "
      "or halt");
  return 1;
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::Main(std::span(argv, static_cast<size_t>(argc)));
}
