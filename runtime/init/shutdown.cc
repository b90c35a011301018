#include "runtime/init/shutdown.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// As long as LinuxKit's init gives.
constexpr std::chrono::seconds kPatience(5);

// nsfs is a namespace that runtime.json's bindNS has bound; a mount namespace keeps its mounts
// alive.
constexpr std::string_view kUnmounted[] = {"ext2", "ext3",  "ext4",    "btrfs", "xfs",
                                           "vfat", "msdos", "overlay", "nsfs"};
// A server that is gone must not stop the shutdown.
constexpr std::string_view kDetached[] = {"nfs", "nfs4", "cifs"};

template <typename Container>
bool Contains(const Container& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool Unmount(const MountEntry& entry) {
  if (Contains(kDetached, entry.type)) return umount2(entry.path.c_str(), MNT_DETACH) == 0;
  if (!Contains(kUnmounted, entry.type)) return true;
  // The root cannot go, but it can be made clean.
  if (entry.path == "/") return mount("", "/", "", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  return umount2(entry.path.c_str(), 0) == 0;
}

}  // namespace

std::string_view Name(ShutdownAction action) {
  switch (action) {
    case ShutdownAction::kPowerOff:
      return "poweroff";
    case ShutdownAction::kReboot:
      return "reboot";
    case ShutdownAction::kHalt:
      return "halt";
  }
  return "";
}

std::optional<ShutdownAction> ActionOfSignal(int signal) {
  switch (signal) {
    case SIGTERM:
    case SIGINT:
      return ShutdownAction::kReboot;
    case SIGUSR1:
      return ShutdownAction::kHalt;
    case SIGUSR2:
      return ShutdownAction::kPowerOff;
    default:
      return std::nullopt;
  }
}

int SignalOfAction(ShutdownAction action) {
  switch (action) {
    case ShutdownAction::kPowerOff:
      return SIGUSR2;
    case ShutdownAction::kReboot:
      return SIGTERM;
    case ShutdownAction::kHalt:
      return SIGUSR1;
  }
  return SIGTERM;
}

void EndProcesses(EventLoop& loop) {
  const auto none_left = [] { return !EventLoop::HasChildren(); };
  // Every process descends from PID 1: no children means that none is left.
  for (const int signal : {SIGTERM, SIGKILL}) {
    kill(-1, signal);
    if (loop.RunUntil(none_left, kPatience)) break;
  }
  // The last output of the dead; it also closes logs on file systems that are to be unmounted.
  loop.Settle();
}

std::vector<MountEntry> ParseMounts(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string_view> fields = absl::StrSplit(line, ' ');
    if (fields.size() < 3) continue;
    MountEntry entry{"", std::string(fields[2])};
    if (!absl::CUnescape(fields[1], &entry.path)) entry.path = fields[1];
    entries.push_back(std::move(entry));
  }
  std::reverse(entries.begin(), entries.end());
  return entries;
}

std::set<std::string> MountedPaths() {
  std::set<std::string> paths;
  for (const MountEntry& entry : ParseMounts(ReadFile("/proc/mounts").value_or(""))) {
    paths.insert(entry.path);
  }
  return paths;
}

std::string UnmountAll(const std::set<std::string>& foreign) {
  sync();
  const absl::StatusOr<std::string> text = ReadFile("/proc/mounts");
  if (!SayIfError(text.status())) return "busy:/proc/mounts";
  std::string result = "clean";
  for (const MountEntry& entry : ParseMounts(*text)) {
    if (foreign.contains(entry.path) || Unmount(entry)) continue;
    SayIfError(SystemError(errno, absl::StrCat("unmount ", entry.path)));
    if (result == "clean") result = absl::StrCat("busy:", entry.path);
  }
  sync();
  return result;
}

void EnterState(ShutdownAction action) {
  switch (action) {
    case ShutdownAction::kPowerOff:
      reboot(RB_POWER_OFF);
      break;
    case ShutdownAction::kReboot:
      reboot(RB_AUTOBOOT);
      break;
    case ShutdownAction::kHalt:
      reboot(RB_HALT_SYSTEM);
      break;
  }
  SayIfError(SystemError(errno, Name(action)));
}

}  // namespace linuxkit
