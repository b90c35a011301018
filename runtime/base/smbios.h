// Texts that the owner of the machine leaves for the system: SMBIOS structures of type 11, "OEM
// Strings". A virtual machine gets them from its host (QEMU: -smbios type=11,value=TEXT), whatever
// it boots from.
//
//   OemStrings(ReadFile(kSmbiosTable).value_or(""));   // {"linuxkit.test=0123..."}
#ifndef RUNTIME_BASE_SMBIOS_H_
#define RUNTIME_BASE_SMBIOS_H_

#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

// Needs CONFIG_DMI alone; only root may read it. Not there on machines without SMBIOS.
inline constexpr char kSmbiosTable[] = "/sys/firmware/dmi/tables/DMI";

// All OEM strings of a table in order. What is damaged ends the search.
std::vector<std::string> OemStrings(std::string_view table);

}  // namespace linuxkit

#endif  // RUNTIME_BASE_SMBIOS_H_
