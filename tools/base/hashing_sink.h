// A sink that counts and hashes what it passes on.
//
//   HashingSink hashed(*file);
//   ABSL_RETURN_IF_ERROR(hashed.Append("hello"));
//   const std::string digest = OciDigest(hashed.Finish());
#ifndef TOOLS_BASE_HASHING_SINK_H_
#define TOOLS_BASE_HASHING_SINK_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"

namespace linuxkit {

class HashingSink : public ByteSink {
 public:
  // `next` must outlive it.
  explicit HashingSink(ByteSink& next) : next_(next) {}

  absl::Status Append(std::string_view bytes) override {
    hash_.Update(bytes);
    size_ += bytes.size();
    return next_.Append(bytes);
  }

  uint64_t size() const { return size_; }
  // Of all bytes; may be called once.
  Sha256Digest Finish() { return hash_.Finish(); }

 private:
  ByteSink& next_;
  Sha256 hash_;
  uint64_t size_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_BASE_HASHING_SINK_H_
