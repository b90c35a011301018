// Assembles the initrd of a system from its segments. Flags: see Run.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/initrd/assemble.h"
#include "tools/initrd/initrd.pb.h"
#include "tools/initrd/plan.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::vector<SegmentFiles>> ParseSegments(Args& args) {
  const std::vector<std::string> segments = args.All("segment"), indexes = args.All("index"),
                                 databases = args.All("apk_database");
  if (indexes.size() != segments.size() || databases.size() != segments.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("found ", segments.size(), " --segment, ", indexes.size(), " --index and ",
                     databases.size(), " --apk_database; expected as many of each"));
  }
  std::vector<SegmentFiles> files;
  for (size_t i = 0; i < segments.size(); ++i) {
    files.push_back({.segment = segments[i], .index = indexes[i], .apk_database = databases[i]});
  }
  return files;
}

absl::StatusOr<std::vector<SegmentIndex>> ReadIndexes(const std::vector<SegmentFiles>& segments) {
  std::vector<SegmentIndex> indexes;
  for (const SegmentFiles& files : segments) {
    ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(files.index, uint64_t{1} << 31));
    if (!indexes.emplace_back().ParseFromString(bytes)) {
      return absl::DataLossError(absl::StrCat(files.index, " is not the index of a segment"));
    }
  }
  return indexes;
}

// --segment, --index, --apk_database (repeated together, the last may be empty), --ucode
// (optional), --info, --output.
absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentFiles> segments, ParseSegments(args));
  const std::string ucode = args.OptionalOr("ucode", "");
  const std::string info_path = args.Required("info"), output_path = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentIndex> indexes, ReadIndexes(segments));
  ABSL_ASSIGN_OR_RETURN(const InitrdPlan plan, PlanInitrd(indexes));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
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
