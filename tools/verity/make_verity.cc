// Puts a dm-verity hash tree behind a file system image.
//
//   make_verity --image=myimage-squashfs.img --output=myimage-verity.img
//               --root_hash=myimage.roothash --cmdline=myimage.cmdline
//
// --image      a file system image of any kind; zeros fill it up to a whole block of 4096 bytes
// --output     the image with superblock and tree behind it
// --root_hash  a file for the root hash: 64 hex digits and a newline
// --cmdline    a file for the words of the kernel command line that a boot with it needs
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/verity/verity_image.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const std::string image_path = args.Required("image");
  const std::string output_path = args.Required("output");
  const std::string root_hash_path = args.Required("root_hash");
  const std::string cmdline_path = args.Required("cmdline");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const InputFile image, InputFile::Open(image_path));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
  ABSL_ASSIGN_OR_RETURN(const VerityImage verity, WriteVerityImage(image, *output));
  ABSL_RETURN_IF_ERROR(output->Commit());
  ABSL_RETURN_IF_ERROR(WriteFile(root_hash_path, absl::StrCat(Hex(verity.root_hash), "\n")));
  return WriteFile(cmdline_path, VerityCmdline(verity));
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_verity", linuxkit::Run);
}
