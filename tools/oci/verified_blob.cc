#include "tools/oci/verified_blob.h"

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/oci/blob_range.h"
#include "tools/oci/json.h"

namespace linuxkit {
namespace {

absl::Status CompareDigests(std::string_view name, std::string_view found,
                            std::string_view expected) {
  if (found == expected) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(name, " is damaged: found digest ", found, "; expected ", expected));
}

}  // namespace

std::string BlobName(std::string_view digest) {
  return absl::StrCat("blobs/sha256/", absl::StripPrefix(digest, "sha256:"));
}

absl::Status CheckBlobSize(std::string_view name, uint64_t size, const OciDescriptor& blob) {
  if (size == blob.size) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(name, " has ", size, " bytes; expected ", blob.size,
                                          ", as its descriptor says"));
}

absl::Status CheckBlobDigest(std::string_view name, std::string_view text,
                             const OciDescriptor& blob) {
  return CompareDigests(name, OciDigest(Sha256Of(text)), blob.digest);
}

absl::StatusOr<BlobRange> FindBlob(const BlobTree& tree, const OciDescriptor& blob) {
  const std::string name = BlobName(blob.digest);
  ABSL_ASSIGN_OR_RETURN(BlobRange range, tree.Find(name));
  ABSL_RETURN_IF_ERROR(CheckBlobSize(tree.NameOf(name), range.size, blob));
  return range;
}

absl::StatusOr<std::string> ReadBlob(const BlobTree& tree, const OciDescriptor& blob) {
  const std::string name = tree.NameOf(BlobName(blob.digest));
  ABSL_ASSIGN_OR_RETURN(const BlobRange range, FindBlob(tree, blob));
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadRange(name, range, kMaxJsonBytes));
  ABSL_RETURN_IF_ERROR(CheckBlobDigest(name, text, blob));
  return text;
}

absl::StatusOr<std::unique_ptr<VerifiedBlob>> VerifiedBlob::Open(const BlobTree& tree,
                                                                 const OciDescriptor& blob) {
  ABSL_ASSIGN_OR_RETURN(const BlobRange range, FindBlob(tree, blob));
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, OpenRange(range));
  return std::unique_ptr<VerifiedBlob>(
      new VerifiedBlob(tree.NameOf(BlobName(blob.digest)), blob, std::move(source)));
}

absl::StatusOr<size_t> VerifiedBlob::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t count, source_->Read(buffer));
  hash_.Update(std::string_view(buffer.data(), count));
  const bool was_open = left_ > 0;
  left_ -= count;
  if (was_open && left_ == 0) {
    ABSL_RETURN_IF_ERROR(CompareDigests(name_, OciDigest(hash_.Finish()), digest_));
  }
  return count;
}

}  // namespace linuxkit
