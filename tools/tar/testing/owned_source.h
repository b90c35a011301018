// A source that owns its bytes, for tests.
#ifndef TOOLS_TAR_TESTING_OWNED_SOURCE_H_
#define TOOLS_TAR_TESTING_OWNED_SOURCE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"

namespace linuxkit {

class OwnedSource : public ByteSource {
 public:
  explicit OwnedSource(std::string data) : data_(std::move(data)), source_(data_) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return source_.Read(buffer); }

 private:
  std::string data_;
  StringSource source_;
};

}  // namespace linuxkit

#endif  // TOOLS_TAR_TESTING_OWNED_SOURCE_H_
