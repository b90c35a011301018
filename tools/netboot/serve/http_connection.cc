#include "tools/netboot/serve/http_connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::chrono::seconds kIdleLimit{60};
constexpr std::chrono::seconds kHeadLimit{10};
constexpr std::chrono::seconds kDrainLimit{5};
// What a client must take of an answer, and in which time.
constexpr uint64_t kLeastTaken = 64 << 10;
constexpr std::chrono::seconds kTakeLimit{60};
// A turn of one client: others wait for so long.
constexpr size_t kPiece = 1 << 20;

bool MustWait(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

}  // namespace

HttpConnection::HttpConnection(FileDescriptor socket, const SocketAddress& client,
                               const ServedFiles& files, const RequestLog& log, Instant now)
    : socket_(std::move(socket)),
      client_(client.host()),
      network_(client.network()),
      files_(files),
      log_(log),
      deadline_(now + kIdleLimit),
      still_since_(now) {}

short HttpConnection::events() const { return state_ == State::kSending ? POLLOUT : POLLIN; }

void HttpConnection::Handle(Instant now) {
  if (state_ == State::kDraining) return Drain();
  if (state_ == State::kReading) Read(now);
  // Several requests may have come at once; each round takes one or ends the turn.
  while (state_ == State::kSending || (state_ == State::kReading && TakeRequest(now))) {
    Send(now);
    if (state_ == State::kSending) return;
  }
}

void HttpConnection::Read(Instant now) {
  char buffer[4096];
  const ssize_t got = recv(fd(), buffer, sizeof buffer, 0);
  if (MustWait(got)) return;
  if (got <= 0) {
    state_ = State::kDone;
    return;
  }
  if (input_.empty()) {
    deadline_ = now + kHeadLimit;
    still_since_ = now;
  }
  input_.append(buffer, static_cast<size_t>(got));
}

bool HttpConnection::TakeRequest(Instant now) {
  // RFC 9112, 2.2: empty lines before a request do not count.
  while (input_.starts_with("\r\n")) input_.erase(0, 2);
  const size_t end = input_.find("\r\n\r\n");
  if (end == input_.npos && input_.size() <= kMaxHttpHead) return false;
  // Without an end it is too long, which the parser says.
  const std::string head = input_.substr(0, end == input_.npos ? end : end + 4);
  input_.erase(0, head.size());
  const absl::StatusOr<HttpRequest> request = ParseHttpRequest(head);
  const int64_t seconds = std::time(nullptr);
  if (request.ok()) {
    Begin(AnswerHttp(*request, files_, seconds),
          absl::StrCat(request->method, " ", request->target), now);
  } else {
    Begin(AnswerHttpError(request.status(), seconds),
          absl::StrCat("(", request.status().message(), ")"), now);
  }
  return true;
}

void HttpConnection::Begin(HttpAnswer answer, std::string_view request, Instant now) {
  log_(absl::StrCat(client_, " ", request, " ", answer.status));
  answer_ = std::move(answer);
  sent_ = 0;
  state_ = State::kSending;
  deadline_ = now + kTakeLimit;
  still_since_ = now;
  taken_before_ = Taken();
}

void HttpConnection::Send(Instant now) {
  const bool whole = sent_ == answer_.bytes.size() || SendBytes(now);
  if (!whole || (answer_.file_size > 0 && !SendFile(now))) return;
  EndAnswer(now);
}

void HttpConnection::Sent(ssize_t count, Instant now) {
  total_sent_ += static_cast<uint64_t>(count);
  if (count > 0) still_since_ = now;
}

uint64_t HttpConnection::Taken() const {
  int queued = 0;
  if (ioctl(fd(), SIOCOUTQ, &queued) != 0) return 0;
  return total_sent_ - std::min(static_cast<uint64_t>(queued), total_sent_);
}

void HttpConnection::EndIfOverdue(Instant now) {
  if (now < deadline_ || done()) return;
  if (state_ != State::kSending) {
    state_ = State::kDone;
    return;
  }
  const uint64_t taken = Taken();
  if (taken < taken_before_ + kLeastTaken) {
    log_(absl::StrCat(client_, " dropped: it took less than ", kLeastTaken, " bytes in ",
                      kTakeLimit.count(), " seconds"));
    state_ = State::kDone;
    return;
  }
  taken_before_ = taken;
  deadline_ = now + kTakeLimit;
}

bool HttpConnection::SendBytes(Instant now) {
  const int more = answer_.file_size > 0 ? MSG_MORE : 0;
  const ssize_t count = send(fd(), answer_.bytes.data() + sent_, answer_.bytes.size() - sent_,
                             MSG_NOSIGNAL | MSG_DONTWAIT | more);
  if (count < 0 && !MustWait(count)) state_ = State::kDone;
  if (count < 0) return false;
  sent_ += static_cast<size_t>(count);
  Sent(count, now);
  return sent_ == answer_.bytes.size();
}

bool HttpConnection::SendFile(Instant now) {
  off_t offset = static_cast<off_t>(answer_.file_offset);
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(answer_.file_size, kPiece));
  const ssize_t count = sendfile(fd(), answer_.file->fd(), &offset, wanted);
  if (MustWait(count)) return false;
  if (count <= 0) {
    // The client has gone, or the file has shrunk; either way there is no more to send, and the
    // client learns it from the missing bytes.
    state_ = State::kDone;
    return false;
  }
  Sent(count, now);
  answer_.file_offset += static_cast<uint64_t>(count);
  answer_.file_size -= static_cast<uint64_t>(count);
  return answer_.file_size == 0;
}

void HttpConnection::EndAnswer(Instant now) {
  const bool keep_alive = answer_.keep_alive;
  answer_ = HttpAnswer();
  still_since_ = now;
  if (!keep_alive) {
    shutdown(fd(), SHUT_WR);
    state_ = State::kDraining;
    deadline_ = now + kDrainLimit;
    return;
  }
  state_ = State::kReading;
  deadline_ = now + (input_.empty() ? kIdleLimit : kHeadLimit);
}

void HttpConnection::Drain() {
  char buffer[4096];
  const ssize_t got = recv(fd(), buffer, sizeof buffer, 0);
  if (got <= 0 && !MustWait(got)) state_ = State::kDone;
}

}  // namespace linuxkit
