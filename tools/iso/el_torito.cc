#include "tools/iso/el_torito.h"

#include "absl/strings/str_cat.h"
#include "tools/iso/iso_format.h"

namespace linuxkit {
namespace {

constexpr uint32_t kLoadUnit = 512;
constexpr uint16_t kBiosLoad = kIsoBlock / kLoadUnit;

BootEntry EfiEntry(const BootCatalog& catalog) {
  const uint64_t sectors = catalog.efi_size / kLoadUnit;
  // A partition that is larger than the field can say: UEFI takes 0 for "to the end of the medium".
  return {.sectors = static_cast<uint16_t>(sectors > UINT16_MAX ? 0 : sectors),
          .block = *catalog.efi_block};
}

BootValidation Validation(BootPlatform platform) {
  BootValidation validation = {.platform = platform};
  validation.checksum = static_cast<uint16_t>(-ValidationSum(BytesOf(validation)));
  return validation;
}

}  // namespace

uint16_t ValidationSum(std::string_view entry) {
  uint16_t sum = 0;
  for (size_t at = 0; at + 2 <= entry.size(); at += 2) {
    sum = static_cast<uint16_t>(sum + FromBytes<Little<uint16_t>>(entry.substr(at)));
  }
  return sum;
}

std::string EncodeBootRecord(uint32_t catalog_block) {
  return std::string(BytesOf(BootRecordDescriptor{.system_id = TextField<32>(kElToritoId, '\0'),
                                                  .catalog = catalog_block}));
}

std::string EncodeBootCatalog(const BootCatalog& catalog) {
  std::string bytes;
  if (!catalog.bios_block) {
    bytes.append(BytesOf(Validation(kEfiPlatform)));
    bytes.append(BytesOf(EfiEntry(catalog)));
  } else {
    bytes.append(BytesOf(Validation(kBiosPlatform)));
    bytes.append(BytesOf(BootEntry{.sectors = kBiosLoad, .block = *catalog.bios_block}));
    if (catalog.efi_block) {
      bytes.append(BytesOf(BootSection{.entries = uint16_t{1}}));
      bytes.append(BytesOf(EfiEntry(catalog)));
    }
  }
  bytes.resize(kIsoBlock);
  return bytes;
}

uint32_t BootInfoSum(std::string_view program) {
  std::string words(program.substr(kBootInfoEnd));
  words.resize(RoundUp(words.size(), 4));
  uint32_t sum = 0;
  for (size_t at = 0; at < words.size(); at += 4) {
    sum += FromBytes<Little<uint32_t>>(std::string_view(words).substr(at));
  }
  return sum;
}

absl::Status PatchBootInfo(uint32_t block, std::string_view name, std::string& program) {
  if (program.size() < kIsoBlock) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has ", program.size(),
                     " bytes; a BIOS boot program for CDs has at least ", kIsoBlock));
  }
  const BootInfoTable table = {.primary_descriptor = kFirstDescriptor,
                               .block = block,
                               .size = static_cast<uint32_t>(program.size()),
                               .sum = BootInfoSum(program)};
  program.replace(kBootInfoStart, sizeof(table), BytesOf(table));
  return absl::OkStatus();
}

}  // namespace linuxkit
