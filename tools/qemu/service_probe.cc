#include "tools/qemu/service_probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryAfter{200};
constexpr milliseconds kAttemptLimit{5000};
// A connection that the guest refuses is closed by QEMU within a round trip; one that stays open
// this long is real.
constexpr milliseconds kStaysOpen{1000};
constexpr size_t kAnswerLimit = 1 << 20;

}  // namespace

ServiceProbe::ServiceProbe(const PortProbe& probe, uint16_t host_port)
    : probe_(probe), host_port_(host_port) {}

short ServiceProbe::events() const {
  return state_ == State::kConnecting || state_ == State::kSending ? POLLOUT : POLLIN;
}

void ServiceProbe::Step(Clock::time_point now) {
  if (done_) return;
  if (state_ == State::kIdle && now >= next_time_) Connect(now);
  if (state_ == State::kConnecting) FinishConnect(now);
  if (state_ == State::kSending) Send(now);
  if (state_ == State::kReading) Read(now);
  if (done_ || state_ == State::kIdle || now < next_time_) return;
  const bool only_open = !probe_.http && !probe_.expect && state_ == State::kReading;
  if (only_open) return Succeed();
  Retry(now, absl::StrCat("no answer within ", kAttemptLimit.count(), " ms"));
}

void ServiceProbe::Connect(Clock::time_point now) {
  socket_ = FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  request_ = probe_.http ? absl::StrCat("GET ", probe_.path, " HTTP/1.0\r\nHost: localhost\r\n\r\n")
                         : probe_.send;
  answer_.clear();
  next_time_ = now + kAttemptLimit;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(host_port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ||
      errno == EINPROGRESS) {
    state_ = State::kConnecting;
  } else {
    Retry(now, absl::StrCat("connect: ", strerror(errno)));
  }
}

void ServiceProbe::FinishConnect(Clock::time_point now) {
  pollfd entry = {socket_.get(), POLLOUT, 0};
  if (poll(&entry, 1, 0) <= 0) return;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Retry(now, absl::StrCat("connect: ", strerror(error)));
  state_ = State::kSending;
}

void ServiceProbe::Send(Clock::time_point now) {
  while (!request_.empty()) {
    const ssize_t sent = send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return Retry(now, absl::StrCat("send: ", strerror(errno)));
    request_.erase(0, static_cast<size_t>(sent));
  }
  state_ = State::kReading;
  if (!probe_.http && !probe_.expect) next_time_ = now + kStaysOpen;
}

void ServiceProbe::Read(Clock::time_point now) {
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(socket_.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) return Retry(now, absl::StrCat("read: ", strerror(errno)));
    if (got == 0) return EndOfAnswer(now);
    if (answer_.size() < kAnswerLimit) answer_.append(buffer, static_cast<size_t>(got));
    // A plain service may speak first and then wait for us for ever.
    if (!probe_.http && (!probe_.expect || AnswerMatches())) return Succeed();
  }
}

bool ServiceProbe::AnswerMatches() const {
  return !probe_.expect || probe_.expect->FoundIn(answer_);
}

// The problem with a complete HTTP answer; empty if there is none.
std::string ServiceProbe::HttpProblem() const {
  const std::string_view answer = answer_;
  const size_t header_end = answer.find("\r\n\r\n");
  int status = 0;
  if (!absl::StartsWith(answer, "HTTP/") || header_end == std::string_view::npos ||
      answer.size() < 12 || !absl::SimpleAtoi(answer.substr(9, 3), &status)) {
    return absl::StrCat("found \"", absl::CHexEscape(answer.substr(0, 80)),
                        "\", expected an HTTP answer");
  }
  if (status != probe_.status) {
    return absl::StrCat("status ", status, ", expected ", probe_.status);
  }
  const std::string_view body = answer.substr(header_end + 4);
  if (!probe_.expect || probe_.expect->FoundIn(body)) return "";
  return absl::StrCat("the body does not match \"", probe_.expect->text(),
                      "\": ", absl::CHexEscape(body.substr(0, 200)));
}

void ServiceProbe::EndOfAnswer(Clock::time_point now) {
  if (answer_.empty()) return Retry(now, "the connection was closed without an answer");
  if (!probe_.http) {
    return Retry(now, absl::StrCat("the answer does not match \"", probe_.expect->text(),
                                   "\": ", absl::CHexEscape(answer_.substr(0, 200))));
  }
  std::string problem = HttpProblem();
  if (problem.empty()) return Succeed();
  Retry(now, std::move(problem));
}

void ServiceProbe::Retry(Clock::time_point now, std::string problem) {
  problem_ = std::move(problem);
  socket_ = FileDescriptor();
  state_ = State::kIdle;
  next_time_ = now + kRetryAfter;
}

void ServiceProbe::Succeed() {
  done_ = true;
  socket_ = FileDescriptor();
}

std::string ServiceProbe::Problem() const {
  return absl::StrCat("port ", probe_.port, ": ", probe_.http ? "GET " : "connection",
                      probe_.http ? probe_.path : "", ": ", problem_);
}

}  // namespace linuxkit
