#include "tools/qemu/run_options.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/qemu/run_flags.h"

namespace linuxkit {
namespace {

bool TakesKernelArgs(const RunOptions& o) { return !o.kernel.empty() && o.boot.loads_kernel(); }

// Whether there is something to boot, of one kind.
absl::Status CheckBoot(const RunOptions& o, const UserGave& user_gave) {
  const bool direct = o.boot.kind() == BootKind::kDirect;
  if (direct && !o.boot.files.empty()) {
    return absl::InvalidArgumentError("--boot-file needs --boot, which says what the file is");
  }
  if (direct && o.kernel.empty() && o.disks.empty()) {
    return absl::InvalidArgumentError(
        "nothing to boot: expected --kernel, --boot or --disk (the rule gives them; run it with "
        "\"bazel run //path:NAME_qemu\")");
  }
  if (o.boot.kind() == BootKind::kRoot && o.kernel.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--boot=", o.boot.format->name,
                                                   " needs --kernel: a root file system has none"));
  }
  if (user_gave.kernel_arg && !TakesKernelArgs(o)) {
    return absl::InvalidArgumentError(
        "--kernel-arg needs --kernel: an ISO or disk has its command line inside");
  }
  if (direct || !o.boot.files.empty() || o.formats.contains(std::string(o.boot.format->name))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("--boot=", o.boot.format->name,
                                                 ": this image has no such output; give its file ",
                                                 "with --boot-file"));
}

// What one flag alone cannot decide.
absl::Status Finish(const Paths& paths, const UserGave& user_gave, RunOptions& o) {
  if (o.data && o.data_file) {
    return absl::InvalidArgumentError("--data and --data-file exclude each other; give one");
  }
  if (o.gui && o.detached) {
    return absl::InvalidArgumentError("--gui and --detached exclude each other; give one");
  }
  if (!o.networking.HasHostServices()) {
    if (user_gave.publish && !o.networking.publish.empty()) {
      return absl::InvalidArgumentError(
          "--publish needs --networking=user; with the other modes the guest has its own address");
    }
    o.networking.publish.clear();
  }
  if (!o.firmware.empty() && !o.boot.firmware) o.boot.firmware = FirmwareChoice::kOvmf;
  if (!o.help) {
    ABSL_RETURN_IF_ERROR(CheckBoot(o, user_gave));
  }
  // Those of the image's rule are for its kernel where nothing else is booted.
  if (!TakesKernelArgs(o)) o.kernel_args.clear();
  o.workspace = paths.workspace_dir;
  o.exec_root = paths.exec_root;
  if (o.state_dir.empty()) o.state_dir = DefaultStateDir(o.name);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunOptions> ParseRunOptions(const std::vector<FlagWord>& words, const Paths& paths) {
  RunOptions options;
  RunFlags flags(paths, options);
  ABSL_RETURN_IF_ERROR(ApplyFlags(flags.All(), words));
  ABSL_RETURN_IF_ERROR(Finish(paths, flags.user_gave(), options));
  return options;
}

std::string RunHelp() {
  const Paths paths;
  RunOptions options;
  return absl::StrCat(
      "Boots a LinuxKit image in QEMU, with the console on this terminal (Ctrl-A x ends it).\n"
      "\n"
      "  bazel run //os:myimage_qemu -- --publish=8080:80 --mem=2048\n"
      "\n",
      FlagHelp(RunFlags(paths, options).All()));
}

}  // namespace linuxkit
