// The description of a virtual machine with one disk and one network card as OVF (DMTF
// DSP0243 1.1), with what VMware adds for the firmware.
#ifndef TOOLS_VMDISK_OVF_H_
#define TOOLS_VMDISK_OVF_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace linuxkit {

enum class OvfFirmware { kBios, kEfi };

// What the machine tells VMware about its guest and hardware. An import fails unless the guest type
// is known at the hardware version and has the devices in its list, so these are one decision.
// Linux has long had drivers for both devices, which are paravirtual.
struct OvfHardware {
  std::string_view guest_type;
  int version = 0;
  std::string_view disk_controller;
  std::string_view network_card;
};

// ESXi 6.7 U2 and later. Plain "otherLinux64Guest" has no VirtualSCSI in its list.
inline constexpr OvfHardware kOvfHardware = {.guest_type = "other3xLinux64Guest",
                                             .version = 15,
                                             .disk_controller = "VirtualSCSI",
                                             .network_card = "VmxNet3"};

struct OvfMachine {
  std::string name;
  int cpus = 1;
  int memory_mib = 1024;
  OvfFirmware firmware = OvfFirmware::kEfi;
  // A stream-optimized VMDK beside the description.
  std::string disk_name;
  uint64_t disk_capacity = 0;  // as the machine sees it
  uint64_t disk_file_size = 0;
};

// XML, whose length does not depend on `disk_file_size`. Names stand in it as they are.
std::string OvfDocument(const OvfMachine& machine);

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_OVF_H_
