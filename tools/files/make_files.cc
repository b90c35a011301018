// Makes the segment of a system's files section.
//
//   make_files --entries=etc.pb --entries=ssh.pb --source=keys/id.pub=bazel-out/…/id.pub
//   --id=sshd=102
//     --owner=//os:myimage.files --output=files.cpio --index=files.index
//
// --entries         FileEntryList message, from parse_entry; repeatable, in order
// --source          TEXT=FILE: what an entry's `source: TEXT` means; repeatable. FILE begins after
// the last "=".
// --id              NAME=NUMBER: user and group id of a container; repeatable
// --metadata_yaml, --metadata_json   files with the text for `metadata: yaml` and `metadata: json`
// --compression     none, gzip or zstd; --level its level
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/pair.h"
#include "tools/bundle/segment_flags.h"
#include "tools/files/files_segment.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::map<std::string, std::string>> ParseSources(
    const std::vector<std::string>& words) {
  std::map<std::string, std::string> sources;
  for (const std::string_view word : words) {
    ABSL_ASSIGN_OR_RETURN(Pair pair, ParsePair("source", word, "TEXT=FILE"));
    sources[std::move(pair.key)] = std::move(pair.value);
  }
  return sources;
}

absl::Status AddAll(const std::vector<std::string>& lists, const FilesInputs& inputs,
                    SegmentWriter& writer) {
  FilesSegment files(inputs, writer);
  for (const std::string& path : lists) {
    FileEntryList list;
    ABSL_RETURN_IF_ERROR(ReadMessage(path, list));
    for (const FileEntry& entry : list.values()) ABSL_RETURN_IF_ERROR(files.Add(entry));
  }
  return absl::OkStatus();
}

absl::Status Run(Args& args) {
  const SegmentFlags segment(args);
  const std::vector<std::string> lists = args.All("entries");
  const std::vector<std::string> source_words = args.All("source");
  const std::vector<std::string> id_words = args.All("id");
  FilesInputs inputs;
  for (const std::string kind : {"yaml", "json"}) {
    const std::optional<std::string> file = args.Optional("metadata_" + kind);
    if (file) inputs.metadata[kind] = *file;
  }
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(inputs.sources, ParseSources(source_words));
  ABSL_ASSIGN_OR_RETURN(inputs.ids, ParseIdTable(id_words));
  const absl::Status status =
      segment.Write([&](SegmentWriter& writer) { return AddAll(lists, inputs, writer); });
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(segment.owner, ": ", status.message()));
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_files", linuxkit::Run);
}
