// The files section of a system as entries of a segment.
//
// Directories above a file that no earlier entry of the section wrote are written too, with a mode
// derived from the file's and with its owner, even if an image has them already: so LinuxKit does
// it. That makes the order of entries count, and is why all files of a system are one segment.
//
//   FilesSegment files(inputs, *writer);
//   for (const FileEntry& entry : list.values()) ABSL_RETURN_IF_ERROR(files.Add(entry));
#ifndef TOOLS_FILES_FILES_SEGMENT_H_
#define TOOLS_FILES_FILES_SEGMENT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/segment/segment_writer.h"
#include "tools/spec/file_entry.h"
#include "tools/spec/ids.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// What entries refer to.
struct FilesInputs {
  // `source` as an entry has it -> the file to read.
  std::map<std::string, std::string> sources;
  // `metadata` as an entry has it -> the file that holds the text.
  std::map<std::string, std::string> metadata;
  IdTable ids;
};

class FilesSegment {
 public:
  // Both must outlive it.
  FilesSegment(const FilesInputs& inputs, SegmentWriter& writer)
      : inputs_(inputs), writer_(writer) {}

  // Errors name the entry by its index and path.
  absl::Status Add(const FileEntry& entry);

 private:
  absl::Status AddEntry(const FileEntry& entry);
  absl::Status AddParents(std::string_view path, const Attributes& attributes);
  absl::Status AddItself(const FileEntry& entry, const FilePlan& plan, const std::string& path,
                         const Attributes& attributes);
  absl::Status AddContent(const std::string& path, const std::string& file,
                          const Attributes& attributes);

  const FilesInputs& inputs_;
  SegmentWriter& writer_;
  // Directories and entries so far, as LinuxKit remembers them: an entry as given, a parent clean.
  std::set<std::string> written_;
  size_t index_ = 0;
};

// The mode of a directory made for a file: whoever may do anything with the file may enter.
uint32_t ParentMode(uint32_t file_mode);

}  // namespace linuxkit

#endif  // TOOLS_FILES_FILES_SEGMENT_H_
