// Requests, ranges and answers of the HTTP server without a network.
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/byte_range.h"
#include "tools/netboot/serve/http_answer.h"
#include "tools/netboot/serve/http_request.h"
#include "tools/netboot/serve/served_files.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// METHOD PATH keep|close RANGE, or the error.
std::string Parsed(std::string_view head) {
  const auto request = ParseHttpRequest(head);
  if (!request.ok()) {
    return absl::StrCat(HttpStatusOfError(request.status()), " ", request.status().message());
  }
  return absl::StrCat(request->method, " ", request->path, " ",
                      request->keep_alive ? "keep" : "close", " ", request->range.value_or("-"));
}

TEST(HttpRequestTest, Requests) {
  const struct {
    std::string_view head;
    std::string_view parsed;
  } kCases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / keep -"},
      {"HEAD /kernel HTTP/1.1\r\nhost:a\r\nConnection: Close\r\n\r\n", "HEAD /kernel close -"},
      {"GET /a HTTP/1.0\r\n\r\n", "GET /a close -"},
      {"GET /a HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n", "GET /a keep -"},
      {"GET /%61%2F%5b?x=%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a/[ keep -"},
      {"GET http://a:8080/b/c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /b/c keep -"},
      {"GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n", "GET / keep -"},
      {"GET /a HTTP/1.1\r\nHost: a\r\nRange:  bytes=1-2 \r\n\r\n", "GET /a keep bytes=1-2"},
      {"GET /a HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\nIf-Range: \"x\"\r\n\r\n",
       "GET /a keep -"},
      {"GET /a HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\nRange: bytes=1-2\r\n\r\n",
       "GET /a keep -"},
      {"GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "GET /a keep -"},
      {"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "GET /../../etc/passwd keep -"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Parsed(test.head), test.parsed) << test.head;
}

TEST(HttpRequestTest, Errors) {
  const struct {
    std::string_view head;
    std::string_view error;
  } kCases[] = {
      {"GET / HTTP/1.1\r\n",
       "400 expected an empty line behind the fields: found \"GET / "
       "HTTP/1.1\\r\\n\""},
      {"GET /\r\n\r\n", "400 expected a request line \"GET /path HTTP/1.1\": found \"GET /\""},
      {"GET  / HTTP/1.1\r\n\r\n",
       "400 expected a request line \"GET /path HTTP/1.1\": found \"GET  / HTTP/1.1\""},
      {"G(T / HTTP/1.1\r\n\r\n",
       "400 expected a request line \"GET /path HTTP/1.1\": found \"G(T / HTTP/1.1\""},
      {"GET / http/1.1\r\n\r\n",
       "400 expected a request line \"GET /path HTTP/1.1\": found \"GET / http/1.1\""},
      {"GET / HTTP/2.0\r\n\r\n", "505 expected HTTP/1.1: found HTTP/2.0"},
      {"GET a HTTP/1.1\r\n\r\n", "400 expected a path that begins with \"/\": found \"a\""},
      {"GET * HTTP/1.1\r\n\r\n", "400 expected a path that begins with \"/\": found \"*\""},
      {"GET /\x01 HTTP/1.1\r\n\r\n",
       "400 expected a target of visible characters: found \"/\\x01\""},
      {"GET /%4 HTTP/1.1\r\n\r\n", "400 expected two hexadecimal digits behind %: found \"/%4\""},
      {"GET / HTTP/1.1\r\n\r\n", "400 expected one field Host: found \"0\""},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 expected one field Host: found \"2\""},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
       "400 expected a field \"Name: value\": found \"Host : a\""},
      {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
       "400 expected a field \"Name: value\": found \" b\""},
      {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
       "400 expected a field \"Name: value\": found \"Host: a\\nX: b\""},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
       "413 expected a request without a body"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       "413 expected a request without a body"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Parsed(test.head), test.error) << test.head;
  EXPECT_EQ(Parsed(std::string(kMaxHttpHead + 1, 'x')),
            "431 expected a request head of at most 8192 bytes");
}

TEST(ByteRangeTest, Ranges) {
  constexpr auto kWhole = ByteRange::Kind::kWhole;
  constexpr auto kPart = ByteRange::Kind::kPart;
  constexpr ByteRange kNone = {.kind = ByteRange::Kind::kUnsatisfiable};
  const struct {
    std::string_view field;
    uint64_t file_size;
    ByteRange range;
  } kCases[] = {
      {"bytes=0-0", 10, {kPart, 0, 1}},
      {"bytes=2-4", 10, {kPart, 2, 3}},
      {"Bytes= 2-", 10, {kPart, 2, 8}},
      {"bytes=9-99", 10, {kPart, 9, 1}},
      {"bytes=-3", 10, {kPart, 7, 3}},
      {"bytes=-99", 10, {kPart, 0, 10}},
      {"bytes=0-18446744073709551616", 10, {kPart, 0, 10}},
      {"bytes=10-", 10, kNone},
      {"bytes=18446744073709551616-", 10, kNone},
      {"bytes=-0", 10, kNone},
      {"bytes=0-", 0, kNone},
      {"bytes=-1", 0, kNone},
      {"bytes=4-2", 10, {kWhole, 0, 10}},
      {"bytes=0-1,3-4", 10, {kWhole, 0, 10}},
      {"bytes=", 10, {kWhole, 0, 10}},
      {"bytes=-", 10, {kWhole, 0, 10}},
      {"bytes=a-b", 10, {kWhole, 0, 10}},
      {"bytes=+1-2", 10, {kWhole, 0, 10}},
      {"bytes=--1", 10, {kWhole, 0, 10}},
      {"lines=0-1", 10, {kWhole, 0, 10}},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ResolveByteRange(test.field, test.file_size), test.range) << test.field;
  }
}

class HttpAnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(WriteFile(TestPath("boot.ipxe"), "#!ipxe\n"), IsOk());
    ASSERT_THAT(files_.Add("boot.ipxe", TestPath("boot.ipxe")), IsOk());
  }
  HttpAnswer Answer(HttpRequest request) const { return AnswerHttp(request, files_, 784111777); }

  ServedFiles files_{"img <1>"};
};

TEST_F(HttpAnswerTest, File) {
  const HttpAnswer answer = Answer({.method = "GET", .path = "/boot.ipxe", .keep_alive = true});
  EXPECT_EQ(answer.bytes,
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 7\r\n"
            "Connection: keep-alive\r\n"
            "Accept-Ranges: bytes\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n");
  EXPECT_EQ(answer.file_offset, 0u);
  EXPECT_EQ(answer.file_size, 7u);
  EXPECT_TRUE(answer.keep_alive);
}

TEST_F(HttpAnswerTest, Part) {
  const HttpAnswer answer = Answer({.method = "GET", .path = "/boot.ipxe", .range = "bytes=2-3"});
  EXPECT_EQ(answer.bytes,
            "HTTP/1.1 206 Partial Content\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 2\r\n"
            "Connection: close\r\n"
            "Content-Range: bytes 2-3/7\r\n"
            "Accept-Ranges: bytes\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n");
  EXPECT_EQ(answer.file_offset, 2u);
  EXPECT_EQ(answer.file_size, 2u);
}

TEST_F(HttpAnswerTest, HeadHasNoBodyAndNoRange) {
  const HttpAnswer answer = Answer({.method = "HEAD", .path = "/boot.ipxe", .range = "bytes=2-3"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.bytes, testing::HasSubstr("Content-Length: 7\r\n"));
  EXPECT_FALSE(answer.file.has_value());
  EXPECT_EQ(answer.file_size, 0u);
}

TEST_F(HttpAnswerTest, Unsatisfiable) {
  const HttpAnswer answer = Answer({.method = "GET", .path = "/boot.ipxe", .range = "bytes=7-"});
  EXPECT_EQ(answer.bytes,
            "HTTP/1.1 416 Range Not Satisfiable\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 21\r\n"
            "Connection: close\r\n"
            "Content-Range: bytes */7\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n"
            "the file has 7 bytes\n");
}

TEST_F(HttpAnswerTest, NotFound) {
  for (const std::string path : {"/kernel", "//boot.ipxe", "/boot.ipxe/", "/../boot.ipxe",
                                 "/./boot.ipxe", "/BOOT.IPXE", "/etc/passwd"}) {
    EXPECT_EQ(Answer({.method = "GET", .path = path}).status, 404) << path;
  }
}

TEST_F(HttpAnswerTest, FileHasGone) {
  ASSERT_EQ(std::remove(TestPath("boot.ipxe").c_str()), 0);
  EXPECT_EQ(Answer({.method = "GET", .path = "/boot.ipxe"}).status, 500);
}

TEST_F(HttpAnswerTest, OtherMethod) {
  const HttpAnswer answer = Answer({.method = "PUT", .path = "/boot.ipxe"});
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.bytes, testing::HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

TEST_F(HttpAnswerTest, Index) {
  ASSERT_THAT(files_.Add("a b/<c>%", TestPath("boot.ipxe")), IsOk());
  const HttpAnswer answer = Answer({.method = "GET", .path = "/"});
  EXPECT_THAT(answer.bytes, testing::HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(answer.bytes, testing::EndsWith("\r\n\r\n" + files_.IndexPage()));
  EXPECT_EQ(files_.IndexPage(),
            "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>img &lt;1&gt;</title>"
            "</head>\n<body>\n<h1>img &lt;1&gt;</h1>\n<table>\n"
            "<tr><td><a href=\"/a%20b/%3cc%3e%25\">a b/&lt;c&gt;%</a></td><td>7</td></tr>\n"
            "<tr><td><a href=\"/boot.ipxe\">boot.ipxe</a></td><td>7</td></tr>\n"
            "</table>\n</body>\n</html>\n");
}

TEST(ServedFilesTest, NamesThatAreNone) {
  ServedFiles files;
  for (const std::string_view name : {"", "/a", "a/", "a//b", "./a", "a/..", "a\nb"}) {
    EXPECT_FALSE(files.Add(name, "/dev/null").ok()) << name;
  }
  EXPECT_THAT(files.Add("../a", "/b"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"../a\" is no name to serve /b by; expected a relative path without "
                       "\".\", \"..\" and control characters"));
  EXPECT_THAT(files.Add("a", "/dev/null"),
              StatusIs(absl::StatusCode::kInvalidArgument, "/dev/null is not a regular file"));
}

TEST(ServedFilesTest, Directory) {
  const std::string directory = TestPath("served");
  OutputOf(absl::StrCat("rm -rf ", directory, "; mkdir -p ", directory, "/d/e; cd ", directory,
                        "; echo x > a; echo y > d/b; ln -s a link; ln -s /etc out; mkfifo pipe"));
  ServedFiles files;
  ASSERT_THAT(files.AddDirectory(directory), IsOk());
  std::string names;
  for (const auto& [name, path] : files.files()) absl::StrAppend(&names, name, " ");
  EXPECT_EQ(names, "a d/b link ");
  EXPECT_THAT(
      files.AddDirectory("/none"),
      StatusIs(absl::StatusCode::kNotFound, "cannot list /none: No such file or directory"));
}

TEST(ServedFilesTest, MediaTypes) {
  EXPECT_EQ(MediaType("boot.ipxe"), "text/plain; charset=utf-8");
  EXPECT_EQ(MediaType("pxelinux.cfg/default"), "text/plain; charset=utf-8");
  EXPECT_EQ(MediaType("ipxe.efi"), "application/efi");
  EXPECT_EQ(MediaType("kernel"), "application/octet-stream");
}

}  // namespace
}  // namespace linuxkit
