// El Torito: how firmware boots from a CD. A catalog of one block names the boot programs.
#ifndef TOOLS_ISO_EL_TORITO_H_
#define TOOLS_ISO_EL_TORITO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace linuxkit {

struct BootCatalog {
  // Block of the BIOS boot program, of which firmware loads the first block.
  std::optional<uint32_t> bios_block;
  // Block and size of the EFI system partition.
  std::optional<uint32_t> efi_block;
  uint64_t efi_size = 0;
};

// The descriptor that points to the catalog.
std::string EncodeBootRecord(uint32_t catalog_block);

// The catalog. The first entry is for the BIOS if there is one.
std::string EncodeBootCatalog(const BootCatalog& catalog);

// Writes the boot info table into a program that lies at `block`. `name` is for errors.
absl::Status PatchBootInfo(uint32_t block, std::string_view name, std::string& program);

// The sum that the table holds: of all 32-bit words behind it.
uint32_t BootInfoSum(std::string_view program);

// 0 if the words of a validation entry are right.
uint16_t ValidationSum(std::string_view entry);

}  // namespace linuxkit

#endif  // TOOLS_ISO_EL_TORITO_H_
