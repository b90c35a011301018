// Writes a unified kernel image, and what a TPM will measure of it.
//
//   make_uki --stub=linuxx64.efi.stub --kernel=myimage-kernel --initrd=myimage-initrd.img
//     --cmdline=myimage-cmdline --os_release=os-release
//     --output=myimage.efi --pcr_output=myimage.pcr11.json
//
// --output       the image; reads nothing but the stub where files can share blocks
// --pcr_output   the expected values of PCR 11 (tools/efi/measure.h); reads everything. At least
// one
//                of the two
// --stub         systemd's stub for the architecture
// --kernel       a kernel with an EFI stub
// --initrd, --os_release, --dtb, --splash   files that become sections
// --cmdline      a file with the kernel command line
// --sealed       nothing that is appended to the command line counts (tools/efi/uki.h)
// --uname        the kernel's version; what the kernel tells by default
// --ucode        early microcode that the initrd does not begin with
// --sbat         lines that are added to the stub's .sbat
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/disk/extents.h"
#include "tools/efi/measure.h"
#include "tools/efi/uki.h"

namespace linuxkit {
namespace {

UkiOptions ParseOptions(Args& args) {
  return {.stub = args.Required("stub"),
          .kernel = args.Required("kernel"),
          .initrd = args.Optional("initrd"),
          .cmdline = args.Optional("cmdline"),
          .sealed = args.Bool("sealed"),
          .os_release = args.Optional("os_release"),
          .uname = args.Optional("uname"),
          .ucode = args.Optional("ucode"),
          .dtb = args.Optional("dtb"),
          .splash = args.Optional("splash"),
          .sbat = args.Optional("sbat")};
}

absl::Status WriteUki(const PeImage& uki, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(WriteExtents(uki.extents, *file));
  return file->Commit();
}

absl::Status WritePcr(const PeImage& uki, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string json, ExpectedPcrJson(uki));
  return WriteFile(path, json);
}

absl::Status Run(Args& args) {
  const std::optional<std::string> output = args.Optional("output");
  const std::optional<std::string> pcr_output = args.Optional("pcr_output");
  const UkiOptions options = ParseOptions(args);
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (!output && !pcr_output) {
    return absl::InvalidArgumentError("expected --output or --pcr_output");
  }
  ABSL_ASSIGN_OR_RETURN(const PeImage uki, MakeUki(options));
  if (pcr_output) {
    ABSL_RETURN_IF_ERROR(WritePcr(uki, *pcr_output));
  }
  return output ? WriteUki(uki, *output) : absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "make_uki", linuxkit::Run); }
