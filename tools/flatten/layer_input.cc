#include "tools/flatten/layer_input.h"

#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/compress/decompressor.h"
#include "tools/tar/tar_limits.h"

namespace linuxkit {
namespace {

absl::Status ReadToEnd(ByteSource& source) {
  std::vector<char> buffer(kBufferSize);
  uint64_t size = 0;
  while (size <= TarLimits().expanded_bytes) {
    ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, source.Borrow(absl::MakeSpan(buffer)));
    if (bytes.empty()) return absl::OkStatus();
    size += bytes.size();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("behind the end of the archive are more than ", TarLimits().expanded_bytes,
                   " bytes, which is the limit; write the layer without them"));
}

}  // namespace

absl::StatusOr<size_t> HashingSource::Read(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer));
  Pass({buffer.data(), count});
  return count;
}

absl::StatusOr<std::string_view> HashingSource::Borrow(absl::Span<char> buffer) {
  ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, source_.Borrow(buffer));
  Pass(bytes);
  return bytes;
}

void HashingSource::Pass(std::string_view bytes) {
  if (enabled_) hash_.Update(bytes);
  size_ += bytes.size();
}

LayerInput::LayerInput(const LayerBlob& blob, std::string name, const LayerReading& reading,
                       std::unique_ptr<ByteSource> source)
    : blob_(blob),
      name_(std::move(name)),
      reading_(reading),
      source_(std::move(source)),
      stored_(*source_, reading.verify) {}

absl::StatusOr<std::unique_ptr<LayerInput>> LayerInput::Open(const LayerBlob& blob,
                                                             std::string name,
                                                             const LayerReading& reading) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source = blob.open();
  if (!source.ok()) {
    return absl::Status(source.status().code(),
                        absl::StrCat(name, ": ", source.status().message()));
  }
  std::unique_ptr<LayerInput> input(
      new LayerInput(blob, std::move(name), reading, *std::move(source)));
  absl::StatusOr<std::unique_ptr<ByteSource>> plain = Decompress(input->stored_);
  if (!plain.ok()) return input->Explain(plain.status());
  input->plain_ = *std::move(plain);
  input->tar_.emplace(*input->plain_, reading.verify);
  if (reading.in_background) input->ahead_.emplace(*input->tar_);
  input->reader_.emplace(input->Tar());
  return input;
}

ByteSource& LayerInput::Tar() {
  if (ahead_) return *ahead_;
  return *tar_;
}

absl::StatusOr<std::optional<LayerEntry>> LayerInput::Next() {
  absl::StatusOr<std::optional<LayerEntry>> entry = reader_->Next();
  if (!entry.ok()) return Explain(entry.status());
  return entry;
}

absl::Status LayerInput::Error(std::string_view message) const {
  return absl::DataLossError(absl::StrCat(name_, ": ", message));
}

absl::Status LayerInput::Verify() {
  if (const absl::Status status = ReadToEnd(Tar()); !status.ok()) return Explain(status);
  if (ahead_) ahead_->Stop();
  ABSL_RETURN_IF_ERROR(VerifyBlob());
  return VerifyTar();
}

absl::Status LayerInput::VerifyBlob() {
  ABSL_RETURN_IF_ERROR(ReadToEnd(stored_));
  if (stored_.size() != blob_.size) {
    return Error(absl::StrCat("the blob ", blob_.digest, " has ", stored_.size(),
                              " bytes; expected ", blob_.size));
  }
  if (const std::string found = stored_.Digest(); found != blob_.digest) {
    return Error(absl::StrCat("the blob has digest ", found, "; expected ", blob_.digest));
  }
  return absl::OkStatus();
}

absl::Status LayerInput::VerifyTar() {
  if (blob_.diff_id.empty()) return absl::OkStatus();
  if (const std::string found = tar_->Digest(); found != blob_.diff_id) {
    return Error(absl::StrCat("the uncompressed layer has digest ", found,
                              "; expected the diff id ", blob_.diff_id));
  }
  return absl::OkStatus();
}

absl::Status LayerInput::Explain(const absl::Status& status) {
  if (ahead_) ahead_->Stop();
  if (reading_.verify) {
    ABSL_RETURN_IF_ERROR(VerifyBlob());
  }
  return absl::Status(status.code(), absl::StrCat(name_, ": ", status.message()));
}

}  // namespace linuxkit
