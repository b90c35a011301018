#include "tools/qemu/run_options.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
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
  if (mode == "none") return Networking::Mode::kNone;
  if (mode == "bridge") return Networking::Mode::kBridge;
  if (mode == "tap") return Networking::Mode::kTap;
  return absl::InvalidArgumentError(absl::StrCat("--networking=", text, ": unknown mode \"", mode,
                                                 "\"; expected user, none, bridge,BR or tap,IF"));
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

// Collects what one flag alone cannot decide.
class Parser {
 public:
  explicit Parser(const Paths& paths) : paths_(paths) {}

  std::vector<Flag> Flags();
  absl::StatusOr<RunOptions> Finish();

 private:
  absl::Status AddPublish(const FlagUse& use);
  absl::Status AddDisk(const FlagUse& use);

  const Paths& paths_;
  RunOptions options_;
  bool user_publishes_ = false;
};

absl::Status Parser::AddPublish(const FlagUse& use) {
  std::vector<Publish>& list = options_.networking.publish;
  if (!use.from_rule && !std::exchange(user_publishes_, true)) list.clear();
  if (use.value == "none") {
    list.clear();
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const Publish publish, ParsePublish(use.value));
  list.push_back(publish);
  return absl::OkStatus();
}

absl::Status Parser::AddDisk(const FlagUse& use) {
  ABSL_ASSIGN_OR_RETURN(DiskSpec disk, ParseDiskSpec(use.value));
  if (!disk.file.empty()) disk.file = Resolve(paths_, {disk.file, use.from_rule});
  options_.disks.push_back(std::move(disk));
  return absl::OkStatus();
}

std::vector<Flag> Parser::Flags() {
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
      {"disk", "[file=]P,size=N[M|G],format=F", "adds a disk; made if missing; repeatable",
       [this](const FlagUse& use) { return AddDisk(use); }},
      {"publish", "HOST:GUEST[/tcp|udp]",
       "forwards a port of 127.0.0.1; replaces the image's list; none clears it; repeatable",
       [this](const FlagUse& use) { return AddPublish(use); }},
      {"networking", "MODE", "user (default), none, bridge,BR or tap,IF",
       [&o](const FlagUse& use) { return SetNetworking(use.value, o.networking); }},
      {"uefi", "", "boots with UEFI firmware of this host", SetSwitch(o.uefi)},
      {"fw", "FILE", "boots with this UEFI firmware", SetPath(o.firmware, paths_)},
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
      {"kernel-arg", "WORD", "appends to the kernel command line; repeatable",
       AddText(o.kernel_args)},
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
      {"gui", "", "opens a window instead of using this terminal", SetSwitch(o.gui)},
      {"detached", "", "runs in the background", SetSwitch(o.detached)},
      {"dry-run", "", "prints the QEMU command and does not run it", SetSwitch(o.dry_run)},
      {"state", "DIR", "directory of what outlives a run (default below ~/.local/state)",
       SetPath(o.state_dir, paths_)},
      {"usb", "", "adds a USB controller", SetSwitch(o.usb)},
      {"device", "D", "adds a QEMU device (QEMU's -device); repeatable", AddText(o.devices)},
      {"qemu", "BIN", "the emulator (default: qemu-system-ARCH in PATH)", SetPath(o.qemu, paths_)},
      {"kernel", "FILE", "given by the image", SetPath(o.kernel, paths_)},
      {"initrd", "FILE", "given by the image", SetPath(o.initrd, paths_)},
      {"cmdline", "FILE", "given by the image: the kernel command line",
       SetPath(o.cmdline_file, paths_)},
      {"initrd-info", "FILE", "given by the image: decides the least memory",
       SetPath(o.initrd_info, paths_)},
      {"initrd-unpacked-bytes", "N", "the same as a number",
       SetCount(o.initrd_unpacked_bytes, "initrd-unpacked-bytes", int64_t{1} << 50)},
      {"iso", "FILE", "boots from this ISO image instead of a kernel", SetPath(o.iso, paths_)},
      {"name", "NAME", "given by the image: names the state directory", SetText(o.name)},
      {"help", "", "prints this", SetSwitch(o.help)},
  };
}

absl::StatusOr<RunOptions> Parser::Finish() {
  RunOptions& o = options_;
  if (o.data && o.data_file) {
    return absl::InvalidArgumentError("--data and --data-file exclude each other; give one");
  }
  if (o.gui && o.detached) {
    return absl::InvalidArgumentError("--gui and --detached exclude each other; give one");
  }
  if (o.networking.mode != Networking::Mode::kUser) {
    if (user_publishes_ && !o.networking.publish.empty()) {
      return absl::InvalidArgumentError(
          "--publish needs --networking=user; with the other modes the guest has its own address");
    }
    o.networking.publish.clear();
  }
  if (!o.firmware.empty()) o.uefi = true;
  const bool bootable = !o.kernel.empty() || !o.iso.empty() || !o.disks.empty();
  if (!bootable && !o.help) {
    return absl::InvalidArgumentError(
        "nothing to boot: expected --kernel, --iso or --disk (the rule gives them; run it with "
        "\"bazel run //path:NAME_qemu\")");
  }
  if (!o.iso.empty() && !o.kernel.empty()) {
    return absl::InvalidArgumentError("--iso and --kernel exclude each other; give one");
  }
  if (o.kernel.empty() && !o.kernel_args.empty()) {
    return absl::InvalidArgumentError(
        "--kernel-arg needs --kernel: an ISO or disk has its command line inside");
  }
  if (o.state_dir.empty()) o.state_dir = DefaultStateDir(o.name);
  return std::move(options_);
}

}  // namespace

absl::StatusOr<RunOptions> ParseRunOptions(const std::vector<FlagWord>& words, const Paths& paths) {
  Parser parser(paths);
  ABSL_RETURN_IF_ERROR(ApplyFlags(parser.Flags(), words));
  return parser.Finish();
}

std::string RunHelp() {
  const Paths paths;
  return absl::StrCat(
      "Boots a LinuxKit image in QEMU, with the console on this terminal (Ctrl-A x ends it).\n"
      "\n"
      "  bazel run //os:myimage_qemu -- --publish=8080:80 --mem=2048\n"
      "\n",
      FlagHelp(Parser(paths).Flags()));
}

}  // namespace linuxkit
