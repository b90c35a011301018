// Checks images by the rules of our validators; for tests and for people.
//
//   validate_image --iso=myimage.iso --gpt=disk.img --fat=esp.img
//
// Each flag is repeatable. Prints nothing if all are valid, otherwise the first broken rule.
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/disk/image_view.h"
#include "tools/fat/validate_fat.h"
#include "tools/gpt/validate_gpt.h"
#include "tools/iso/validate_iso.h"

namespace linuxkit {
namespace {

absl::Status Validate(std::string_view kind, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  const ImageView image(file);
  const absl::Status status = kind == "iso"   ? ValidateIso(image).status()
                              : kind == "gpt" ? ValidateGpt(image).status()
                                              : ValidateFat(image);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::Status Run(Args& args) {
  for (const std::string_view kind : {"iso", "gpt", "fat"}) {
    for (const std::string& path : args.All(kind)) ABSL_RETURN_IF_ERROR(Validate(kind, path));
  }
  return args.Finish();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "validate_image", linuxkit::Run);
}
