// Assembles the initrd of a system from its segments. Flags: see Run.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/initrd/assemble.h"
#include "tools/initrd/hidden_files.h"
#include "tools/initrd/initrd.pb.h"
#include "tools/initrd/plan.h"
#include "tools/initrd/segment_files.h"
#include "tools/initrd/unconfined.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {
namespace {

// The flags of ParseSegmentFiles, --ucode (optional), --info, --output.
absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentFiles> segments, ParseSegmentFiles(args));
  const std::string ucode = args.OptionalOr("ucode", "");
  const std::string info_path = args.Required("info"), output_path = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentIndex> indexes, ReadIndexes(segments));
  ABSL_ASSIGN_OR_RETURN(const InitrdPlan plan, PlanInitrd(indexes));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
  if (const std::string note = HiddenFilesNote(segments, indexes, plan.tree); !note.empty()) {
    std::fprintf(stderr, "make_initrd: %s\n", note.c_str());
  }
  if (const std::string warning = UnconfinedWarning(indexes); !warning.empty()) {
    std::fprintf(stderr, "make_initrd: %s\n", warning.c_str());
  }
  ABSL_RETURN_IF_ERROR(AssembleInitrd(ucode, segments, plan, *output));

  InitrdInfo info;
  info.set_stored_bytes(output->size());
  info.set_unpacked_bytes(plan.unpacked_bytes);
  info.set_files(plan.files);
  ABSL_RETURN_IF_ERROR(output->Commit());
  return WriteFile(info_path, info.SerializeAsString());
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_initrd", linuxkit::Run);
}
