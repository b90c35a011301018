// The initrd while this runs:
//
//   /device   the file system with the image, with linuxkit.root_file
//   /lower    the root file system, read-only
//   /writes   a tmpfs
//   /root     the overlay of these two, or the root file system itself; becomes "/"
#include "runtime/root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/command_line.h"
#include "runtime/base/console.h"
#include "runtime/base/fd.h"
#include "runtime/base/file.h"
#include "runtime/loop/event_loop.h"
#include "runtime/modules/module_loader.h"
#include "runtime/root/block_devices.h"
#include "runtime/root/device_mapper.h"
#include "runtime/root/file_system_type.h"
#include "runtime/root/loop_device.h"
#include "runtime/root/root_options.h"
#include "runtime/root/switch_root.h"
#include "runtime/root/verity_target.h"
#include "runtime/setup/uevents.h"

namespace linuxkit {
namespace {

constexpr char kSysClassBlock[] = "/sys/class/block";

absl::Status MountKernelFileSystems() {
  struct {
    const char* type;
    const char* target;
  } constexpr kMounts[] = {{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}};
  for (const auto& entry : kMounts) {
    ABSL_RETURN_IF_ERROR(MakeDirectories(entry.target));
    // EBUSY: the kernel mounted devtmpfs itself.
    if (mount(entry.type, entry.target, entry.type, MS_NOSUID | MS_NOEXEC, nullptr) != 0 &&
        errno != EBUSY) {
      return SystemError(errno, absl::StrCat("mount ", entry.type, " on ", entry.target));
    }
  }
  return absl::OkStatus();
}

// Up to `size` bytes at `offset`, fewer at the end of the device.
absl::StatusOr<std::string> ReadAt(const std::string& node, uint64_t offset, size_t size) {
  const Fd fd(open(node.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return SystemError(errno, node);
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t count =
        pread(fd.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0) return SystemError(errno, absl::StrCat("read ", node));
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

class RootStarter {
 public:
  RootStarter(RootOptions options, EventLoop& loop)
      : options_(std::move(options)), loop_(loop), modules_(IndexOfRunningKernel(), InsertModule) {}

  absl::Status MountRoot() {
    ABSL_ASSIGN_OR_RETURN(std::string device, AwaitDevice());
    if (!options_.file.empty()) {
      ABSL_ASSIGN_OR_RETURN(device, AttachFile(device));
    }
    if (options_.verity) {
      ABSL_ASSIGN_OR_RETURN(device, Protect(device, *options_.verity));
    }
    if (!options_.overlay) return Mount(device, options_.type, options_.flags, "/root");
    ABSL_RETURN_IF_ERROR(Mount(device, options_.type, options_.flags, "/lower"));
    Need("overlay");
    return MountOverlay("/lower", "/writes", "/root");
  }

 private:
  // Loads a module if the initrd has it. If not, it is built in or what needs it says so.
  void Need(std::string_view name) {
    const absl::Status status = modules_.Load(name, /*use_blacklist=*/false);
    if (!absl::IsNotFound(status)) SayIfError(status);
  }

  // Listens before it looks, so that no device is missed. Any event may be the last step that the
  // device took, so every one is a reason to look again.
  absl::StatusOr<std::string> AwaitDevice() {
    std::optional<std::string> node;
    const auto look = [this, &node] {
      node = FindBlockDevice(ListBlockDevices(kSysClassBlock), options_.device);
      return node.has_value();
    };
    ABSL_RETURN_IF_ERROR(WatchUevents(loop_, [this](const Uevent& event) { LoadFor(event); }));
    LoadModulesOfDevices(modules_, "/sys/devices");
    if (loop_.RunUntil(look, options_.wait)) return *node;
    return absl::DeadlineExceededError(
        absl::StrCat("found no root=", options_.device, " within ", options_.wait->count(),
                     " s; expected it among the block devices: ",
                     DescribeBlockDevices(ListBlockDevices(kSysClassBlock))));
  }

  void LoadFor(const Uevent& event) {
    const auto action = event.find("ACTION");
    const auto alias = event.find("MODALIAS");
    if (action == event.end() || action->second != "add" || alias == event.end()) return;
    const absl::Status status = modules_.Load(alias->second, /*use_blacklist=*/true);
    if (!absl::IsNotFound(status)) SayIfError(status);
  }

  absl::Status Mount(const std::string& device, std::string type, const std::string& flags,
                     const std::string& target) {
    if (type.empty()) {
      ABSL_ASSIGN_OR_RETURN(const std::string start, ReadAt(device, 0, kFileSystemStart));
      type = FileSystemType(start);
    }
    if (type.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("found no known file system on ", device,
                       "; expected squashfs, erofs, ext4, iso9660 or vfat, or rootfstype=TYPE"));
    }
    Need(type == "iso9660" ? "isofs" : type);
    return MountReadOnly(device, type, flags, target);
  }

  absl::StatusOr<std::string> AttachFile(const std::string& device) {
    ABSL_RETURN_IF_ERROR(Mount(device, "", "", "/device"));
    Need("loop");
    return AttachLoopDevice(absl::StrCat("/device/", options_.file));
  }

  absl::StatusOr<std::string> Protect(const std::string& device, const VerityOptions& verity) {
    struct stat info;
    if (stat(device.c_str(), &info) != 0) return SystemError(errno, device);
    ABSL_ASSIGN_OR_RETURN(const std::string superblock,
                          ReadAt(device, verity.hash_offset, kVeritySuperblockSize));
    ABSL_ASSIGN_OR_RETURN(
        const VerityTarget target,
        MakeVerityTarget(superblock, verity,
                         absl::StrCat(major(info.st_rdev), ":", minor(info.st_rdev))));
    Need("dm-verity");
    // The kernel's message about a wrong block names a device number only, and may be the last.
    Say(absl::StrCat(device, " is read through dm-verity with root hash ", verity.root_hash));
    return MakeMappedDevice("root", "verity", target.sectors, target.parameters);
  }

  const RootOptions options_;
  EventLoop& loop_;
  ModuleLoader modules_;
};

absl::Status StartRoot() {
  umask(022);
  ABSL_RETURN_IF_ERROR(MountKernelFileSystems());
  ABSL_ASSIGN_OR_RETURN(const std::string words, ReadFile("/proc/cmdline"));
  ABSL_ASSIGN_OR_RETURN(const RootOptions options, ParseRootOptions(KernelCommandLine(words)));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<EventLoop> loop, EventLoop::Create({}, [](int) {}));
  ABSL_RETURN_IF_ERROR(RootStarter(options, *loop).MountRoot());
  ABSL_RETURN_IF_ERROR(SwitchRoot("/root"));
  return ExecInit(options.init);
}

}  // namespace

int RootMain() {
  // Lines say `root:`; those of the system's own init say `init:`.
  static char name[] = "root";
  program_invocation_short_name = name;
  if (getpid() != 1) {
    Say(absl::StrCat(
        "found process id ", getpid(),
        ", expected 1: this program is started by the kernel, as /init of an initrd."));
    return 1;
  }
  SayIfError(StartRoot(), "cannot start the system");
  return 1;
}

}  // namespace linuxkit
