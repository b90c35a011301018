#include "tools/iso/validate_iso.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/fat/fat_format.h"
#include "tools/fat/validate_fat.h"
#include "tools/gpt/gpt_format.h"
#include "tools/gpt/guid.h"
#include "tools/gpt/mbr.h"
#include "tools/gpt/validate_gpt.h"
#include "tools/iso/el_torito.h"
#include "tools/iso/iso_format.h"
#include "tools/iso/validate_tree.h"

namespace linuxkit {
namespace {

// A set with more has no end.
constexpr uint32_t kMaxDescriptors = 16;
constexpr uint8_t kBootableMark = 0x88;
constexpr uint32_t kSectorsPerBlock = kIsoBlock / kDiskSector;
// Boot programs are summed up in memory.
constexpr uint32_t kMaxProgram = 16 << 20;

absl::Status Broken(std::string_view problem) {
  return absl::DataLossError(absl::StrCat("ISO: ", problem));
}

struct Descriptors {
  std::optional<IsoVolumeDescriptor> primary;
  std::optional<IsoVolumeDescriptor> joliet;
  std::optional<BootRecordDescriptor> boot;
};

bool IsElTorito(const BootRecordDescriptor& boot) {
  return boot.system_id == TextField<32>(kElToritoId, '\0');
}

absl::Status TakeDescriptor(uint32_t block, const IsoVolumeDescriptor& descriptor,
                            Descriptors& descriptors) {
  if (descriptor.magic != kIsoMagic || descriptor.version != 1) {
    return Broken(absl::StrCat("block ", block, " is not a volume descriptor"));
  }
  if ((block == kFirstDescriptor) != (descriptor.type == kPrimaryDescriptor)) {
    return Broken(absl::StrCat("the descriptor in block ", block, " has type ",
                               int{descriptor.type}, "; expected the primary one, 1, in block ",
                               kFirstDescriptor, " alone"));
  }
  switch (descriptor.type) {
    case kPrimaryDescriptor:
      descriptors.primary = descriptor;
      break;
    case kSupplementaryDescriptor:
      descriptors.joliet = descriptor;
      break;
    case kBootRecord: {
      const auto boot = FromBytes<BootRecordDescriptor>(BytesOf(descriptor));
      if (IsElTorito(boot)) descriptors.boot = boot;
      break;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Descriptors> ReadDescriptors(const ImageView& image) {
  Descriptors descriptors;
  for (uint32_t block = kFirstDescriptor; block < kFirstDescriptor + kMaxDescriptors; ++block) {
    ABSL_ASSIGN_OR_RETURN(const auto descriptor,
                          image.ReadStruct<IsoVolumeDescriptor>("ISO: a volume descriptor",
                                                                uint64_t{block} * kIsoBlock));
    ABSL_RETURN_IF_ERROR(TakeDescriptor(block, descriptor, descriptors));
    if (descriptor.type == kDescriptorSetEnd) return descriptors;
  }
  return Broken(absl::StrCat("the volume descriptors have no end in ", kMaxDescriptors, " blocks"));
}

absl::Status CheckVolume(const ImageView& image, const IsoVolumeDescriptor& descriptor) {
  if (!descriptor.blocks.Agree() || !descriptor.block_size.Agree() ||
      !descriptor.path_table_size.Agree() || !descriptor.root.block.Agree() ||
      !descriptor.root.size.Agree()) {
    return Broken("a number of the volume descriptor differs between byte orders");
  }
  if (descriptor.block_size != kIsoBlock) {
    return Broken(absl::StrCat("blocks have ", uint16_t{descriptor.block_size}, " bytes; expected ",
                               kIsoBlock));
  }
  if (descriptor.blocks <= image.size() / kIsoBlock) return ValidateIsoTree(image, descriptor);
  return Broken(absl::StrCat("the volume has ", uint32_t{descriptor.blocks},
                             " blocks; the image has ", image.size() / kIsoBlock));
}

// The entries of a catalog that we write: a default one and one section at most.
struct Catalog {
  std::optional<BootEntry> bios;
  std::optional<BootEntry> efi;
};

absl::Status TakeEntry(uint8_t platform, const BootEntry& entry, Catalog& catalog) {
  if (entry.bootable != kBootableMark || entry.media != 0) {
    return Broken(absl::StrCat("a boot entry has mark ", int{entry.bootable}, " and medium ",
                               int{entry.media}, "; expected ", int{kBootableMark},
                               " and 0, no emulation"));
  }
  (platform == kEfiPlatform ? catalog.efi : catalog.bios) = entry;
  return absl::OkStatus();
}

absl::StatusOr<Catalog> ReadCatalog(const ImageView& image, uint32_t block) {
  ABSL_ASSIGN_OR_RETURN(
      const std::string bytes,
      image.Read("ISO: the boot catalog", uint64_t{block} * kIsoBlock, kIsoBlock));
  const std::string_view entries = bytes;
  const auto validation = FromBytes<BootValidation>(entries);
  const uint16_t sum = ValidationSum(BytesOf(validation));
  if (validation.header != 1 || validation.key != BootValidation().key || sum != 0) {
    return Broken(absl::StrCat("the boot catalog begins with ", int{validation.header},
                               ", has key 0x", absl::Hex(uint16_t{validation.key}), " and sum ",
                               sum, "; expected 1, 0xaa55 and 0"));
  }
  Catalog catalog;
  ABSL_RETURN_IF_ERROR(
      TakeEntry(validation.platform, FromBytes<BootEntry>(entries.substr(32)), catalog));
  const auto section = FromBytes<BootSection>(entries.substr(64));
  if (section.header != BootSection::kLast) return catalog;
  ABSL_RETURN_IF_ERROR(
      TakeEntry(section.platform, FromBytes<BootEntry>(entries.substr(96)), catalog));
  return catalog;
}

absl::Status CheckBootInfo(const ImageView& image, uint32_t block) {
  const uint64_t start = uint64_t{block} * kIsoBlock;
  ABSL_ASSIGN_OR_RETURN(
      const auto table,
      image.ReadStruct<BootInfoTable>("ISO: the BIOS boot program", start + kBootInfoStart));
  if (table.primary_descriptor != kFirstDescriptor || table.block != block ||
      table.size < kBootInfoEnd || table.size > kMaxProgram) {
    return Broken(absl::StrCat("the boot info table has descriptor ",
                               uint32_t{table.primary_descriptor}, ", block ",
                               uint32_t{table.block}, " and ", uint32_t{table.size},
                               " bytes; expected ", kFirstDescriptor, " and ", block));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string program,
                        image.Read("ISO: the BIOS boot program", start, table.size));
  if (table.sum == BootInfoSum(program)) return absl::OkStatus();
  return Broken(absl::StrCat("the boot info table has sum 0x", absl::Hex(uint32_t{table.sum}),
                             "; expected 0x", absl::Hex(BootInfoSum(program))));
}

absl::Status CheckHybridMbr(const ImageView& image) {
  ABSL_ASSIGN_OR_RETURN(const auto mbr, image.ReadStruct<Mbr>("ISO: the MBR", 0));
  const bool has_active =
      std::any_of(mbr.partitions.begin(), mbr.partitions.end(),
                  [](const MbrPartition& partition) { return partition.status == kMbrActive; });
  const bool has_code = mbr.code != Mbr().code;
  if (mbr.signature == kMbrSignature && has_active && has_code) return absl::OkStatus();
  return Broken(absl::StrCat("BIOS cannot boot it from a disk: the MBR has signature 0x",
                             absl::Hex(uint16_t{mbr.signature}), ", ", has_code ? "" : "no ",
                             "code and ", has_active ? "an" : "no", " active partition"));
}

absl::Status CheckEfi(const ImageView& image, const BootEntry& entry) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<GptEntry> partitions, ValidateGpt(image));
  ABSL_ASSIGN_OR_RETURN(const Guid esp, ParseGuid(kEspType));
  const uint64_t first = uint64_t{entry.block} * kSectorsPerBlock;
  const auto partition =
      std::find_if(partitions.begin(), partitions.end(), [&](const GptEntry& candidate) {
        return candidate.type == esp && candidate.first_sector == first;
      });
  if (partition == partitions.end()) {
    return Broken(absl::StrCat("no EFI system partition begins at sector ", first,
                               ", where the UEFI boot entry points"));
  }
  const uint64_t sectors = partition->last_sector - partition->first_sector + 1;
  if (entry.sectors != (sectors > UINT16_MAX ? 0 : sectors)) {
    return Broken(absl::StrCat("the UEFI boot entry loads ", uint16_t{entry.sectors},
                               " sectors of an EFI system partition of ", sectors,
                               "; expected all, or 0 for more than ", UINT16_MAX));
  }
  ABSL_ASSIGN_OR_RETURN(
      const ImageView part,
      image.Part("ISO: the EFI system partition", first * kDiskSector, sectors * kDiskSector));
  return ValidateFat(part);
}

}  // namespace

absl::StatusOr<IsoBootability> ValidateIso(const ImageView& image) {
  ABSL_ASSIGN_OR_RETURN(const Descriptors descriptors, ReadDescriptors(image));
  ABSL_RETURN_IF_ERROR(CheckVolume(image, *descriptors.primary));
  if (!descriptors.joliet) return Broken("there is no Joliet descriptor");
  ABSL_RETURN_IF_ERROR(CheckVolume(image, *descriptors.joliet));
  if (!descriptors.boot) return IsoBootability{};
  ABSL_ASSIGN_OR_RETURN(const Catalog catalog, ReadCatalog(image, descriptors.boot->catalog));
  if (catalog.bios) {
    ABSL_RETURN_IF_ERROR(CheckBootInfo(image, catalog.bios->block));
    ABSL_RETURN_IF_ERROR(CheckHybridMbr(image));
  }
  if (catalog.efi) {
    ABSL_RETURN_IF_ERROR(CheckEfi(image, *catalog.efi));
  }
  return IsoBootability{.bios = catalog.bios.has_value(), .efi = catalog.efi.has_value()};
}

}  // namespace linuxkit
