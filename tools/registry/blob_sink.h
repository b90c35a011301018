// Where a blob goes, and the check of every byte on the way.
#ifndef TOOLS_REGISTRY_BLOB_SINK_H_
#define TOOLS_REGISTRY_BLOB_SINK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"

namespace linuxkit {

struct Blob {
  // "sha256:" and 64 hex digits.
  std::string digest;
  uint64_t size = 0;
};

// A sink that can forget what it has, to start again.
class RestartableSink : public ByteSink {
 public:
  virtual absl::Status Restart() = 0;
};

// Keeps the blob in memory.
class MemorySink : public RestartableSink {
 public:
  absl::Status Append(std::string_view bytes) override {
    data_.append(bytes);
    return absl::OkStatus();
  }
  absl::Status Restart() override {
    data_.clear();
    return absl::OkStatus();
  }
  const std::string& data() const { return data_; }

 private:
  std::string data_;
};

// Passes on at most the blob's size, and says at the end whether it was the blob. Never is a byte
// too many written.
class VerifyingSink : public RestartableSink {
 public:
  VerifyingSink(Blob blob, RestartableSink& target);

  absl::Status Append(std::string_view bytes) override;
  absl::Status Restart() override;
  // To be called once, with all bytes there.
  absl::Status CheckDigest();

  const Blob& blob() const { return blob_; }
  uint64_t position() const { return position_; }

 private:
  Blob blob_;
  RestartableSink& target_;
  std::optional<Sha256> hash_;
  uint64_t position_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_BLOB_SINK_H_
