#include "tools/spec/field_docs.h"

#include "absl/strings/str_cat.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

struct Doc {
  std::string_view field;
  std::string_view text;
};

constexpr Doc kDocs[] = {
    {"Config.kernel", "The kernel, its modules and its command line. Default: none."},
    {"Config.init", "Images unpacked at the root in order; later ones override earlier ones."},
    {"Config.onboot", "Containers run one after the other at boot."},
    {"Config.onshutdown", "Containers run one after the other at shutdown."},
    {"Config.services", "Containers started together after onboot, and kept running."},
    {"Config.files", "Files, directories and symlinks written after everything else."},
    {"Config.volumes", "Directories that containers share by name."},
    {"Config.trust", "Accepted and ignored: images are pinned by digest in the lock file."},

    {"Kernel.image", "Image with the kernel. Without it the rest of the section does nothing."},
    {"Kernel.cmdline", "The kernel command line, byte for byte."},
    {"Kernel.binary", "Path of the kernel in the image. Default: kernel."},
    {"Kernel.tar", "Path of the tar with the modules. Default: kernel.tar; none or \"\": no tar."},
    {"Kernel.ucode", "Path of a cpio archive with early microcode. Default: none."},

    {"Trust.image", "Ignored."},
    {"Trust.org", "Ignored."},

    {"Container.name", "Name of the container and of its directory. Unique among services."},
    {"Container.image",
     "Reference in a registry, Bazel label (//pkg:target, :target) or @pkg:DIRECTORY."},
    {"Container.capabilities",
     "Capabilities; all or none alone. Replaces the image's. Default: none at all."},
    {"Container.capabilities.add",
     "Capabilities besides the image's. No effect beside capabilities."},
    {"Container.ambient", "Ambient capabilities. Default: none."},
    {"Container.mounts", "Mounts besides those of every container (/proc, /dev, /dev/pts, /sys)."},
    {"Container.binds",
     "SOURCE:DESTINATION[:OPTION,...]. A source without leading / is a volume. Replaces the "
     "image's."},
    {"Container.binds.add", "Binds besides the image's. No effect beside binds."},
    {"Container.tmpfs", "File systems in memory: DESTINATION[:OPTION,...]."},
    {"Container.command", "Program and arguments. Default: the image's entrypoint and command."},
    {"Container.env", "Environment, NAME=VALUE. Replaces the image's as a whole."},
    {"Container.cwd", "Working directory. Default: the image's, else /."},
    {"Container.net", "Network namespace: host, root, none, new or a path. Default: root."},
    {"Container.pid", "PID namespace: host, root, new or a path. Default: new."},
    {"Container.ipc", "IPC namespace: host, root, new or a path. Default: root."},
    {"Container.uts", "Host name namespace: host, root, new or a path. Default: root."},
    {"Container.userns", "User namespace: host, root, new or a path. Default: root."},
    {"Container.readonly", "Read-only root file system instead of an overlay in memory."},
    {"Container.maskedPaths", "Paths hidden from the container. Default: none."},
    {"Container.readonlyPaths", "Paths the container cannot write to. Default: none."},
    {"Container.uid", "User: a number, or the name of a container whose id is meant. Default: 0."},
    {"Container.gid", "Group: a number, or the name of a container whose id is meant. Default: 0."},
    {"Container.additionalGids", "Further groups, each as gid."},
    {"Container.noNewPrivileges", "Whether set-user-id programs gain nothing. Default: false."},
    {"Container.hostname", "Host name in a new uts namespace."},
    {"Container.oomScoreAdj", "Adjustment of the out-of-memory score, -1000 to 1000."},
    {"Container.rootfsPropagation", "Mount propagation of the root, such as shared."},
    {"Container.cgroupsPath", "Path of the container's cgroup."},
    {"Container.sysctl", "Kernel parameters of the container's namespaces."},
    {"Container.rlimits", "Limits NAME,SOFT,HARD such as nofile,1024,unlimited."},
    {"Container.uidMappings", "User ids of a new user namespace."},
    {"Container.gidMappings", "Group ids of a new user namespace."},
    {"Container.annotations", "Annotations of the OCI runtime specification."},
    {"Container.resources", "Limits of the container's cgroup. Replaces the image's as a whole."},
    {"Container.devices", "Device nodes in the container, and the right to use them."},
    {"Container.runtime", "What the system does around the container."},

    {"IdMapping.containerID", "First id in the container."},
    {"IdMapping.hostID", "First id outside."},
    {"IdMapping.size", "How many ids follow each other."},

    {"Mount.destination", "Path in the container. Default: the usual one of the type."},
    {"Mount.type", "File system, or bind. Default: proc, sysfs, ... if the source is called so."},
    {"Mount.source", "Device, path or volume. Default: the type."},
    {"Mount.options", "Mount options."},
    {"Mount.uidmappings", "Accepted and ignored."},
    {"Mount.gidmappings", "Accepted and ignored."},

    {"Device.path", "Path of the node, or all: every device of the type."},
    {"Device.type", "b for block, c or u for character, p for a pipe; a for all."},
    {"Device.major", "Major number."},
    {"Device.minor", "Minor number."},
    {"Device.mode", "Octal digits such as \"0666\". Required unless the path is all."},

    {"DeviceRule.allow", "Whether the rule allows or forbids."},
    {"DeviceRule.type", "a, b or c."},
    {"DeviceRule.major", "Major number. Default: all."},
    {"DeviceRule.minor", "Minor number. Default: all."},
    {"DeviceRule.access", "Of r (read), w (write) and m (mknod)."},

    {"Resources.devices", "Rules of the device cgroup, before those that devices add."},
    {"Resources.memory", "Memory limits."},
    {"Resources.cpu", "CPU shares, quotas and sets."},
    {"Resources.pids", "Number of processes."},
    {"Resources.blockio", "Weights and limits of block devices."},
    {"Resources.hugepageLimits", "Limits of huge pages."},
    {"Resources.network", "Network class and priorities."},

    {"Memory.limit", "Bytes of memory."},
    {"Memory.reservation", "Soft limit in bytes."},
    {"Memory.swap", "Bytes of memory and swap together."},
    {"Memory.kernel", "Bytes of kernel memory."},
    {"Memory.kernelTCP", "Bytes of TCP buffers."},
    {"Memory.swappiness", "0 to 100."},
    {"Memory.disableOOMKiller", "Whether the group waits for memory instead of being killed."},

    {"Cpu.shares", "Weight relative to other groups."},
    {"Cpu.quota", "Microseconds of CPU time in each period."},
    {"Cpu.period", "Length of a period in microseconds."},
    {"Cpu.realtimeRuntime", "Microseconds of realtime scheduling in each realtime period."},
    {"Cpu.realtimePeriod", "Length of a realtime period in microseconds."},
    {"Cpu.cpus", "CPUs the container may use: \"0-3,8\"."},
    {"Cpu.mems", "Memory nodes the container may use."},

    {"Pids.limit", "Number of processes and threads."},

    {"BlockIo.weight", "Weight of the group, 10 to 1000."},
    {"BlockIo.leafWeight", "Weight against child groups."},
    {"BlockIo.weightDevice", "Weights of single devices."},
    {"BlockIo.throttleReadBpsDevice", "Bytes read in a second."},
    {"BlockIo.throttleWriteBpsDevice", "Bytes written in a second."},
    {"BlockIo.throttleReadIOPSDevice", "Read operations in a second."},
    {"BlockIo.throttleWriteIOPSDevice", "Write operations in a second."},
    {"WeightDevice.major", "Major number."},
    {"WeightDevice.minor", "Minor number."},
    {"WeightDevice.weight", "Weight of the device."},
    {"WeightDevice.leafWeight", "Weight against child groups."},
    {"ThrottleDevice.major", "Major number."},
    {"ThrottleDevice.minor", "Minor number."},
    {"ThrottleDevice.rate", "Bytes or operations in a second."},

    {"HugepageLimit.pageSize", "Size of the pages: bytes, or a text such as 2MB."},
    {"HugepageLimit.limit", "Bytes in pages of this size."},

    {"Network.classID", "Class that traffic control sees."},
    {"Network.priorities", "Priorities of traffic by interface."},
    {"Priority.name", "Interface."},
    {"Priority.priority", "Priority of its traffic."},

    {"Runtime.cgroups", "Cgroups to create before the container starts."},
    {"Runtime.mounts", "Mounts to make outside of the container before it starts."},
    {"Runtime.mkdir", "Directories to create outside of the container before it starts."},
    {"Runtime.interfaces", "Network interfaces to move or create for the container."},
    {"Runtime.bindNS", "Paths to keep the container's namespaces at, by kind."},
    {"Runtime.namespace", "Namespace of containerd to run the service in."},

    {"Interface.name", "Name of the interface in the container."},
    {"Interface.add", "Kind of interface to create, such as veth or wireguard."},
    {"Interface.peer", "Name of the other end of a veth pair."},
    {"Interface.createInRoot", "Whether to create it in the root namespace and move it."},

    {"BindNs.cgroup", "Path for the cgroup namespace."},
    {"BindNs.ipc", "Path for the IPC namespace."},
    {"BindNs.mnt", "Path for the mount namespace."},
    {"BindNs.net", "Path for the network namespace, such as /run/netns/wg0."},
    {"BindNs.pid", "Path for the PID namespace."},
    {"BindNs.user", "Path for the user namespace."},
    {"BindNs.uts", "Path for the host name namespace."},

    {"FileEntry.path", "Path in the system; a leading / may be left out."},
    {"FileEntry.directory", "Makes a directory."},
    {"FileEntry.symlink", "Makes a symlink with this target."},
    {"FileEntry.contents", "The file's content."},
    {"FileEntry.source", "File with the content: a path in the package or a Bazel label."},
    {"FileEntry.metadata", "Writes the whole configuration, as yaml or json."},
    {"FileEntry.optional", "Leaves the entry out if the source does not exist."},
    {"FileEntry.mode",
     "Octal digits in quotes. Default: \"0600\", for directories \"0700\". Parent directories "
     "get theirs from it."},
    {"FileEntry.uid", "Owner: a number, or the name of a container whose id is meant."},
    {"FileEntry.gid", "Group: a number, or the name of a container whose id is meant."},

    {"Volume.name", "Name that binds refer to: a-z, 0-9, _ and -."},
    {"Volume.image", "Image with the content to begin with. Default: empty."},
    {"Volume.readonly", "Whether containers may bind it only with the option ro."},
    {"Volume.format", "filesystem (default): the image unpacked; oci: the image as a layout."},
    {"Volume.platforms", "Of format oci: only these platforms, os/arch[/variant]."},
};

}  // namespace

std::string_view FieldDoc(const google::protobuf::FieldDescriptor& field) {
  const std::string name = absl::StrCat(field.containing_type()->name(), ".", KeyOf(field));
  for (const Doc& doc : kDocs) {
    if (doc.field == name) return doc.text;
  }
  return "";
}

std::vector<std::string> DocumentedFields() {
  std::vector<std::string> fields;
  for (const Doc& doc : kDocs) fields.emplace_back(doc.field);
  return fields;
}

}  // namespace linuxkit
