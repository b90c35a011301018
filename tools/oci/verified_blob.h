// The blobs of a BlobTree, checked against the descriptors that lead to them.
#ifndef TOOLS_OCI_VERIFIED_BLOB_H_
#define TOOLS_OCI_VERIFIED_BLOB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/documents.h"

namespace linuxkit {

// "blobs/sha256/ab…", where a layout has the blob "sha256:ab…".
std::string BlobName(std::string_view digest);

// `name` stands in messages.
absl::Status CheckBlobSize(std::string_view name, uint64_t size, const OciDescriptor& blob);
absl::Status CheckBlobDigest(std::string_view name, std::string_view text,
                             const OciDescriptor& blob);

// Where the blob is; its size is checked, its content is not.
absl::StatusOr<BlobRange> FindBlob(const BlobTree& tree, const OciDescriptor& blob);

// A document, whole. It has its digest.
absl::StatusOr<std::string> ReadBlob(const BlobTree& tree, const OciDescriptor& blob);

// A blob of any size. The read that reaches its end fails if the bytes have another digest.
class VerifiedBlob : public ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<VerifiedBlob>> Open(const BlobTree& tree,
                                                            const OciDescriptor& blob);
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  VerifiedBlob(std::string name, const OciDescriptor& blob, std::unique_ptr<ByteSource> source)
      : name_(std::move(name)),
        digest_(blob.digest),
        left_(blob.size),
        source_(std::move(source)) {}

  std::string name_;
  std::string digest_;
  uint64_t left_;
  std::unique_ptr<ByteSource> source_;
  Sha256 hash_;
};

}  // namespace linuxkit

#endif  // TOOLS_OCI_VERIFIED_BLOB_H_
