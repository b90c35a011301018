// A file without a name for what is too large for memory. It is gone when the process ends, however
// it ends.
#ifndef TOOLS_BASE_SCRATCH_FILE_H_
#define TOOLS_BASE_SCRATCH_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"

namespace linuxkit {

class ScratchFile : public ByteSink {
 public:
  // In the working directory, which for an action is on a disk, or else in the directory for
  // temporary files. Takes at most `limit` bytes.
  static absl::StatusOr<std::unique_ptr<ScratchFile>> Create(uint64_t limit);

  absl::Status Append(std::string_view bytes) override;
  // What this process can open as long as the object lives.
  std::string path() const;

 private:
  ScratchFile(FileDescriptor fd, uint64_t limit) : fd_(std::move(fd)), limit_(limit) {}

  FileDescriptor fd_;
  uint64_t limit_;
  uint64_t size_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_BASE_SCRATCH_FILE_H_
