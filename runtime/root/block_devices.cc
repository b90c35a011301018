#include "runtime/root/block_devices.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// `text` is the file uevent: KEY=VALUE lines.
BlockDevice ParseDevice(std::string_view text) {
  BlockDevice device;
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, "DEVNAME=")) device.node = absl::StrCat("/dev/", line);
    if (absl::ConsumePrefix(&line, "PARTNAME=")) device.part_label = line;
    if (absl::ConsumePrefix(&line, "PARTUUID=")) device.part_uuid = line;
  }
  return device;
}

std::string Describe(const BlockDevice& device) {
  std::vector<std::string> words;
  if (!device.part_label.empty()) words.push_back(absl::StrCat("PARTLABEL=", device.part_label));
  if (!device.part_uuid.empty()) words.push_back(absl::StrCat("PARTUUID=", device.part_uuid));
  if (words.empty()) return device.node;
  return absl::StrCat(device.node, " (", absl::StrJoin(words, " "), ")");
}

bool Matches(const BlockDevice& device, std::string_view root) {
  if (absl::ConsumePrefix(&root, "PARTLABEL=")) return device.part_label == root;
  if (absl::ConsumePrefix(&root, "PARTUUID=")) {
    return absl::EqualsIgnoreCase(device.part_uuid, root);
  }
  return device.node == root;
}

}  // namespace

std::vector<BlockDevice> ListBlockDevices(const std::string& sys_class_block) {
  std::vector<BlockDevice> devices;
  for (const std::string& name :
       ListDirectory(sys_class_block).value_or(std::vector<std::string>())) {
    // One that went away meanwhile has no file any more.
    BlockDevice device =
        ParseDevice(ReadFile(absl::StrCat(sys_class_block, "/", name, "/uevent")).value_or(""));
    if (!device.node.empty()) devices.push_back(std::move(device));
  }
  return devices;
}

std::optional<std::string> FindBlockDevice(const std::vector<BlockDevice>& devices,
                                           std::string_view root) {
  for (const BlockDevice& device : devices) {
    if (Matches(device, root)) return device.node;
  }
  return std::nullopt;
}

std::string DescribeBlockDevices(const std::vector<BlockDevice>& devices) {
  if (devices.empty()) return "none";
  return absl::StrJoin(devices, ", ", [](std::string* out, const BlockDevice& device) {
    out->append(Describe(device));
  });
}

}  // namespace linuxkit
