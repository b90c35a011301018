// Disks and partitions as the kernel tells of them in /sys/class/block.
#ifndef RUNTIME_ROOT_BLOCK_DEVICES_H_
#define RUNTIME_ROOT_BLOCK_DEVICES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

struct BlockDevice {
  std::string node;        // "/dev/vda1"
  std::string part_label;  // of a GPT; empty for disks
  std::string part_uuid;   // empty for disks, and with kernels that do not tell (before 6.13)
};

// All of them, sorted by the kernel's names. `sys_class_block` is "/sys/class/block" but in tests.
std::vector<BlockDevice> ListBlockDevices(const std::string& sys_class_block);

// The node of the device that `root` (RootOptions::device) means, if it is there. UUIDs are equal
// in either case. Of two partitions with one label the first counts.
std::optional<std::string> FindBlockDevice(const std::vector<BlockDevice>& devices,
                                           std::string_view root);

// For people: "/dev/vda, /dev/vda1 (PARTLABEL=root)", or "none".
std::string DescribeBlockDevices(const std::vector<BlockDevice>& devices);

}  // namespace linuxkit

#endif  // RUNTIME_ROOT_BLOCK_DEVICES_H_
