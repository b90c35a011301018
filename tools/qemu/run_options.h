// What `bazel run //os:myimage_qemu -- FLAGS` was asked to do: the rule's params file first, then
// the user's flags.
//
// The names are those of `linuxkit run qemu`. Differences, each on purpose: a bad --publish is an
// error; --qemu works;
// --detached works; a user's --publish replaces the rule's list; other repeated flags add to it.
#ifndef TOOLS_QEMU_RUN_OPTIONS_H_
#define TOOLS_QEMU_RUN_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/command_line.h"
#include "tools/qemu/disk.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/paths.h"

namespace linuxkit {

struct RunOptions {
  std::string name = "linuxkit";  // of the image; names the state directory
  std::string kernel;
  std::string initrd;
  std::string cmdline_file;
  std::string iso;
  std::string initrd_info;  // file with the unpacked size; or else
  std::optional<int64_t> initrd_unpacked_bytes;
  int cpus = 1;
  std::optional<int64_t> mem_mib;
  std::vector<DiskSpec> disks;
  Networking networking;
  bool uefi = false;
  std::string firmware;
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
};

absl::StatusOr<RunOptions> ParseRunOptions(const std::vector<FlagWord>& words, const Paths& paths);

// The text of --help.
std::string RunHelp();

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_OPTIONS_H_
