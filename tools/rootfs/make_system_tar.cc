// Writes a system as a tar. Flags: see Run.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/initrd/segment_files.h"
#include "tools/rootfs/system_tar.h"
#include "tools/rootfs/system_tree.h"

namespace linuxkit {
namespace {

absl::Status WriteForm(const std::string& form, const std::vector<SegmentFiles>& segments,
                       const BootFiles& boot, ByteSink& sink) {
  if (form == "tar-kernel-initrd") return WriteBootFilesTar(boot, sink);
  if (form != "tar" && form != "docker") {
    return absl::InvalidArgumentError(
        absl::StrCat("--form: found \"", form, "\"; expected tar, docker or tar-kernel-initrd"));
  }
  ABSL_ASSIGN_OR_RETURN(const SystemTree tree, SystemTree::Read(segments));
  return WriteSystemTar(tree, boot, form == "docker", sink);
}

// --form, --kernel, --initrd, --cmdline and --ucode (each may be left out), the flags of
// ParseSegmentFiles, --output.
absl::Status Run(Args& args) {
  const std::string form = args.Required("form");
  const BootFiles boot = {.kernel = args.OptionalOr("kernel", ""),
                          .initrd = args.OptionalOr("initrd", ""),
                          .cmdline = args.OptionalOr("cmdline", ""),
                          .ucode = args.OptionalOr("ucode", "")};
  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentFiles> segments, ParseSegmentFiles(args));
  const std::string output_path = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
  ABSL_RETURN_IF_ERROR(WriteForm(form, segments, boot, *output));
  return output->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_system_tar", linuxkit::Run);
}
