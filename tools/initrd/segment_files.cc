#include "tools/initrd/segment_files.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::StatusOr<std::vector<SegmentFiles>> ParseSegmentFiles(Args& args) {
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

absl::StatusOr<std::vector<SegmentIndex>> ReadIndexes(absl::Span<const SegmentFiles> segments) {
  std::vector<SegmentIndex> indexes;
  for (const SegmentFiles& files : segments) {
    ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(files.index, uint64_t{1} << 31));
    if (!indexes.emplace_back().ParseFromString(bytes)) {
      return absl::DataLossError(absl::StrCat(files.index, " is not the index of a segment"));
    }
  }
  return indexes;
}

bool IsLastInit(absl::Span<const SegmentFiles> segments, size_t position) {
  return !segments[position].apk_database.empty() &&
         (position + 1 == segments.size() || segments[position + 1].apk_database.empty());
}

}  // namespace linuxkit
