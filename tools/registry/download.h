// What is fetched from a registry, seen from the connection's end: what to ask for, and what to do
// with what comes. One download may take several answers: after a cut, a blob goes on where it
// stopped.
#ifndef TOOLS_REGISTRY_DOWNLOAD_H_
#define TOOLS_REGISTRY_DOWNLOAD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/registry/blob_sink.h"
#include "tools/registry/http.h"

namespace linuxkit {

// Messages do not name the URL; who calls adds it.
class Download {
 public:
  virtual ~Download() = default;
  // Headers of the next request.
  virtual std::vector<std::string> Headers() const = 0;
  // A successful answer begins. Unavailable means to ask again.
  virtual absl::Status Begin(const HttpResponse& response) = 0;
  virtual absl::Status Append(std::string_view bytes) = 0;
  // The answer has ended.
  virtual absl::Status End(const HttpResponse& response) = 0;
  // The answer is no success but `error`. Returns what this means for the download.
  virtual absl::Status Refuse(const HttpResponse& response, const absl::Status& error);
  // All bytes are there, so that a cut does not matter.
  virtual bool IsComplete() const { return false; }
  // Bytes that need not come again.
  virtual uint64_t Position() const { return 0; }
};

// A manifest or index. Both kinds have at most 4 MiB: kMaxJsonBytes.
class ManifestDownload : public Download {
 public:
  // `digest` is empty if the manifest is asked for by tag.
  explicit ManifestDownload(std::string digest) : digest_(std::move(digest)) {}

  std::vector<std::string> Headers() const override;
  absl::Status Begin(const HttpResponse& response) override;
  absl::Status Append(std::string_view bytes) override;
  absl::Status End(const HttpResponse& response) override;

  const std::string& text() const { return text_; }

 private:
  std::string digest_;
  std::string text_;
};

class BlobDownload : public Download {
 public:
  explicit BlobDownload(VerifyingSink& sink) : sink_(sink) {}

  std::vector<std::string> Headers() const override;
  absl::Status Begin(const HttpResponse& response) override;
  absl::Status Append(std::string_view bytes) override { return sink_.Append(bytes); }
  absl::Status End(const HttpResponse& response) override;
  absl::Status Refuse(const HttpResponse& response, const absl::Status& error) override;
  bool IsComplete() const override { return sink_.position() == sink_.blob().size; }
  uint64_t Position() const override { return sink_.position(); }

 private:
  bool AsksForPart() const { return may_resume_ && sink_.position() > 0; }
  // "300000-1048575": what is missing.
  std::string MissingBytes() const;
  bool IsMissingPart(std::string_view content_range) const;
  absl::Status CheckRange(const HttpResponse& response);
  absl::Status StartAgain(const absl::Status& why);

  VerifyingSink& sink_;
  // A server whose partial answers were wrong is asked for the whole.
  bool may_resume_ = true;
  // What is in the sink came in parts.
  bool has_resumed_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_DOWNLOAD_H_
