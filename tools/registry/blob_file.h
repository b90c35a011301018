// The file that a blob becomes. Until `Commit` it has no name, so that nothing is left of it
// however the program ends, kill -9 and power failure included. Where the file system cannot do
// this (O_TMPFILE), it has a name of its own beside its place, "PATH.partial-PID", until then.
#ifndef TOOLS_REGISTRY_BLOB_FILE_H_
#define TOOLS_REGISTRY_BLOB_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/registry/blob_sink.h"

namespace linuxkit {

class BlobFile : public RestartableSink {
 public:
  // The directory of `path` must exist. Tests can do without O_TMPFILE.
  static absl::StatusOr<std::unique_ptr<BlobFile>> Create(const std::string& path,
                                                          bool may_be_nameless = true);
  ~BlobFile() override;

  absl::Status Append(std::string_view bytes) override;
  absl::Status Restart() override;
  // Gives the file its name; a file of that name is replaced.
  absl::Status Commit();

 private:
  BlobFile(FileDescriptor fd, std::string path, bool is_nameless);
  absl::Status GiveTemporaryName();

  FileDescriptor fd_;
  std::string path_;
  std::string temporary_;
  // Whether the temporary name exists.
  bool has_temporary_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_BLOB_FILE_H_
