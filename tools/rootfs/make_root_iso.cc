// Writes the tree that a system boots with as an ISO image. Flags: see Run.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/initrd/segment_files.h"
#include "tools/rootfs/root_iso.h"
#include "tools/rootfs/system_tree.h"

namespace linuxkit {
namespace {

// The flags of ParseSegmentFiles, --output.
absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentFiles> segments, ParseSegmentFiles(args));
  const std::string output_path = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  ABSL_ASSIGN_OR_RETURN(const SystemTree tree, SystemTree::Read(segments));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
  ABSL_RETURN_IF_ERROR(WriteRootIso(tree, *output));
  return output->Commit();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_root_iso", linuxkit::Run);
}
