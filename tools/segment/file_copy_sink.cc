#include "tools/segment/file_copy_sink.h"

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"

namespace linuxkit {
namespace {

// Copies what is read.
class CopyingSource : public ByteSource {
 public:
  CopyingSource(ByteSource& source, ByteSink& copy) : source_(source), copy_(copy) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer));
    ABSL_RETURN_IF_ERROR(copy_.Append({buffer.data(), count}));
    return count;
  }

 private:
  ByteSource& source_;
  ByteSink& copy_;
};

}  // namespace

absl::Status FileCopySink::AddFile(absl::Span<const std::string> names,
                                   const Attributes& attributes, uint64_t size,
                                   ByteSource& content) {
  if (!absl::c_linear_search(names, path_)) {
    return sink_.AddFile(names, attributes, size, content);
  }
  ABSL_RETURN_IF_ERROR(copy_.Restart());
  CopyingSource copying(content, copy_);
  return sink_.AddFile(names, attributes, size, copying);
}

absl::Status FileCopySink::Restart() {
  ABSL_RETURN_IF_ERROR(copy_.Restart());
  return sink_.Restart();
}

}  // namespace linuxkit
