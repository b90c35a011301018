#include "tools/registry/testing/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Reads until `text` has at least `size` bytes; false at the end of the stream.
bool ReadMore(int fd, std::string& text) {
  char buffer[16 * 1024];
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  text.append(buffer, static_cast<size_t>(got));
  return true;
}

void ParseHead(std::string_view head, TestRequest& request) {
  std::vector<std::string_view> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> words = absl::StrSplit(lines[0], ' ');
  request.method = words[0];
  if (words.size() > 1) request.target = words[1];
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string_view, std::string_view> header =
        absl::StrSplit(lines[i], absl::MaxSplits(':', 1));
    request.headers[absl::AsciiStrToLower(header.first)] =
        absl::StripAsciiWhitespace(header.second);
  }
}

// The next request; `pending` keeps what came after it.
std::optional<TestRequest> ReadRequest(int fd, std::string& pending) {
  size_t end;
  while ((end = pending.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore(fd, pending)) return std::nullopt;
  }
  TestRequest request;
  ParseHead(std::string_view(pending).substr(0, end), request);
  pending.erase(0, end + 4);
  size_t length = 0;
  if (!absl::SimpleAtoi(request.Header("content-length"), &length)) length = 0;
  while (pending.size() < length) {
    if (!ReadMore(fd, pending)) return std::nullopt;
  }
  request.body = pending.substr(0, length);
  pending.erase(0, length);
  return request;
}

}  // namespace

std::string TestRequest::Header(const std::string& lower_case_name) const {
  const auto header = headers.find(lower_case_name);
  return header == headers.end() ? "" : header->second;
}

bool TestConnection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) is_open_ = false;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void TestConnection::Begin(int status, const std::map<std::string, std::string>& headers) {
  std::string head = absl::StrCat("HTTP/1.1 ", status, " Test\r\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  Write(head + "\r\n");
}

void TestConnection::Respond(int status, const std::map<std::string, std::string>& headers,
                             std::string_view body) {
  std::map<std::string, std::string> all = headers;
  all["Content-Length"] = absl::StrCat(body.size());
  Begin(status, all);
  Write(body);
}

void TestConnection::Cut() {
  shutdown(fd_, SHUT_WR);
  is_open_ = false;
}

void TestConnection::Reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  is_open_ = false;
}

void TestConnection::AwaitHangup() {
  std::string ignored;
  while (ReadMore(fd_, ignored)) ignored.clear();
  is_open_ = false;
}

TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 64) != 0) std::abort();
  getsockname(listener_.get(), generic, &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { Accept(); });
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  threads_.clear();
}

std::string TestServer::authority() const { return absl::StrCat("127.0.0.1:", port_); }

std::vector<TestRequest> TestServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int TestServer::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void TestServer::Accept() {
  while (true) {
    const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    if (is_stopping_) {
      close(fd);
      return;
    }
    ++connections_;
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void TestServer::Serve(int fd) {
  std::string pending;
  TestConnection connection(fd);
  while (connection.is_open()) {
    const std::optional<TestRequest> request = ReadRequest(fd, pending);
    if (!request) break;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
    }
    handler_(*request, connection);
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  close(fd);
}

FileDescriptor ConnectTo(int port) {
  FileDescriptor fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return FileDescriptor();
  }
  return fd;
}

RawAnswer Forward(const TestRequest& request, int port) {
  const FileDescriptor fd = ConnectTo(port);
  TestConnection upstream(fd.get());
  std::string head = absl::StrCat(request.method, " ", request.target, " HTTP/1.1\r\n");
  for (const auto& [name, value] : request.headers) {
    if (name != "connection") absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  upstream.Write(absl::StrCat(head, "Connection: close\r\n\r\n", request.body));
  std::string answer;
  while (ReadMore(fd.get(), answer)) {
  }
  const size_t end = std::min(answer.find("\r\n\r\n"), answer.size());
  return {.head = answer.substr(0, end) + "\r\n\r\n",
          .body = end < answer.size() ? answer.substr(end + 4) : ""};
}

}  // namespace linuxkit
