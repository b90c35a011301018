// Elements of items are in the alphabet's order, as the schema of CIM wants it.
#include "tools/vmdisk/ovf.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

// Types of CIM_ResourceAllocationSettingData.
enum ResourceType { kProcessor = 3, kMemory = 4, kScsi = 6, kEthernet = 10, kDisk = 17 };

constexpr std::string_view kNetwork = "VM Network";

// "<rasd:NAME>VALUE</rasd:NAME>" in a line.
std::string Element(std::string_view name, const absl::AlphaNum& value) {
  return absl::StrCat("        <rasd:", name, ">", value, "</rasd:", name, ">\n");
}

std::string Item(std::string_view elements) {
  return absl::StrCat("      <Item>\n", elements, "      </Item>\n");
}

std::string Processors(int count) {
  return Item(absl::StrCat(Element("AllocationUnits", "hertz * 10^6"),
                           Element("ElementName", absl::StrCat(count, " virtual CPU(s)")),
                           Element("InstanceID", 1), Element("ResourceType", int{kProcessor}),
                           Element("VirtualQuantity", count)));
}

std::string Memory(int mib) {
  return Item(absl::StrCat(Element("AllocationUnits", "byte * 2^20"),
                           Element("ElementName", absl::StrCat(mib, " MiB of memory")),
                           Element("InstanceID", 2), Element("ResourceType", int{kMemory}),
                           Element("VirtualQuantity", mib)));
}

std::string DiskController() {
  return Item(absl::StrCat(Element("Address", 0), Element("ElementName", "SCSI controller 0"),
                           Element("InstanceID", 3),
                           Element("ResourceSubType", kOvfHardware.disk_controller),
                           Element("ResourceType", int{kScsi})));
}

std::string HardDisk() {
  return Item(absl::StrCat(Element("AddressOnParent", 0), Element("ElementName", "Hard disk 1"),
                           Element("HostResource", "ovf:/disk/disk1"), Element("InstanceID", 4),
                           Element("Parent", 3), Element("ResourceType", int{kDisk})));
}

std::string NetworkCard() {
  return Item(absl::StrCat(Element("AddressOnParent", 7), Element("AutomaticAllocation", "true"),
                           Element("Connection", kNetwork),
                           Element("ElementName", "Network adapter 1"), Element("InstanceID", 5),
                           Element("ResourceSubType", kOvfHardware.network_card),
                           Element("ResourceType", int{kEthernet})));
}

std::string Envelope(std::string_view content) {
  return absl::StrCat(
      R"(<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
    xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
    xmlns:vmw="http://www.vmware.com/schema/ovf">
)",
      content, "</Envelope>\n");
}

std::string DiskSections(const OvfMachine& machine) {
  constexpr size_t kDigits = 20;  // of the largest number
  // Quotes, digits and as many spaces behind them as digits are missing.
  const std::string size = absl::StrFormat("%-*s", static_cast<int>(kDigits + 2),
                                           absl::StrCat("\"", machine.disk_file_size, "\""));
  return absl::StrCat(
      "  <References>\n    <File ovf:href=\"", machine.disk_name,
      "\" ovf:id=\"file1\" ovf:size=", size,
      "/>\n  </References>\n  <DiskSection>\n    <Info>Virtual disks</Info>\n",
      "    <Disk ovf:capacity=\"", machine.disk_capacity,
      "\" ovf:capacityAllocationUnits=\"byte\" ovf:diskId=\"disk1\" ovf:fileRef=\"file1\"\n",
      "        ovf:format=\"",
      "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized\"/>\n",
      "  </DiskSection>\n");
}

std::string NetworkSection() {
  return absl::StrCat(
      "  <NetworkSection>\n    <Info>Logical networks</Info>\n    <Network ovf:name=\"", kNetwork,
      "\">\n      <Description>The network of the first adapter</Description>\n",
      "    </Network>\n  </NetworkSection>\n");
}

std::string HardwareSection(const OvfMachine& machine) {
  const std::string_view firmware = machine.firmware == OvfFirmware::kEfi ? "efi" : "bios";
  return absl::StrCat(
      "    <VirtualHardwareSection>\n      <Info>Virtual hardware</Info>\n      <System>\n",
      "        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>\n",
      "        <vssd:InstanceID>0</vssd:InstanceID>\n        <vssd:VirtualSystemIdentifier>",
      machine.name, "</vssd:VirtualSystemIdentifier>\n", "        <vssd:VirtualSystemType>vmx-",
      kOvfHardware.version, "</vssd:VirtualSystemType>\n      </System>\n",
      Processors(machine.cpus), Memory(machine.memory_mib), DiskController(), HardDisk(),
      NetworkCard(), "      <vmw:Config ovf:required=\"false\" vmw:key=\"firmware\" vmw:value=\"",
      firmware, "\"/>\n    </VirtualHardwareSection>\n");
}

}  // namespace

std::string OvfDocument(const OvfMachine& machine) {
  return Envelope(absl::StrCat(
      DiskSections(machine), NetworkSection(), "  <VirtualSystem ovf:id=\"", machine.name,
      "\">\n    <Info>A virtual machine</Info>\n    <Name>", machine.name, "</Name>\n",
      // 101 is Linux on 64 bits in CIM_OperatingSystem.
      "    <OperatingSystemSection ovf:id=\"101\" vmw:osType=\"", kOvfHardware.guest_type, "\">\n",
      "      <Info>The kind of guest</Info>\n    </OperatingSystemSection>\n",
      HardwareSection(machine), "  </VirtualSystem>\n"));
}

}  // namespace linuxkit
