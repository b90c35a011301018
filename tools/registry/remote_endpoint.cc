// A registry over HTTP. From the outside in: `Get` tries again after faults, `TryOnce` answers a
// 401 once, `Send` is one request with its redirects.
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/registry/answer.h"
#include "tools/registry/authenticator.h"
#include "tools/registry/download.h"
#include "tools/registry/endpoint.h"
#include "tools/registry/redirect.h"

namespace linuxkit {
namespace {

// A cut is no fault that counts if at least this much came before it.
constexpr uint64_t kProgressBytes = 1 << 20;

absl::Status At(const std::string& url, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(url, ": ", status.message()));
}

// A token server has had its own tries; they are not to be multiplied with ours.
absl::Status AsFinal(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::FailedPreconditionError(status.message());
}

class RemoteEndpoint : public Endpoint {
 public:
  // `prefix` stands before the names of repositories; empty or with "/" at its end.
  RemoteEndpoint(const HttpContext& context, Url server, std::string prefix)
      : context_(context),
        server_(std::move(server)),
        prefix_(std::move(prefix)),
        authenticator_(context, server_) {}

  absl::StatusOr<ManifestFile> GetManifest(const ImageReference& reference) override {
    ManifestDownload download(reference.digest);
    ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                          Get(reference, "manifests", reference.Object(), download));
    return DescribeManifest(response.url, download.text(), response.Header("content-type"));
  }

  absl::Status GetBlob(const ImageReference& reference, VerifyingSink& sink) override {
    BlobDownload download(sink);
    return Get(reference, "blobs", sink.blob().digest, download).status();
  }

 private:
  // What one request gave.
  struct Answer {
    absl::Status transport;
    HttpResponse response;
    ErrorPage page;
  };

  absl::StatusOr<HttpResponse> Get(const ImageReference& reference, std::string_view kind,
                                   const std::string& name, Download& download) {
    const std::string repository = absl::StrCat(prefix_, reference.Repository());
    ABSL_ASSIGN_OR_RETURN(
        const Url url, Url::Parse(absl::StrCat(server_.scheme(), "://", server_.authority(), "/v2/",
                                               repository, "/", kind, "/", name)));
    HttpResponse response;
    // The furthest position of all tries, so that a server which always cuts at the same place
    // makes no progress.
    uint64_t furthest = 0;
    ABSL_RETURN_IF_ERROR(Retry(context_.retry, context_.clock, [&] {
      Try result = TryOnce(url, repository, download, response);
      result.progressed = download.Position() >= furthest + kProgressBytes;
      furthest = std::max(furthest, download.Position());
      return result;
    }));
    return response;
  }

  Try TryOnce(const Url& url, const std::string& repository, Download& download,
              HttpResponse& response) {
    absl::StatusOr<Answer> answer = SendWithCredentials(url, repository, download);
    if (!answer.ok()) return {.status = AsFinal(answer.status())};
    response = std::move(answer->response);
    if (!answer->transport.ok() && !download.IsComplete()) return {.status = answer->transport};
    if (!answer->transport.ok() || IsSuccess(response)) {
      return {.status = At(response.url, download.End(response))};
    }
    return {.status = download.Refuse(response, ErrorOf(response, answer->page)),
            .retry_after = ParseRetryAfter(response.Header("retry-after"), context_.clock.Now())};
  }

  // Answers a 401 with credentials, once.
  absl::StatusOr<Answer> SendWithCredentials(const Url& url, const std::string& repository,
                                             Download& download) {
    ABSL_ASSIGN_OR_RETURN(Authorization headers, authenticator_.Current(repository));
    Answer answer = Send(url, headers, download);
    if (!IsRefusal(answer)) return answer;
    ABSL_ASSIGN_OR_RETURN(headers, authenticator_.Renew(repository, answer.response, headers));
    answer = Send(url, headers, download);
    if (!IsRefusal(answer)) return answer;
    return authenticator_.Refused(repository, answer.response, answer.page.Reason());
  }

  // A 401 from where a redirect leads is not about our credentials.
  bool IsRefusal(const Answer& answer) const {
    if (!answer.transport.ok() || answer.response.status != 401) return false;
    const absl::StatusOr<Url> from = Url::Parse(answer.response.url);
    return from.ok() && from->origin() == server_.origin();
  }

  Answer Send(const Url& url, const Authorization& headers, Download& download) {
    Answer answer;
    bool has_begun = false;
    const auto begin = [&](const HttpResponse& response) {
      const bool first = !std::exchange(has_begun, true);
      return first ? download.Begin(response) : absl::OkStatus();
    };
    const HttpBody body = [&](const HttpResponse& response,
                              std::string_view bytes) -> absl::Status {
      // For a cut, which gives no response.
      answer.response.url = response.url;
      if (!IsSuccess(response)) return answer.page.Append(response, bytes);
      ABSL_RETURN_IF_ERROR(begin(response));
      return download.Append(bytes);
    };
    absl::StatusOr<HttpResponse> response = SendFollowing(
        context_.http,
        {.url = url, .headers = download.Headers(), .private_headers = headers, .form = {}}, body);
    answer.transport = response.status();
    if (!response.ok()) return answer;
    answer.response = *std::move(response);
    // An empty body is never announced by `body`.
    if (IsSuccess(answer.response)) {
      answer.transport = At(answer.response.url, begin(answer.response));
    }
    return answer;
  }

  HttpContext context_;
  Url server_;
  std::string prefix_;
  Authenticator authenticator_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Endpoint>> MakeRemoteEndpoint(const HttpContext& context,
                                                             const std::string& base) {
  ABSL_ASSIGN_OR_RETURN(Url server, Url::Parse(base));
  const size_t path = base.find('/', base.find("://") + 3);
  std::string prefix = path == std::string::npos ? "" : absl::StrCat(base.substr(path + 1), "/");
  return std::make_unique<RemoteEndpoint>(context, std::move(server), std::move(prefix));
}

}  // namespace linuxkit
