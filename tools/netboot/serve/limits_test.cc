// What one client cannot take from the others: the servers on real sockets, with a clock that the
// tests move.
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/http_server.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/socket_address.h"
#include "tools/netboot/serve/testing.h"
#include "tools/netboot/serve/tftp_server.h"

namespace linuxkit {
namespace {

using ::std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr std::string_view kGetA = "GET /a HTTP/1.0\r\n\r\n";
constexpr std::string_view kGetLarge = "GET /large HTTP/1.0\r\n\r\n";
constexpr std::string_view kHalfHead = "GET /a HTTP/1.0\r\n";
constexpr size_t kLargeSize = 24 << 20;

// A server whose events and time the test hands to it, in the test's own thread.
class LimitsTest : public testing::Test {
 protected:
  LimitsTest() {
    EXPECT_TRUE(WriteFile(TestPath("a"), "content").ok());
    EXPECT_TRUE(files_.Add("a", TestPath("a")).ok());
  }
  void StartHttp(HttpLimits limits = {}) {
    service_ = std::make_unique<HttpServer>(BindLoopback(SOCK_STREAM, port_), files_, log_, limits);
  }
  void StartTftp(TftpLimits limits) {
    service_ = std::make_unique<TftpServer>(BindLoopback(SOCK_DGRAM, port_), files_, log_, limits);
  }
  void AddLargeFile() {
    EXPECT_TRUE(WriteFile(TestPath("large"), std::string(kLargeSize, 'x')).ok());
    EXPECT_TRUE(files_.Add("large", TestPath("large")).ok());
  }

  // One turn of the server, once it or `fd` has an event; true if `fd` has one.
  bool Turn(int fd = -1, int timeout = 60'000) {
    std::vector<pollfd> fds;
    service_->Await(fds);
    fds.push_back({fd, POLLIN, 0});
    const int ready = poll(fds.data(), fds.size(), timeout);
    EXPECT_TRUE(ready > 0 || timeout == 0) << "nothing happens";
    const bool answered = fds.back().revents != 0;
    fds.pop_back();
    service_->Handle(fds, now_);
    return answered;
  }
  // Turns until the client's bytes have arrived and the server waits.
  void Settle(const TestClient& client, std::string_view bytes) {
    client.Send(bytes);
    Turn();
    for (int i = 0; i < 1000; ++i) Turn(-1, 0);
  }
  void Advance(seconds time) {
    now_ += time;
    Turn(-1, 0);
  }
  // What the client reads until the server closes, or until it has `most` bytes.
  std::string Read(const TestClient& client, size_t most = kLargeSize * 2) {
    std::string text;
    while (text.size() < most && !HasFailure()) {
      if (!Turn(client.fd())) continue;
      char buffer[64 * 1024];
      const ssize_t got = recv(client.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (got <= 0) break;
      text.append(buffer, static_cast<size_t>(got));
    }
    return text;
  }
  // The answer to a request from `host`: empty if the server closes.
  std::string Ask(const std::string& host) {
    const TestClient client(port_, host);
    client.Send(kGetA);
    return Read(client);
  }
  // Has the server closed? Gives up what has come.
  static bool IsClosed(const TestClient& client) {
    char buffer[64 * 1024];
    ssize_t got = 1;
    while (got > 0) got = recv(client.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
    return got == 0 || errno != EAGAIN;
  }

  Instant now_ = Instant() + std::chrono::hours(1);
  ServedFiles files_{"test"};
  std::vector<std::string> lines_;
  RequestLog log_ = [this](std::string_view line) { lines_.emplace_back(line); };
  int port_ = 0;
  std::unique_ptr<Service> service_;
};

TEST_F(LimitsTest, OneClientHasAShareOfTheConnections) {
  StartHttp({.connections = 4, .connections_of_client = 2});
  const TestClient first(port_);
  Settle(first, kHalfHead);
  const TestClient second(port_);
  Settle(second, kHalfHead);
  EXPECT_EQ(Ask("127.0.0.1"), "");
  EXPECT_THAT(lines_, ElementsAre("127.0.0.1 refused: it has 2 connections at work"));
  EXPECT_THAT(Ask("127.0.0.2"), EndsWith("\r\n\r\ncontent"));
  EXPECT_FALSE(IsClosed(first));
}

TEST_F(LimitsTest, ClientReplacesItsOwnConnectionThatStandsStill) {
  StartHttp({.connections = 4, .connections_of_client = 2});
  const TestClient other(port_, "127.0.0.2");
  Settle(other, kHalfHead);
  const TestClient first(port_);
  Settle(first, kHalfHead);
  const TestClient second(port_);
  Settle(second, kHalfHead);
  Advance(seconds(1));
  EXPECT_THAT(Ask("127.0.0.1"), EndsWith("\r\n\r\ncontent"));
  EXPECT_TRUE(IsClosed(first));
  EXPECT_FALSE(IsClosed(second));
  EXPECT_FALSE(IsClosed(other));
}

TEST_F(LimitsTest, HalfHeadEndsAfterTenSeconds) {
  StartHttp();
  const TestClient client(port_);
  Settle(client, kHalfHead);
  // A byte now and then does not help.
  Advance(seconds(9));
  Settle(client, "X");
  EXPECT_FALSE(IsClosed(client));
  Advance(seconds(1));
  EXPECT_TRUE(IsClosed(client));
}

TEST_F(LimitsTest, SilentClientEndsAfterAMinute) {
  StartHttp();
  const TestClient client(port_);
  Turn();
  Advance(seconds(59));
  EXPECT_FALSE(IsClosed(client));
  Advance(seconds(1));
  EXPECT_TRUE(IsClosed(client));
}

TEST_F(LimitsTest, FullServerDropsReadersThatStandStill) {
  AddLargeFile();
  StartHttp({.connections = 2, .connections_of_client = 2});
  const TestClient first(port_);
  Settle(first, kGetLarge);
  const TestClient second(port_);
  Settle(second, kGetLarge);
  const TestClient other(port_, "127.0.0.2");
  other.Send(kGetA);
  // Nobody can be dropped yet, and to be asked again and again would be a busy loop.
  while (lines_.size() < 2) Turn();
  Turn();
  std::vector<pollfd> fds;
  service_->Await(fds);
  EXPECT_EQ(fds[0].events, 0);
  EXPECT_LE(*service_->Deadline(), now_ + seconds(1));
  // Bytes may still have been on their way.
  for (int i = 0; i < 30 && lines_.size() < 3; ++i) {
    Advance(seconds(1));
    Turn(-1, 0);
  }
  EXPECT_THAT(Read(other), EndsWith("\r\n\r\ncontent"));
  EXPECT_THAT(lines_, ElementsAre("127.0.0.1 GET /large 200", "127.0.0.1 GET /large 200",
                                  "127.0.0.2 GET /a 200"));
}

TEST_F(LimitsTest, ReaderThatTakesNothingIsDropped) {
  AddLargeFile();
  StartHttp();
  const TestClient client(port_);
  Settle(client, kGetLarge);
  // In the first minute its system took what its buffer holds.
  for (int i = 0; i < 3 && lines_.size() < 2; ++i) Advance(seconds(60));
  EXPECT_THAT(lines_,
              ElementsAre("127.0.0.1 GET /large 200",
                          "127.0.0.1 dropped: it took less than 65536 bytes in 60 seconds"));
  EXPECT_TRUE(IsClosed(client));
}

TEST_F(LimitsTest, SlowReaderStays) {
  AddLargeFile();
  StartHttp();
  const TestClient client(port_);
  client.Send(kGetLarge);
  std::string text;
  for (int minute = 0; minute < 5; ++minute) {
    absl::StrAppend(&text, Read(client, 4 << 20));
    Advance(seconds(60));
  }
  absl::StrAppend(&text, Read(client));
  EXPECT_GT(text.size(), kLargeSize);
  EXPECT_THAT(lines_, ElementsAre("127.0.0.1 GET /large 200"));
}

// Lets no descriptor be made while it exists.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest = fcntl(0, F_DUPFD_CLOEXEC, 0);
    close(lowest);
    const rlimit none = {.rlim_cur = static_cast<rlim_t>(lowest), .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_;
};

TEST_F(LimitsTest, OutOfDescriptorsItWaits) {
  StartHttp();
  auto busy = std::make_unique<TestClient>(port_);
  Settle(*busy, kHalfHead);
  const TestClient waiting(port_);
  waiting.Send("GET / HTTP/1.0\r\n\r\n");
  const NoDescriptors none;
  Turn();
  std::vector<pollfd> fds;
  service_->Await(fds);
  EXPECT_EQ(fds[0].events, 0);
  EXPECT_EQ(service_->Deadline(), now_ + seconds(1));
  EXPECT_THAT(lines_, ElementsAre("out of descriptors: HTTP clients wait"));
  // The end of a connection goes before the time.
  shutdown(busy->fd(), SHUT_RDWR);
  EXPECT_THAT(Read(waiting), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(lines_, ElementsAre("out of descriptors: HTTP clients wait", "127.0.0.1 GET / 200"));
}

TEST_F(LimitsTest, OutOfDescriptorsItDropsWhoStandsStill) {
  StartHttp();
  const TestClient busy(port_);
  Settle(busy, kHalfHead);
  const TestClient waiting(port_);
  waiting.Send("GET / HTTP/1.0\r\n\r\n");
  const NoDescriptors none;
  now_ += seconds(1);
  EXPECT_THAT(Read(waiting), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(IsClosed(busy));
}

// A TFTP client that never acknowledges.
class HalfOpen {
 public:
  HalfOpen(int port, const std::string& host) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const SocketAddress client = SocketAddress::Parse(host, 0).value();
    EXPECT_EQ(bind(fd_.get(), client.get(), client.size()), 0);
    const SocketAddress server =
        SocketAddress::Parse("127.0.0.1", static_cast<uint16_t>(port)).value();
    const std::string_view request("\0\1a\0octet\0timeout\000255\0", 22);
    EXPECT_EQ(sendto(fd_.get(), request.data(), request.size(), 0, server.get(), server.size()),
              static_cast<ssize_t>(request.size()));
  }
  int fd() const { return fd_.get(); }
  // "D1:content", or an error's text.
  std::string Answer() const {
    char buffer[600];
    const ssize_t got = recv(fd_.get(), buffer, sizeof buffer, 0);
    if (got < 4) return "nothing";
    const std::string text(buffer + 4, static_cast<size_t>(got) - 4);
    return buffer[1] == 3 ? absl::StrCat("D", static_cast<int>(buffer[3]), ":", text)
                          : std::string(text.c_str());
  }

 private:
  FileDescriptor fd_;
};

class TftpLimitsTest : public LimitsTest {
 protected:
  // The answer to a request that is never acknowledged.
  std::string AskTftp(const std::string& host) {
    clients_.push_back(std::make_unique<HalfOpen>(port_, host));
    while (!Turn(clients_.back()->fd()) && !HasFailure()) continue;
    return clients_.back()->Answer();
  }
  std::vector<std::unique_ptr<HalfOpen>> clients_;
};

TEST_F(TftpLimitsTest, OneClientHasAShareOfTheTransfers) {
  StartTftp({.transfers = 4, .transfers_of_client = 2});
  EXPECT_EQ(AskTftp("127.0.0.1"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.1"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.1"), "the server is busy with 2 files of yours");
  EXPECT_EQ(AskTftp("127.0.0.2"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.2"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.3"), "the server is busy");
}

TEST_F(TftpLimitsTest, TransferThatStandsStillMakesRoom) {
  StartTftp({.transfers = 3, .transfers_of_client = 2});
  EXPECT_EQ(AskTftp("127.0.0.2"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.1"), "D1:content");
  EXPECT_EQ(AskTftp("127.0.0.1"), "D1:content");
  now_ += seconds(1);
  lines_.clear();
  // Its own share first, though another one is older.
  EXPECT_EQ(AskTftp("127.0.0.1"), "D1:content");
  EXPECT_THAT(lines_, ElementsAre("127.0.0.1 TFTP a given up", "127.0.0.1 TFTP a"));
  lines_.clear();
  EXPECT_EQ(AskTftp("127.0.0.3"), "D1:content");
  EXPECT_THAT(lines_, ElementsAre("127.0.0.2 TFTP a given up", "127.0.0.3 TFTP a"));
}

TEST(SocketAddressTest, Network) {
  const auto network = [](const std::string& host) {
    return SocketAddress::Parse(host, 1).value().network();
  };
  EXPECT_EQ(network("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

}  // namespace
}  // namespace linuxkit
