// The description of a virtual machine with one disk and one network card as OVF (DMTF
// DSP0243 1.1), with what VMware adds for the firmware.
#ifndef TOOLS_VMDISK_OVF_H_
#define TOOLS_VMDISK_OVF_H_

#include <cstdint>
#include <string>

namespace linuxkit {

enum class OvfFirmware { kBios, kEfi };

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
