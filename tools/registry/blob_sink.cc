#include "tools/registry/blob_sink.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

VerifyingSink::VerifyingSink(Blob blob, RestartableSink& target)
    : blob_(std::move(blob)), target_(target) {
  hash_.emplace();
}

absl::Status VerifyingSink::Append(std::string_view bytes) {
  if (bytes.size() > blob_.size - position_) {
    return absl::DataLossError(absl::StrCat("found more than ", blob_.size, " bytes; expected ",
                                            blob_.size, ", the size of ", blob_.digest));
  }
  hash_->Update(bytes);
  position_ += bytes.size();
  return target_.Append(bytes);
}

absl::Status VerifyingSink::Restart() {
  hash_.emplace();
  position_ = 0;
  return target_.Restart();
}

absl::Status VerifyingSink::CheckDigest() {
  const std::string found = OciDigest(hash_->Finish());
  if (found == blob_.digest) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("found content of digest ", found, "; expected ", blob_.digest));
}

}  // namespace linuxkit
