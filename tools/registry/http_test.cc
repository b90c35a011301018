#include "tools/registry/http.h"

#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/registry/testing/http_server.h"
#include "tools/registry/url.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;

HttpBody Into(std::string& text) {
  return [&text](const HttpResponse&, std::string_view bytes) {
    text.append(bytes);
    return absl::OkStatus();
  };
}

Url UrlOf(const TestServer& server, const std::string& path) {
  return *Url::Parse("http://" + server.authority() + path);
}

TEST(HttpClient, StatusHeadersAndBody) {
  TestServer server([](const TestRequest&, TestConnection& connection) {
    connection.Respond(404, {{"X-One", "1"}}, "hello");
  });
  HttpClient http({});
  std::string body;
  const auto response = http.Send({.url = UrlOf(server, "/x?q=1")}, Into(body));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->Header("x-one"), "1");
  EXPECT_EQ(response->Header("x-two"), "");
  EXPECT_EQ(response->url, "http://" + server.authority() + "/x");
  EXPECT_EQ(body, "hello");
  EXPECT_EQ(server.requests()[0].target, "/x?q=1");
}

TEST(HttpClient, ConnectionIsReused) {
  TestServer server(
      [](const TestRequest&, TestConnection& connection) { connection.Respond(200, {}, "hello"); });
  HttpClient http({});
  for (int i = 0; i < 3; ++i) {
    std::string body;
    ASSERT_THAT(http.Send({.url = UrlOf(server, "/")}, Into(body)), IsOk());
  }
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, RepeatedHeadersAreJoined) {
  TestServer server([](const TestRequest&, TestConnection& connection) {
    connection.Write(
        "HTTP/1.1 200 OK\r\nWWW-Authenticate: Basic\r\nwww-authenticate: Bearer x=y\r\n"
        "Content-Length: 0\r\n\r\n");
  });
  HttpClient http({});
  std::string body;
  EXPECT_EQ(http.Send({.url = UrlOf(server, "/")}, Into(body))->Header("www-authenticate"),
            "Basic, Bearer x=y");
}

TEST(HttpClient, InterimAnswerIsNotTheAnswer) {
  TestServer server([](const TestRequest&, TestConnection& connection) {
    connection.Write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
    connection.Respond(200, {}, "hello");
  });
  HttpClient http({});
  std::string body;
  const auto response = http.Send({.url = UrlOf(server, "/")}, Into(body));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->Header("x-early"), "");
}

TEST(HttpClient, FormIsPosted) {
  TestServer server(
      [](const TestRequest&, TestConnection& connection) { connection.Respond(200, {}, ""); });
  HttpClient http({});
  std::string body;
  ASSERT_THAT(http.Send({.url = UrlOf(server, "/"), .form = Secret("a=b")}, Into(body)), IsOk());
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].body, "a=b");
}

TEST(HttpClient, ErrorOfTheBodyEndsTheTransfer) {
  TestServer server(
      [](const TestRequest&, TestConnection& connection) { connection.Respond(200, {}, "hello"); });
  HttpClient http({});
  const auto refuse = [](const HttpResponse&, std::string_view) {
    return absl::DataLossError("found hello");
  };
  EXPECT_EQ(http.Send({.url = UrlOf(server, "/x")}, refuse).status(),
            absl::DataLossError("http://" + server.authority() + "/x: found hello"));
}

TEST(HttpClient, HeadersWithoutEnd) {
  TestServer server([](const TestRequest&, TestConnection& connection) {
    connection.Write("HTTP/1.1 200 OK\r\n");
    const std::string line = absl::StrCat("X: ", std::string(1000, 'x'), "\r\n");
    while (connection.Write(line)) {
    }
  });
  HttpClient http({});
  std::string body;
  EXPECT_EQ(http.Send({.url = UrlOf(server, "/")}, Into(body)).status().message(),
            "http://" + server.authority() +
                "/: found more than 262144 bytes of headers; expected an answer of HTTP");
}

TEST(HttpClient, NoSuchHost) {
  HttpClient http({});
  std::string body;
  const absl::Status status =
      http.Send({.url = *Url::Parse("http://no.such.host.invalid/")}, Into(body)).status();
  EXPECT_EQ(status, absl::UnavailableError("http://no.such.host.invalid/: cannot find the address "
                                           "of no.such.host.invalid"));
}

TEST(ReadCertificates, NotPem) {
  EXPECT_EQ(ReadCertificates({"/dev/null"}).status().message(),
            "/dev/null: found no certificate; expected a PEM file with \"-----BEGIN "
            "CERTIFICATE-----\"");
}

TEST(Url, Parts) {
  const auto url = Url::Parse("HTTPS://user:s3cret@Example.com/a/b?sig=s3cret");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->scheme(), "https");
  EXPECT_EQ(url->host(), "example.com");
  EXPECT_EQ(url->authority(), "example.com");
  EXPECT_EQ(url->origin(), "https://example.com:443");
  EXPECT_EQ(url->shown(), "https://example.com/a/b");
}

TEST(Url, OriginsDiffer) {
  const auto origin = [](const char* text) { return Url::Parse(text)->origin(); };
  EXPECT_EQ(origin("http://a.example/x"), origin("http://A.EXAMPLE:80/y"));
  EXPECT_NE(origin("http://a.example/"), origin("https://a.example/"));
  EXPECT_NE(origin("http://a.example/"), origin("http://a.example:81/"));
  EXPECT_NE(origin("http://a.example/"), origin("http://a.example.evil/"));
  EXPECT_NE(origin("http://a.example/"), origin("http://a.example@evil/"));
}

TEST(Url, ResolvesRelativeLocations) {
  const auto base = Url::Parse("http://a.example:81/x/y?q");
  ASSERT_THAT(base, IsOk());
  EXPECT_EQ(base->Resolve("/z")->text(), "http://a.example:81/z");
  EXPECT_EQ(base->Resolve("z?r=1")->text(), "http://a.example:81/x/z?r=1");
  EXPECT_EQ(base->Resolve("//b.example/z")->text(), "http://b.example/z");
  EXPECT_EQ(base->Resolve("https://b.example/z")->text(), "https://b.example/z");
}

TEST(Url, Refused) {
  EXPECT_EQ(Url::Parse("ftp://a.example/").status().message(),
            "found a URL of scheme \"ftp\"; expected http:// or https://");
  EXPECT_EQ(Url::Parse("http://a b/?s3cret").status().message(),
            "found the URL \"http://a b/\"; expected http:// or https:// and a host");
}

TEST(QueryEscape, SpecialBytes) {
  EXPECT_EQ(QueryEscape("a-b._~ /:&=\xff"), "a-b._~%20%2f%3a%26%3d%ff");
}

}  // namespace
}  // namespace linuxkit
