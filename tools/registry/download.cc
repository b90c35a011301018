#include "tools/registry/download.h"

#include <optional>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/oci/documents.h"
#include "tools/oci/json.h"

namespace linuxkit {
namespace {

// Nothing if the server does not say.
std::optional<uint64_t> ContentLength(const HttpResponse& response) {
  uint64_t length = 0;
  if (!absl::SimpleAtoi(response.Header("content-length"), &length)) return std::nullopt;
  return length;
}

absl::Status TooLarge(std::string_view found) {
  return absl::ResourceExhaustedError(
      absl::StrCat("found a manifest of ", found, " bytes; expected at most ", kMaxJsonBytes));
}

}  // namespace

std::vector<std::string> ManifestDownload::Headers() const {
  return {absl::StrCat(
      "Accept: ", absl::StrJoin({kOciIndex, kDockerIndex, kOciManifest, kDockerManifest}, ", "))};
}

absl::Status ManifestDownload::Begin(const HttpResponse& response) {
  text_.clear();
  const std::optional<uint64_t> length = ContentLength(response);
  if (length && *length > kMaxJsonBytes) return TooLarge(absl::StrCat(*length));
  return absl::OkStatus();
}

absl::Status ManifestDownload::Append(std::string_view bytes) {
  text_.append(bytes);
  if (text_.size() > kMaxJsonBytes) return TooLarge(absl::StrCat("more than ", kMaxJsonBytes));
  return absl::OkStatus();
}

absl::Status ManifestDownload::End(const HttpResponse& response) {
  const std::string found = OciDigest(Sha256Of(text_));
  const std::string announced = response.Header("docker-content-digest");
  if (!digest_.empty() && found != digest_) {
    return absl::DataLossError(
        absl::StrCat("found a manifest of digest ", found, "; expected ", digest_));
  }
  if (IsSha256Digest(announced) && found != announced) {
    return absl::DataLossError(absl::StrCat("found a manifest of digest ", found, "; expected ",
                                            announced, ", as Docker-Content-Digest says"));
  }
  return absl::OkStatus();
}

std::vector<std::string> BlobDownload::Headers() const {
  if (sink_.position() == 0 || !may_resume_) return {};
  return {absl::StrCat("Range: bytes=", sink_.position(), "-")};
}

// 206 means that the rest comes, if Content-Range says so too.
absl::Status BlobDownload::CheckRange(const HttpResponse& response) {
  const uint64_t size = sink_.blob().size;
  const std::string expected = absl::StrCat("bytes ", sink_.position(), "-", size - 1, "/", size);
  const std::string found = response.Header("content-range");
  if (may_resume_ && found == expected) {
    has_resumed_ = true;
    return absl::OkStatus();
  }
  return StartAgain(absl::UnavailableError(
      absl::StrCat("found Content-Range \"", found, "\"; expected \"", expected, "\"")));
}

// Forgets what is there, so that the next try asks for the whole.
absl::Status BlobDownload::StartAgain(const absl::Status& why) {
  may_resume_ = false;
  has_resumed_ = false;
  ABSL_RETURN_IF_ERROR(sink_.Restart());
  return absl::UnavailableError(why.message());
}

absl::Status BlobDownload::Begin(const HttpResponse& response) {
  if (response.status == 206) return CheckRange(response);
  // The whole comes, although a part was enough.
  has_resumed_ = false;
  if (sink_.position() > 0) {
    ABSL_RETURN_IF_ERROR(sink_.Restart());
  }
  const std::optional<uint64_t> length = ContentLength(response);
  if (!length || *length == sink_.blob().size) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("found ", *length, " bytes; expected ", sink_.blob().size,
                                          ", the size of ", sink_.blob().digest));
}

absl::Status BlobDownload::End(const HttpResponse&) {
  if (IsComplete()) {
    const absl::Status status = sink_.CheckDigest();
    // The parts may be of different servers behind one name, one of which was wrong.
    return !status.ok() && has_resumed_ ? StartAgain(status) : status;
  }
  return absl::UnavailableError(absl::StrCat("the answer ended after ", sink_.position(),
                                             " bytes; expected ", sink_.blob().size,
                                             ", the size of ", sink_.blob().digest));
}

}  // namespace linuxkit
