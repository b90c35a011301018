// What `bazel run //os:myimage_qemu -- FLAGS` was asked to do: the rule's params file first, then
// the user's flags.
//
// The names are those of `linuxkit run qemu`. Differences, each on purpose: a bad --publish is an
// error; --qemu works;
// --detached works; a user's --publish replaces the rule's list; other repeated flags add to it.
#ifndef TOOLS_QEMU_RUN_OPTIONS_H_
#define TOOLS_QEMU_RUN_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/boot_format.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/disk.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/paths.h"

namespace linuxkit {

struct RunOptions {
  std::string name = "linuxkit";  // of the image; names the state directory
  std::string kernel;
  std::string initrd;
  std::string cmdline_file;
  BootSource boot;
  // Labels of the rule by the name of their format; built when one is booted.
  std::map<std::string, std::string> formats;
  std::string workspace;                 // of that build, and
  std::string exec_root;                 // where its outputs are; see paths.h
  std::string bazel;                     // empty: found
  std::vector<std::string> bazel_flags;  // of the build
  Board board = Board::kQ35;
  std::string initrd_info;  // file with the unpacked size; or else
  std::optional<int64_t> initrd_unpacked_bytes;
  int cpus = 1;
  std::optional<int64_t> mem_mib;
  std::vector<DiskSpec> disks;
  Networking networking;
  std::string firmware;       // empty: the host's of boot.firmware_choice()
  std::string firmware_vars;  // template; empty: that of the firmware
  AccelChoice accel = AccelChoice::kAuto;
  Arch arch = HostArch();
  std::vector<std::string> kernel_args;
  std::optional<std::string> data;
  std::optional<std::string> data_file;
  std::string state_dir;
  bool gui = false;
  bool detached = false;
  bool dry_run = false;
  bool usb = false;
  bool help = false;
  std::vector<std::string> devices;
  std::string qemu;
  std::vector<std::string> virtiofs;
  std::string virtiofsd;
  // Without flags.
  std::string kvm_device = "/dev/kvm";
  LifeLimits life;
  std::chrono::milliseconds silence = std::chrono::seconds(20);  // see silence_watch.h
};

absl::StatusOr<RunOptions> ParseRunOptions(const std::vector<FlagWord>& words, const Paths& paths);

// The text of --help.
std::string RunHelp();

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_OPTIONS_H_
