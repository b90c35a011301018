#include "runtime/init/init.h"

#include <signal.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/command_line.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/channel/channel.h"
#include "runtime/channel/commands.h"
#include "runtime/channel/protocol.h"
#include "runtime/container/bundle.h"
#include "runtime/container/launcher.h"
#include "runtime/init/sections.h"
#include "runtime/init/shutdown.h"
#include "runtime/loop/event_loop.h"
#include "runtime/modules/device_modules.h"
#include "runtime/modules/module_loader.h"
#include "runtime/net/netlink.h"
#include "runtime/setup/cgroups.h"
#include "runtime/setup/identity.h"
#include "runtime/setup/mounts.h"
#include "runtime/setup/root.h"
#include "runtime/setup/scripts.h"
#include "runtime/setup/sysctl.h"
#include "runtime/setup/uevents.h"

namespace linuxkit {
namespace {

// The part of boot that needs the machine and is left out in a container.
KernelCommandLine SetUpMachine() {
  const absl::Status left = LeaveInitramfs();
  MountSystem();
  OpenConsole();
  SayIfError(left, "leave the initramfs (containers will not start)");
  KernelCommandLine command_line(ReadFile("/proc/cmdline").value_or(""));
  MountCgroups(command_line);
  SayIfError(ShareMounts());
  ModuleLoader loader(IndexOfRunningKernel(), InsertModule);
  LoadModulesOfDevices(loader, "/sys/devices");
  SayIfError(SetClockFromHardware());
  SayIfError(BringUpLoopback());
  // Ctrl-alt-del becomes SIGINT to us.
  reboot(RB_DISABLE_CAD);
  return command_line;
}

void SetUpSystem() {
  SayIfError(RaiseLimits());
  SayIfError(SetHostName());
  ApplySysctlFiles("", "/proc/sys");
  SayIfError(CreateResolvConfTarget(""));
}

Launcher::Options LauncherOptions(const KernelCommandLine& command_line) {
  Launcher::Options options;
  options.debug = command_line.HasWord("linuxkit.runc_debug=1");
  options.console = command_line.HasWord("linuxkit.runc_console=1");
  return options;
}

// The running system, after set-up.
class Init {
 public:
  // `asked` becomes what a signal asks for.
  Init(EventLoop& loop, const KernelCommandLine& command_line,
       const std::optional<ShutdownAction>& asked, std::set<std::string> foreign_mounts)
      : loop_(loop),
        asked_(asked),
        locks_modules_(command_line.HasWord("linuxkit.lock_modules=1")),
        foreign_mounts_(std::move(foreign_mounts)),
        channel_(loop, command_line, [this](const HostCommand& command) { OnHost(command); }),
        sections_(loop, Launcher(loop, LauncherOptions(command_line)), channel_,
                  [this] { return WantsShutdown(); }),
        commands_(loop, channel_, [this](const std::string& container, const std::string& script) {
          return sections_.ShellCommand(container, script);
        }) {}

  void Run() {
    SayIfError(WatchUevents(loop_, [this](const Uevent& event) { OnUevent(event); }));
    // A port that got its name between the channel's look and the watch.
    channel_.Attach();
    Boot();
    loop_.RunUntil([this] { return WantsShutdown(); });
    Shutdown(asked_.value_or(ShutdownAction::kPowerOff));
  }

 private:
  bool WantsShutdown() const { return asked_.has_value() || host_asked_; }

  void Boot() {
    RunScripts(loop_, "/etc/init.d");
    SayIfError(MountVolumes("/containers/volumes"), "volumes");
    sections_.RunOnboot();
    if (!WantsShutdown()) sections_.StartServices();
    if (WantsShutdown()) return;
    channel_.Send({"READY"});
    sections_.SettleServices();
    if (locks_modules_ && SayIfError(LockModules(), "linuxkit.lock_modules=1")) {
      Say("no kernel module is loaded any more (linuxkit.lock_modules=1)");
    }
    if (!WantsShutdown()) channel_.Send({"SETTLED"});
  }

  void Shutdown(ShutdownAction action) {
    channel_.Send({"SHUTDOWN", Name(action)});
    RunScripts(loop_, "/etc/shutdown.d");
    sections_.RunOnshutdown();
    EndProcesses(loop_);
    sections_.SendLogs();
    channel_.Send({"UNMOUNTED", EncodeText(UnmountAll(foreign_mounts_))});
    channel_.Send({"BYE"});
    channel_.Flush();
    EnterState(action);
  }

  void OnHost(const HostCommand& command) {
    if (const ExecCommand* exec = std::get_if<ExecCommand>(&command)) commands_.Run(*exec);
    if (std::holds_alternative<PowerOffCommand>(command)) host_asked_ = true;
  }

  void OnUevent(const Uevent& event) {
    const auto value = [&event](std::string_view key) {
      const auto found = event.find(key);
      return found == event.end() ? std::string() : found->second;
    };
    if (value("SUBSYSTEM") == "virtio-ports") channel_.Attach();
    const std::string alias = value("MODALIAS");
    if (value("ACTION") == "add" && !alias.empty()) device_modules_.Add(alias);
  }

  EventLoop& loop_;
  const std::optional<ShutdownAction>& asked_;
  const bool locks_modules_;
  const std::set<std::string> foreign_mounts_;
  bool host_asked_ = false;
  DeviceModules device_modules_{loop_, StartModprobe};
  Channel channel_;
  Sections sections_;
  CommandRunner commands_;
};

}  // namespace

int InitMain() {
  if (getpid() != 1) {
    Say(absl::StrCat("found process id ", getpid(),
                     ", expected 1: init is started by the kernel. To end the system use poweroff, "
                     "reboot or halt."));
    return 1;
  }
  // As a container's first process everything that a machine needs has been done by others.
  const bool in_container = Exists("/proc/self");
  const KernelCommandLine command_line =
      in_container ? KernelCommandLine(ReadFile("/proc/cmdline").value_or("")) : SetUpMachine();
  const std::set<std::string> foreign_mounts =
      in_container ? MountedPaths() : std::set<std::string>();
  SetUpSystem();
  std::optional<ShutdownAction> asked;
  absl::StatusOr<std::unique_ptr<EventLoop>> loop =
      EventLoop::Create({SIGTERM, SIGINT, SIGUSR1, SIGUSR2}, [&asked](int signal) {
        if (!asked.has_value()) asked = ActionOfSignal(signal);
      });
  if (!SayIfError(loop.status())) return 1;
  Init(**loop, command_line, asked, foreign_mounts).Run();
  return 1;
}

}  // namespace linuxkit
