#include "tools/qemu/publish.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

std::string ErrorOf(std::string_view text) {
  return std::string(ParsePublish(text).status().message());
}

TEST(ParsePublish, PortsOnlyMeansTcp) {
  EXPECT_EQ(*ParsePublish("8080:80"), (Publish{8080, 80, false}));
}
TEST(ParsePublish, Tcp) { EXPECT_EQ(*ParsePublish("8080:80/tcp"), (Publish{8080, 80, false})); }
TEST(ParsePublish, Udp) { EXPECT_EQ(*ParsePublish("5353:53/udp"), (Publish{5353, 53, true})); }
TEST(ParsePublish, HighestPort) {
  EXPECT_EQ(*ParsePublish("65535:65535"), (Publish{65535, 65535, false}));
}

TEST(ParsePublish, OnePortOnly) {
  EXPECT_EQ(ErrorOf("8080"),
            "--publish=8080: expected HOST:GUEST[/tcp|udp], for example --publish=8080:80");
}
TEST(ParsePublish, ThreeParts) {
  EXPECT_EQ(
      ErrorOf("0.0.0.0:80:80"),
      "--publish=0.0.0.0:80:80: expected HOST:GUEST[/tcp|udp], for example --publish=8080:80");
}
TEST(ParsePublish, EmptyProtocol) {
  EXPECT_EQ(ErrorOf("80:80/"),
            "--publish=80:80/: expected HOST:GUEST[/tcp|udp], for example --publish=8080:80");
}
TEST(ParsePublish, UnknownProtocol) {
  EXPECT_EQ(ErrorOf("80:80/sctp"),
            "--publish=80:80/sctp: protocol \"sctp\" is not known; expected tcp or udp");
}
TEST(ParsePublish, PortZero) {
  EXPECT_EQ(ErrorOf("0:80"), "--publish=0:80: host port \"0\" is not a port; expected 1 to 65535");
}
TEST(ParsePublish, PortTooLarge) {
  EXPECT_EQ(ErrorOf("80:65536"),
            "--publish=80:65536: guest port \"65536\" is not a port; expected 1 to 65535");
}
TEST(ParsePublish, PortIsAWord) {
  EXPECT_EQ(ErrorOf("http:80"),
            "--publish=http:80: host port \"http\" is not a port; expected 1 to 65535");
}

// A socket that listens on a port of its own choice.
class BusyPort {
 public:
  BusyPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    sockaddr* const generic = reinterpret_cast<sockaddr*>(&address);
    bind(fd_.get(), generic, size);
    listen(fd_.get(), 1);
    getsockname(fd_.get(), generic, &size);
    port_ = ntohs(address.sin_port);
  }
  uint16_t port() const { return port_; }

 private:
  FileDescriptor fd_;
  uint16_t port_ = 0;
};

TEST(CheckHostPortsFree, PortInUse) {
  const BusyPort busy;
  const int other = busy.port() <= 55535 ? busy.port() + 10000 : busy.port() - 10000;
  EXPECT_EQ(CheckHostPortsFree({{busy.port(), 80, false}}).message(),
            absl::StrCat("--publish=", busy.port(), ":80/tcp: port ", busy.port(),
                         " of 127.0.0.1 is in use on this host; choose another host port, for "
                         "example --publish=",
                         other, ":80, or --publish=none"));
}
TEST(CheckHostPortsFree, FreePort) {
  const absl::StatusOr<uint16_t> port = FindFreePort();
  ASSERT_TRUE(port.ok());
  EXPECT_EQ(CheckHostPortsFree({{*port, 80, false}}), absl::OkStatus());
}
TEST(CheckHostPortsFree, SamePortTwice) {
  const absl::StatusOr<uint16_t> port = FindFreePort();
  ASSERT_TRUE(port.ok());
  EXPECT_EQ(CheckHostPortsFree({{*port, 80, false}, {*port, 81, false}}).message(),
            absl::StrCat("--publish=", *port, ":81/tcp: host port ", *port,
                         " is published twice; give each its own host port"));
}
TEST(CheckHostPortsFree, SamePortTcpAndUdp) {
  const absl::StatusOr<uint16_t> port = FindFreePort();
  ASSERT_TRUE(port.ok());
  EXPECT_EQ(CheckHostPortsFree({{*port, 53, false}, {*port, 53, true}}), absl::OkStatus());
}

}  // namespace
}  // namespace linuxkit
