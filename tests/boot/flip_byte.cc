// Copies a file and changes one byte of it.
//
//   flip_byte --input=myimage-verity.img --offset=100 --output=corrupted.img
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const std::string path = args.Required("input");
  const auto offset = static_cast<uint64_t>(args.IntOr("offset", 0));
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(path));
  char byte = 0;
  ABSL_RETURN_IF_ERROR(input.ReadAt(offset, absl::MakeSpan(&byte, 1)).status());
  byte = static_cast<char>(byte ^ 1);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(output));
  ABSL_RETURN_IF_ERROR(file->AppendFile(input));
  ABSL_RETURN_IF_ERROR(file->WriteAt(offset, {&byte, 1}));
  return file->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "flip_byte", linuxkit::Run);
}
