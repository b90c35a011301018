#include "tools/iso/bios_boot.h"

#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/iso/el_torito.h"
#include "tools/iso/iso_format.h"

namespace linuxkit {
namespace {

// Boot programs have some tens of kilobytes, and they are patched in memory.
constexpr uint64_t kProgramLimit = 16 << 20;
constexpr uint32_t kSectorsPerBlock = kIsoBlock / kDiskSector;
// isolinux.bin that a boot record can start has this at byte 64 (isohybrid.c of syslinux).
constexpr size_t kIsolinuxSignatureAt = 64;
constexpr uint32_t kIsolinuxSignature = 0x7078c0fb;
// Where boot records of both loaders want the program's first sector.
constexpr size_t kMbrProgramSector = 0x1b0;
// Where GRUB's boot sector wants the sector that follows it (grub2-boot-info of xorriso).
constexpr size_t kGrubSecondSector = 2548;

absl::Status CheckIsolinux(const BiosBoot& boot, std::string_view program) {
  const uint32_t found = FromBytes<Little<uint32_t>>(program.substr(kIsolinuxSignatureAt));
  if (found == kIsolinuxSignature) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      boot.program, " has 0x", absl::Hex(found), " at byte ", kIsolinuxSignatureAt, "; expected 0x",
      absl::Hex(kIsolinuxSignature),
      ", which isolinux.bin of syslinux 4 and later has. For GRUB set the loader to grub."));
}

absl::Status CheckGrub(const BiosBoot& boot, std::string_view program) {
  if (program.size() >= kGrubSecondSector + 8) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(boot.program, " has ", program.size(),
                                                 " bytes; GRUB's program has at least ",
                                                 kGrubSecondSector + 8));
}

}  // namespace

absl::StatusOr<std::string> PatchedBiosProgram(const BiosBoot& boot, uint32_t block) {
  ABSL_ASSIGN_OR_RETURN(std::string program, ReadFile(boot.program, kProgramLimit));
  if (boot.loader == BiosLoader::kGrub) {
    ABSL_RETURN_IF_ERROR(CheckGrub(boot, program));
    // The program is a boot sector of a CD, 2048 bytes, and the rest follows in sectors of 512.
    const Little<uint64_t> second = uint64_t{block} * kSectorsPerBlock + kSectorsPerBlock + 1;
    program.replace(kGrubSecondSector, sizeof(second), BytesOf(second));
  }
  // Last, for its sum covers the rest.
  ABSL_RETURN_IF_ERROR(PatchBootInfo(block, boot.program, program));
  if (boot.loader == BiosLoader::kIsolinux) {
    ABSL_RETURN_IF_ERROR(CheckIsolinux(boot, program));
  }
  return program;
}

absl::StatusOr<Mbr> HybridMbr(const BiosBoot& boot, uint32_t block) {
  ABSL_ASSIGN_OR_RETURN(const std::string code, ReadFile(boot.mbr, kDiskSector));
  Mbr mbr;
  ABSL_RETURN_IF_ERROR(SetMbrCode(code, boot.mbr, mbr));
  // isohdpfx.bin wants the program's first sector, GRUB's record the one behind its boot sector.
  const uint32_t skipped = boot.loader == BiosLoader::kGrub ? kSectorsPerBlock : 0;
  const Little<uint64_t> sector = uint64_t{block} * kSectorsPerBlock + skipped;
  BytesOf(sector).copy(mbr.code.data() + kMbrProgramSector, sizeof(sector));
  return mbr;
}

}  // namespace linuxkit
