// A tar as it comes in files and in other archives: plain or compressed, from any source.
//
//   ABSL_ASSIGN_OR_RETURN(const auto tar, TarStream::Open(std::move(file), "data.tar.xz"));
//   ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
#ifndef TOOLS_TAR_TAR_STREAM_H_
#define TOOLS_TAR_TAR_STREAM_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_entry.h"
#include "tools/tar/tar_reader.h"

namespace linuxkit {

class TarStream {
 public:
  // Owns its source, so that a tar in a tar in a file is one object. `name` stands in messages.
  static absl::StatusOr<std::unique_ptr<TarStream>> Open(std::unique_ptr<ByteSource> source,
                                                         const std::string& name);

  // As TarReader does; but before it tells of the end, it has read all that follows, so that the
  // checksums of the compression are verified.
  absl::StatusOr<std::optional<TarEntry>> Next();
  ByteSource& content() { return reader_.content(); }

 private:
  TarStream(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSource> plain,
            const std::string& name);

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ByteSource> plain_;
  std::string name_;
  StreamSource skipping_;
  TarReader reader_;
};

}  // namespace linuxkit

#endif  // TOOLS_TAR_TAR_STREAM_H_
