#include "tools/netboot/serve/testing.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/socket_address.h"
#include "tools/qemu/process.h"

namespace linuxkit {

FileDescriptor BindLoopback(int type, int& port) {
  auto socket = BindSocket(type, SocketAddress::Parse("127.0.0.1", 0).value());
  EXPECT_TRUE(socket.ok()) << socket.status();
  port = BoundAddress(*socket)->port();
  return *std::move(socket);
}

ServerThread::ServerThread(ServedFiles files, HttpLimits limits) : files_(std::move(files)) {
  DescriptorPair pipe = MakePipe().value();
  stop_reader_ = std::move(pipe.first);
  stop_writer_ = std::move(pipe.second);
  const RequestLog log = [this](std::string_view line) {
    const std::lock_guard lock(mutex_);
    log_.emplace_back(line);
  };
  http_ = std::make_unique<HttpServer>(BindLoopback(SOCK_STREAM, http_port_), files_, log, limits);
  tftp_ = std::make_unique<TftpServer>(BindLoopback(SOCK_DGRAM, tftp_port_), files_, log);
  thread_ = std::jthread(
      [this] { EXPECT_TRUE(RunServices({http_.get(), tftp_.get()}, stop_reader_.get()).ok()); });
}

ServerThread::~ServerThread() { EXPECT_EQ(write(stop_writer_.get(), "", 1), 1); }

std::string ServerThread::Http(std::string_view name) const {
  return absl::StrCat("http://127.0.0.1:", http_port_, "/", name);
}

std::string ServerThread::Tftp(std::string_view name) const {
  return absl::StrCat("tftp://127.0.0.1:", tftp_port_, "/", name);
}

std::vector<std::string> ServerThread::log() {
  const std::lock_guard lock(mutex_);
  return log_;
}

TestClient::TestClient(int port, const std::string& host)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const SocketAddress client = SocketAddress::Parse(host, 0).value();
  EXPECT_EQ(bind(fd_.get(), client.get(), client.size()), 0);
  const SocketAddress server =
      SocketAddress::Parse("127.0.0.1", static_cast<uint16_t>(port)).value();
  EXPECT_EQ(connect(fd_.get(), server.get(), server.size()), 0);
}

void TestClient::Send(std::string_view bytes) const {
  EXPECT_EQ(send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

std::string TestClient::Read(size_t size) const {
  std::string bytes;
  char buffer[64 * 1024];
  while (bytes.size() < size) {
    const ssize_t got = recv(fd_.get(), buffer, std::min(sizeof buffer, size - bytes.size()), 0);
    if (got <= 0) break;
    bytes.append(buffer, static_cast<size_t>(got));
  }
  return bytes;
}

std::string TestClient::ReadAll() const { return Read(std::numeric_limits<size_t>::max()); }

std::string TestBytes(size_t size) {
  std::string bytes(size, '\0');
  std::mt19937 random(20260728);
  std::generate(bytes.begin(), bytes.end(), [&random] { return static_cast<char>(random()); });
  return bytes;
}

}  // namespace linuxkit
