// The HTTP server on a real socket: what a client may do to a connection.
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/testing.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kGetA = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kLastGetA = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

ServedFiles Files() {
  ServedFiles files("test");
  EXPECT_TRUE(WriteFile(TestPath("a"), "content").ok());
  EXPECT_TRUE(files.Add("a", TestPath("a")).ok());
  return files;
}

// Of the one answer in `bytes`.
std::string Body(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  return end == bytes.npos ? "no answer" : std::string(bytes.substr(end + 4));
}

int Count(std::string_view text, std::string_view part) {
  int count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(HttpServerTest, ClosesWhenAsked) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  client.Send(kLastGetA);
  EXPECT_EQ(Body(client.ReadAll()), "content");
  EXPECT_THAT(server.log(), ElementsAre("127.0.0.1 GET /a 200"));
}

TEST(HttpServerTest, RequestInPieces) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  for (const char c : kLastGetA) client.Send(std::string_view(&c, 1));
  EXPECT_EQ(Body(client.ReadAll()), "content");
}

TEST(HttpServerTest, ManyRequestsAtOnce) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  std::string requests;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&requests, "\r\n", kGetA);
  client.Send(absl::StrCat(requests, kLastGetA));
  EXPECT_EQ(Count(client.ReadAll(), "\r\n\r\ncontent"), 501);
}

TEST(HttpServerTest, LargeFileToASlowClient) {
  ServedFiles files = Files();
  const std::string bytes = TestBytes(24 << 20);
  ASSERT_TRUE(WriteFile(TestPath("large"), bytes).ok());
  ASSERT_TRUE(files.Add("large", TestPath("large")).ok());
  ServerThread server(std::move(files));
  const TestClient slow(server.http_port());
  slow.Send("GET /large HTTP/1.0\r\n\r\n");
  // The server has filled the socket and gone on to others.
  const TestClient other(server.http_port());
  other.Send(kLastGetA);
  EXPECT_EQ(Body(other.ReadAll()), "content");
  EXPECT_TRUE(Body(slow.ReadAll()) == bytes);
}

TEST(HttpServerTest, ClientGoesAwayInTheMiddle) {
  ServedFiles files = Files();
  ASSERT_TRUE(WriteFile(TestPath("large"), TestBytes(24 << 20)).ok());
  ASSERT_TRUE(files.Add("large", TestPath("large")).ok());
  ServerThread server(std::move(files));
  for (int i = 0; i < 20; ++i) {
    const TestClient gone(server.http_port());
    gone.Send("GET /large HTTP/1.0\r\n\r\n");
    EXPECT_THAT(gone.Read(100), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  const TestClient other(server.http_port());
  other.Send(kLastGetA);
  EXPECT_EQ(Body(other.ReadAll()), "content");
}

TEST(HttpServerTest, FileThatShrinksEndsTheConnection) {
  ServedFiles files = Files();
  ASSERT_TRUE(WriteFile(TestPath("large"), TestBytes(24 << 20)).ok());
  ASSERT_TRUE(files.Add("large", TestPath("large")).ok());
  ServerThread server(std::move(files));
  const TestClient client(server.http_port());
  client.Send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(1000).size(), 1000u);
  OutputOf(absl::StrCat("truncate -s 20M ", TestPath("large")));
  EXPECT_LT(client.ReadAll().size(), 21u << 20);
}

TEST(HttpServerTest, ErrorClosesAndArrives) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  client.Send(absl::StrCat("GET /a HTTP/1.1\r\n\r\n", std::string(10000, 'x')));
  const std::string answer = client.ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nexpected one field Host: found \"0\"\n"));
  EXPECT_THAT(server.log(), ElementsAre("127.0.0.1 (expected one field Host: found \"0\") 400"));
}

TEST(HttpServerTest, HeadWithoutEnd) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  client.Send(absl::StrCat("GET /a HTTP/1.1\r\nX: ", std::string(12000, 'x')));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST(HttpServerTest, BodyIsRefused) {
  ServerThread server(Files());
  const TestClient client(server.http_port());
  client.Send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
}

TEST(HttpServerTest, IdleClientMakesRoom) {
  ServerThread server(Files(), {.connections = 2});
  const TestClient first(server.http_port());
  first.Send(kGetA);
  EXPECT_THAT(first.Read(10), "HTTP/1.1 2");
  const TestClient second(server.http_port());
  second.Send(kGetA);
  EXPECT_THAT(second.Read(10), "HTTP/1.1 2");
  const TestClient third(server.http_port());
  third.Send(kLastGetA);
  EXPECT_EQ(Body(third.ReadAll()), "content");
  // The first one was idle for longest and was closed for it; the second one still works.
  EXPECT_THAT(first.ReadAll(), EndsWith("content"));
  second.Send(kLastGetA);
  EXPECT_EQ(Count(second.ReadAll(), "content"), 2);
}

TEST(HttpServerTest, BusyClientsMakeOthersWait) {
  ServerThread server(Files(), {.connections = 1});
  const TestClient busy(server.http_port());
  busy.Send("GET /a HTTP/1.1\r\n");
  const TestClient waiting(server.http_port());
  waiting.Send(kLastGetA);
  busy.Send("Host: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(Body(busy.ReadAll()), "content");
  EXPECT_EQ(Body(waiting.ReadAll()), "content");
}

}  // namespace
}  // namespace linuxkit
