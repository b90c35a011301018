// What an entry of files asks for.
#ifndef TOOLS_SPEC_FILE_ENTRY_H_
#define TOOLS_SPEC_FILE_ENTRY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

struct FilePlan {
  enum class Kind { kDirectory, kSymlink, kContents, kSource, kMetadata };
  Kind kind;
  // As given, less one leading "/".
  std::string path;
  // The 12 permission bits.
  uint32_t mode;
};

// Decides from the entry alone; every contradiction in it is an error.
absl::StatusOr<FilePlan> PlanFile(const FileEntry& entry);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_FILE_ENTRY_H_
