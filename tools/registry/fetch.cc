#include "tools/registry/fetch.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/registry/blob_file.h"

namespace linuxkit {
namespace {

// Tells `progress` what passes.
class CountingSink : public RestartableSink {
 public:
  CountingSink(RestartableSink& target, Progress* progress)
      : target_(target), progress_(progress) {}

  absl::Status Append(std::string_view bytes) override {
    Count(static_cast<int64_t>(bytes.size()));
    return target_.Append(bytes);
  }

  absl::Status Restart() override {
    Count(-count_);
    return target_.Restart();
  }

 private:
  void Count(int64_t bytes) {
    count_ += bytes;
    if (progress_ != nullptr && bytes != 0) progress_->AddBytes(bytes);
  }

  RestartableSink& target_;
  Progress* progress_;
  int64_t count_ = 0;
};

absl::Status Download(RegistryClient& client, const BlobRequest& request, RestartableSink& sink) {
  absl::Status last =
      absl::InvalidArgumentError(absl::StrCat(request.output, ": found no repository to fetch ",
                                              request.blob.digest, " from; expected one at least"));
  std::vector<std::string> messages;
  for (const ImageReference& repository : request.repositories) {
    last = client.GetBlob(repository.WithDigest(request.blob.digest), request.blob, sink);
    if (last.ok()) return last;
    messages.emplace_back(last.message());
  }
  if (messages.empty()) return last;
  return absl::Status(last.code(), absl::StrJoin(messages, "; then "));
}

}  // namespace

absl::Status FetchBlob(RegistryClient& client, const BlobRequest& request, Progress* progress) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<BlobFile> file, BlobFile::Create(request.output));
  CountingSink counted(*file, progress);
  ABSL_RETURN_IF_ERROR(Download(client, request, counted));
  ABSL_RETURN_IF_ERROR(file->Commit());
  if (progress != nullptr) progress->FinishOne();
  return absl::OkStatus();
}

absl::Status FetchAll(RegistryClient& client, absl::Span<const BlobRequest> requests,
                      int parallelism, Progress* progress) {
  std::vector<absl::Status> results(requests.size());
  std::atomic<size_t> next = 0;
  std::atomic<bool> has_failed = false;
  const auto work = [&] {
    for (size_t i = next++; i < requests.size() && !has_failed; i = next++) {
      results[i] = FetchBlob(client, requests[i], progress);
      if (!results[i].ok()) has_failed = true;
    }
  };
  const size_t count = std::min(requests.size(), static_cast<size_t>(std::max(1, parallelism)));
  std::vector<std::jthread> workers;
  for (size_t i = 0; i < count; ++i) workers.emplace_back(work);
  workers.clear();
  const auto failed = std::find_if(results.begin(), results.end(),
                                   [](const absl::Status& status) { return !status.ok(); });
  return failed == results.end() ? absl::OkStatus() : *failed;
}

}  // namespace linuxkit
