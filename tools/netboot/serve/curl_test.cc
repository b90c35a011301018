// curl as the client, by HTTP and by TFTP.
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/testing.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr size_t kLargeSize = 600'003;

ServedFiles Files() {
  ServedFiles files("test");
  EXPECT_TRUE(WriteFile(TestPath("kernel"), TestBytes(kLargeSize)).ok());
  EXPECT_TRUE(WriteFile(TestPath("default"), "DEFAULT linuxkit\n").ok());
  EXPECT_TRUE(files.Add("kernel", TestPath("kernel")).ok());
  EXPECT_TRUE(files.Add("pxelinux.cfg/default", TestPath("default")).ok());
  return files;
}

std::string Curl(std::string_view arguments) {
  return OutputOf(absl::StrCat("curl -q -sS --noproxy '*' --max-time 60 ", arguments));
}

// What curl says about a download that it has compared with the served file.
std::string Compared(std::string_view arguments) {
  const std::string path = TestPath("download");
  const std::string said = Curl(absl::StrCat(arguments, " -o ", path));
  return said + OutputOf(absl::StrCat("cmp ", path, " ", TestPath("kernel"), "; rm -f ", path));
}

TEST(CurlTest, Http) {
  ServerThread server(Files());
  EXPECT_EQ(Compared(server.Http("kernel")), "");
  EXPECT_EQ(Compared(absl::StrCat("-0 ", server.Http("kernel"))), "");
  EXPECT_EQ(Curl(server.Http("pxelinux.cfg/default")), "DEFAULT linuxkit\n");
  EXPECT_THAT(Curl(server.Http("")), HasSubstr("<a href=\"/kernel\">kernel</a>"));
}

TEST(CurlTest, HttpHead) {
  ServerThread server(Files());
  EXPECT_THAT(Curl(absl::StrCat("-I ", server.Http("kernel"))),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 600003\r\n"),
                    HasSubstr("Accept-Ranges: bytes\r\n")));
}

TEST(CurlTest, HttpRanges) {
  ServerThread server(Files());
  const std::string url = server.Http("pxelinux.cfg/default");
  EXPECT_EQ(Curl(absl::StrCat("-r 1-3 ", url)), "EFA");
  EXPECT_EQ(Curl(absl::StrCat("-r -4 ", url)), "kit\n");
  EXPECT_EQ(Curl(absl::StrCat("-r 8- ", url)), "linuxkit\n");
  EXPECT_EQ(Curl(absl::StrCat("-o /dev/null -w '%{http_code}' -r 99- ", url)), "416");
}

TEST(CurlTest, HttpContinuesADownload) {
  ServerThread server(Files());
  const std::string path = TestPath("download");
  OutputOf(absl::StrCat("head -c 123456 ", TestPath("kernel"), " > ", path));
  EXPECT_EQ(Compared(absl::StrCat("-C - ", server.Http("kernel"))), "");
}

TEST(CurlTest, HttpKeepsTheConnection) {
  ServerThread server(Files());
  const std::string url = server.Http("pxelinux.cfg/default");
  EXPECT_EQ(Curl(absl::StrCat("-o /dev/null -o /dev/null -o /dev/null -w '%{num_connects} ' ", url,
                              " ", url, " ", url)),
            "1 0 0 ");
}

TEST(CurlTest, HttpPathsLeadNowhere) {
  ServerThread server(Files());
  for (const std::string_view path :
       {"../../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "pxelinux.cfg/", "pxelinux.cfg"}) {
    EXPECT_EQ(Curl(absl::StrCat("--path-as-is -o /dev/null -w '%{http_code}' ", server.Http(path))),
              "404")
        << path;
  }
}

TEST(CurlTest, Tftp) {
  ServerThread server(Files());
  EXPECT_EQ(Curl(server.Tftp("pxelinux.cfg/default")), "DEFAULT linuxkit\n");
  EXPECT_EQ(Compared(server.Tftp("kernel")), "");
  EXPECT_EQ(Compared(absl::StrCat("--tftp-blksize 1432 ", server.Tftp("kernel"))), "");
  EXPECT_EQ(Compared(absl::StrCat("--tftp-blksize 65464 ", server.Tftp("kernel"))), "");
  EXPECT_EQ(Compared(absl::StrCat("--tftp-no-options ", server.Tftp("kernel"))), "");
}

TEST(CurlTest, TftpBlockNumbersRollOver) {
  ServerThread server(Files());
  // 8 bytes a block, as few as there may be.
  EXPECT_EQ(Compared(absl::StrCat("--tftp-blksize 8 ", server.Tftp("kernel"))), "");
}

TEST(CurlTest, TftpErrors) {
  ServerThread server(Files());
  EXPECT_THAT(Curl(server.Tftp("none")), HasSubstr("File Not Found"));
  EXPECT_THAT(Curl(absl::StrCat("--path-as-is ", server.Tftp("../kernel"))),
              HasSubstr("File Not Found"));
  EXPECT_THAT(Curl(absl::StrCat("-T ", TestPath("default"), " ", server.Tftp("kernel"))),
              HasSubstr("Access Violation"));
  EXPECT_THAT(server.log(), ElementsAre("127.0.0.1 TFTP none: no such file",
                                        "127.0.0.1 TFTP ../kernel: no such file",
                                        "127.0.0.1 TFTP (no read request): this server is "
                                        "read-only"));
}

TEST(CurlTest, ManyClientsAtOnce) {
  ServerThread server(Files());
  EXPECT_EQ(OutputOf(absl::StrCat(
                "for i in 1 2 3 4 5 6 7 8; do for url in ", server.Http("kernel"), " ",
                server.Tftp("kernel"),
                "; do curl -q -sS --noproxy '*' --max-time 60 --tftp-blksize 8192 $url | cmp - ",
                TestPath("kernel"), " & done; done; wait")),
            "");
}

}  // namespace
}  // namespace linuxkit
