#include "tools/registry/download.h"

#include <optional>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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

// The header Content-Range of a single part (RFC 9110, 14.4): "bytes 300000-1048575/1048576".
struct ContentRange {
  uint64_t first = 0;
  uint64_t last = 0;
  // Nothing for "*".
  std::optional<uint64_t> size;
};

std::optional<ContentRange> ParseContentRange(std::string_view header) {
  if (!absl::ConsumePrefix(&header, "bytes ")) return std::nullopt;
  const std::vector<std::string_view> words = absl::StrSplit(header, absl::ByAnyChar("-/"));
  ContentRange range;
  if (words.size() != 3 || !absl::SimpleAtoi(words[0], &range.first) ||
      !absl::SimpleAtoi(words[1], &range.last)) {
    return std::nullopt;
  }
  if (words[2] == "*") return range;
  return absl::SimpleAtoi(words[2], &range.size.emplace()) ? std::optional(range) : std::nullopt;
}

}  // namespace

absl::Status Download::Refuse(const HttpResponse&, const absl::Status& error) { return error; }

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

std::string BlobDownload::MissingBytes() const {
  return absl::StrCat(sink_.position(), "-", sink_.blob().size - 1);
}

// With its end, although that is where the blob ends: some registries refuse "bytes=300000-".
std::vector<std::string> BlobDownload::Headers() const {
  if (!AsksForPart()) return {};
  return {absl::StrCat("Range: bytes=", MissingBytes())};
}

// A server may send less than it was asked for, and need not know the whole size (RFC 9110, 15.3.7
// and 14.4).
bool BlobDownload::IsMissingPart(std::string_view content_range) const {
  const std::optional<ContentRange> range = ParseContentRange(content_range);
  const uint64_t size = sink_.blob().size;
  return range && range->first == sink_.position() && range->first <= range->last &&
         range->last < size && range->size.value_or(size) == size;
}

// 206 means that a part comes; Content-Range says which.
absl::Status BlobDownload::CheckRange(const HttpResponse& response) {
  const std::string found = response.Header("content-range");
  if (may_resume_ && IsMissingPart(found)) {
    has_resumed_ = true;
    return absl::OkStatus();
  }
  return StartAgain(
      absl::UnavailableError(absl::StrCat("found Content-Range \"", found, "\"; expected \"bytes ",
                                          MissingBytes(), "/", sink_.blob().size, "\"")));
}

// 416 is about the range: the server cannot resume, or has another blob there.
absl::Status BlobDownload::Refuse(const HttpResponse& response, const absl::Status& error) {
  return response.status == 416 && AsksForPart() ? StartAgain(error) : error;
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
