#include "tools/qemu/esp_disk.h"

#include <memory>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/disk/content.h"
#include "tools/disk/extents.h"
#include "tools/fat/fat_image.h"

namespace linuxkit {

absl::Status WriteEspDisk(const std::string& efi_program, Arch arch, const std::string& disk) {
  const std::string path =
      absl::StrCat("EFI/BOOT/BOOT", arch == Arch::kX86_64 ? "X64" : "AA64", ".EFI");
  ABSL_ASSIGN_OR_RETURN(Content content, Content::OfFile(efi_program));
  ABSL_ASSIGN_OR_RETURN(const FatImage esp, MakeFatImage({}, {{path, std::move(content)}}));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(disk));
  ABSL_RETURN_IF_ERROR(WriteExtents(esp.extents, *output));
  return output->Commit();
}

}  // namespace linuxkit
