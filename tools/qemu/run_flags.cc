#include "tools/qemu/run_flags.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

using Apply = std::function<absl::Status(const FlagUse&)>;

Apply SetText(std::string& target) {
  return [&target](const FlagUse& use) {
    target = use.value;
    return absl::OkStatus();
  };
}

Apply SetSwitch(bool& target) {
  return [&target](const FlagUse& use) {
    target = use.value == "true";
    return absl::OkStatus();
  };
}

Apply AddText(std::vector<std::string>& target) {
  return [&target](const FlagUse& use) {
    target.push_back(use.value);
    return absl::OkStatus();
  };
}

std::string Resolve(const Paths& paths, const FlagUse& use) {
  return use.from_rule ? paths.OfRule(use.value) : paths.OfUser(use.value);
}

Apply SetPath(std::string& target, const Paths& paths) {
  return [&target, &paths](const FlagUse& use) {
    target = Resolve(paths, use);
    return absl::OkStatus();
  };
}

absl::StatusOr<int64_t> ParseCount(std::string_view flag, std::string_view value, int64_t limit) {
  int64_t count = 0;
  if (absl::SimpleAtoi(value, &count) && count >= 1 && count <= limit) return count;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": expected a whole number from 1 to ", limit));
}

Apply SetCount(std::optional<int64_t>& target, std::string_view flag, int64_t limit) {
  return [&target, flag, limit](const FlagUse& use) -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(target, ParseCount(flag, use.value, limit));
    return absl::OkStatus();
  };
}

absl::StatusOr<Networking::Mode> ParseMode(std::string_view text, std::string_view mode) {
  if (mode == "user" || mode == "default" || mode.empty()) return Networking::Mode::kUser;
  if (mode == "restricted") return Networking::Mode::kRestricted;
  if (mode == "none") return Networking::Mode::kNone;
  if (mode == "bridge") return Networking::Mode::kBridge;
  if (mode == "tap") return Networking::Mode::kTap;
  return absl::InvalidArgumentError(
      absl::StrCat("--networking=", text, ": unknown mode \"", mode,
                   "\"; expected user, restricted, none, bridge,BR or tap,IF"));
}

absl::Status SetNetworking(std::string_view text, Networking& networking) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(',', 1));
  ABSL_ASSIGN_OR_RETURN(networking.mode, ParseMode(text, parts.first));
  networking.interface = parts.second;
  const bool wants_interface =
      networking.mode == Networking::Mode::kBridge || networking.mode == Networking::Mode::kTap;
  if (wants_interface && networking.interface.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--networking=", text, ": expected the name of an interface, for example --networking=",
        parts.first, ",", parts.first, "0"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunFlags::AddPublish(const FlagUse& use) {
  std::vector<Publish>& list = options_.networking.publish;
  if (!use.from_rule && !std::exchange(user_gave_.publish, true)) list.clear();
  if (use.value == "none") {
    list.clear();
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const Publish publish, ParsePublish(use.value));
  list.push_back(publish);
  return absl::OkStatus();
}

absl::Status RunFlags::AddDisk(const FlagUse& use) {
  ABSL_ASSIGN_OR_RETURN(DiskSpec disk, ParseDiskSpec(use.value));
  if (!disk.file.empty()) disk.file = Resolve(paths_, {disk.file, use.from_rule});
  options_.disks.push_back(std::move(disk));
  return absl::OkStatus();
}

// FORMAT=LABEL.
absl::Status RunFlags::AddFormat(const FlagUse& use) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(use.value, absl::MaxSplits('=', 1));
  ABSL_RETURN_IF_ERROR(FindBootFormat("--format", parts.first).status());
  if (parts.second.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--format=", use.value, ": expected FORMAT=LABEL"));
  }
  options_.formats[parts.first] = parts.second;
  return absl::OkStatus();
}

std::vector<Flag> RunFlags::MachineFlags() {
  RunOptions& o = options_;
  return {
      {"cpus", "N", "virtual CPUs (default 1)",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(const int64_t count, ParseCount("cpus", use.value, 255));
         o.cpus = static_cast<int>(count);
         return absl::OkStatus();
       }},
      {"mem", "MiB", "memory (default: 1024, or what the image needs)",
       SetCount(o.mem_mib, "mem", 1 << 30)},
      {"disk", "[file=]P,size=N[M|G],format=F",
       "adds a disk; made if missing (qcow2), else format= says what it is; a comma in P is "
       "\",,\"; "
       "repeatable",
       [this](const FlagUse& use) { return AddDisk(use); }},
      {"publish", "HOST:GUEST[/tcp|udp]",
       "forwards a port of 127.0.0.1; replaces the image's list; none clears it; repeatable",
       [this](const FlagUse& use) { return AddPublish(use); }},
      {"networking", "MODE",
       "user (default); restricted: the guest reaches neither this host nor beyond; none; "
       "bridge,BR "
       "or tap,IF",
       [&o](const FlagUse& use) { return SetNetworking(use.value, o.networking); }},
      {"machine", "TYPE", "q35 (default) or pc",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.board, ParseBoard("--machine", use.value));
         return absl::OkStatus();
       }},
      {"accel", "NAME", "auto (default), kvm, tcg or hvf",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.accel, ParseAccel("--accel", use.value));
         return absl::OkStatus();
       }},
      {"arch", "ARCH", "x86_64 or aarch64 (default: this host's)",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.arch, ParseArch(use.value));
         return absl::OkStatus();
       }},
  };
}

std::vector<Flag> RunFlags::BootFlags() {
  RunOptions& o = options_;
  return {
      {"boot", "FORMAT", boot_help_,
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.boot.format, FindBootFormat("--boot", use.value));
         return absl::OkStatus();
       }},
      {"boot-file", "FILE", "a file of that format instead of building it; repeatable",
       [&o, this](const FlagUse& use) {
         o.boot.files.push_back(Resolve(paths_, use));
         return absl::OkStatus();
       }},
      {"iso", "FILE", "the same as --boot=iso --boot-file=FILE",
       [&o, this](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.boot.format, FindBootFormat("--boot", "iso"));
         o.boot.files = {Resolve(paths_, use)};
         return absl::OkStatus();
       }},
      {"attach", "HOW", "attaches it as cd, usb, virtio, ide, nvme or scsi",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.boot.attach, ParseAttach("--attach", use.value));
         return absl::OkStatus();
       }},
      {"firmware", "NAME", "seabios, ovmf or ovmf-secureboot (default: what the format needs)",
       [&o](const FlagUse& use) -> absl::Status {
         ABSL_ASSIGN_OR_RETURN(o.boot.firmware, ParseFirmwareChoice("--firmware", use.value));
         return absl::OkStatus();
       }},
      {"uefi", "", "the same as --firmware=ovmf",
       [&o](const FlagUse& use) {
         o.boot.firmware = std::nullopt;
         if (use.value == "true") o.boot.firmware = FirmwareChoice::kOvmf;
         return absl::OkStatus();
       }},
      {"fw", "FILE", "boots with this UEFI firmware instead of this host's",
       SetPath(o.firmware, paths_)},
      {"fw-vars", "FILE", "variables to begin with, which have the keys of Secure Boot",
       SetPath(o.firmware_vars, paths_)},
      {"bazel", "BIN", "builds what --boot names (default: $BAZEL, or bazel in PATH)",
       SetPath(o.bazel, paths_)},
      {"bazel-flag", "FLAG", "a flag of that build, such as --config=release; repeatable",
       AddText(o.bazel_flags)},
  };
}

std::vector<Flag> RunFlags::SystemFlags() {
  RunOptions& o = options_;
  return {
      {"kernel-arg", "WORD", "appends to the kernel command line; repeatable",
       [&o, this](const FlagUse& use) {
         o.kernel_args.push_back(use.value);
         if (!use.from_rule) user_gave_.kernel_arg = true;
         return absl::OkStatus();
       }},
      {"data", "TEXT", "metadata for the image, on a CD-ROM",
       [&o](const FlagUse& use) {
         o.data = use.value;
         return absl::OkStatus();
       }},
      {"data-file", "FILE", "the same from a file",
       [&o, this](const FlagUse& use) {
         o.data_file = Resolve(paths_, use);
         return absl::OkStatus();
       }},
      {"virtiofs", "DIR", "shares a directory under the tag virtiofs0, virtiofs1...; repeatable",
       [&o, this](const FlagUse& use) {
         o.virtiofs.push_back(Resolve(paths_, use));
         return absl::OkStatus();
       }},
      {"virtiofsd", "BIN", "the program that serves --virtiofs", SetPath(o.virtiofsd, paths_)},
      {"kernel", "FILE", "given by the image", SetPath(o.kernel, paths_)},
      {"initrd", "FILE", "given by the image", SetPath(o.initrd, paths_)},
      {"cmdline", "FILE", "given by the image: the kernel command line",
       SetPath(o.cmdline_file, paths_)},
      {"initrd-info", "FILE", "given by the image: decides the least memory",
       SetPath(o.initrd_info, paths_)},
      {"initrd-unpacked-bytes", "N", "the same as a number",
       SetCount(o.initrd_unpacked_bytes, "initrd-unpacked-bytes", int64_t{1} << 50)},
      {"format", "FORMAT=LABEL", "given by the image: what --boot builds; repeatable",
       [this](const FlagUse& use) { return AddFormat(use); }},
      {"name", "NAME", "given by the image: names the state directory", SetText(o.name)},
  };
}

std::vector<Flag> RunFlags::HostFlags() {
  RunOptions& o = options_;
  return {
      {"gui", "", "opens a window instead of using this terminal", SetSwitch(o.gui)},
      {"detached", "", "runs in the background", SetSwitch(o.detached)},
      {"dry-run", "", "makes the files of a run, prints its commands for a shell, runs nothing",
       SetSwitch(o.dry_run)},
      {"state", "DIR", "directory of what outlives a run (default below ~/.local/state)",
       SetPath(o.state_dir, paths_)},
      {"usb", "", "adds a USB controller", SetSwitch(o.usb)},
      {"device", "D", "adds a QEMU device (QEMU's -device); repeatable", AddText(o.devices)},
      {"qemu", "BIN", "the emulator (default: qemu-system-ARCH in PATH)", SetPath(o.qemu, paths_)},
      {"help", "", "prints this", SetSwitch(o.help)},
  };
}

std::vector<Flag> RunFlags::All() {
  std::vector<Flag> flags;
  for (std::vector<Flag>& part :
       std::array{MachineFlags(), BootFlags(), SystemFlags(), HostFlags()}) {
    std::move(part.begin(), part.end(), std::back_inserter(flags));
  }
  return flags;
}

}  // namespace linuxkit
