// A layer's blob on its way to its entries: read, hashed, decompressed, hashed again, and both
// digests compared.
#ifndef TOOLS_FLATTEN_LAYER_INPUT_H_
#define TOOLS_FLATTEN_LAYER_INPUT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"
#include "tools/compress/background.h"
#include "tools/flatten/layer_reader.h"

namespace linuxkit {

// Where a layer is and what it must be.
struct LayerBlob {
  // "sha256:" and 64 hex digits; of the bytes as stored.
  std::string digest;
  uint64_t size = 0;
  // The same of the uncompressed tar; may be empty if unknown.
  std::string diff_id;
  std::function<absl::StatusOr<std::unique_ptr<ByteSource>>()> open;
};

// How to read a layer. One that was verified a moment ago need not be hashed again.
struct LayerReading {
  bool verify = true;
  // Decompresses and hashes in a thread of its own.
  bool in_background = false;
};

// Passes bytes through and knows their number and digest.
class HashingSource : public ByteSource {
 public:
  HashingSource(ByteSource& source, bool enabled) : source_(source), enabled_(enabled) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::StatusOr<std::string_view> Borrow(absl::Span<char> buffer) override;
  uint64_t size() const { return size_; }
  std::string Digest() { return OciDigest(hash_.Finish()); }

 private:
  void Pass(std::string_view bytes);

  ByteSource& source_;
  bool enabled_;
  Sha256 hash_;
  uint64_t size_ = 0;
};

class LayerInput {
 public:
  // `name` stands in messages, "layer 2 of 5". `blob` must outlive it.
  static absl::StatusOr<std::unique_ptr<LayerInput>> Open(const LayerBlob& blob, std::string name,
                                                          const LayerReading& reading = {});

  // The next entry and, until the one after it, its data.
  absl::StatusOr<std::optional<LayerEntry>> Next();
  ByteSource& data() { return reader_->content(); }

  // Reads the rest of the blob and compares size and digests.
  absl::Status Verify();
  // `status` with the layer's name in front. If the blob is not the one that was asked for, this is
  // the better message.
  absl::Status Explain(const absl::Status& status);

 private:
  LayerInput(const LayerBlob& blob, std::string name, const LayerReading& reading,
             std::unique_ptr<ByteSource> source);
  ByteSource& Tar();
  absl::Status VerifyBlob();
  absl::Status VerifyTar();
  absl::Status Error(std::string_view message) const;

  const LayerBlob& blob_;
  std::string name_;
  LayerReading reading_;
  std::unique_ptr<ByteSource> source_;
  HashingSource stored_;
  std::unique_ptr<ByteSource> plain_;
  std::optional<HashingSource> tar_;
  std::optional<ReadAhead> ahead_;
  std::optional<LayerReader> reader_;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_LAYER_INPUT_H_
