#include "runtime/channel/protocol.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNonce = "0123456789abcdef0123456789abcdef";

HostCommand Parse(std::string_view rest) {
  return ParseHostLine(kNonce, absl::StrCat(kNonce, " ", rest)).value();
}

std::string ErrorOf(std::string_view rest) {
  return std::string(ParseHostLine(kNonce, absl::StrCat(kNonce, " ", rest)).status().message());
}

TEST(Protocol, Nonce) {
  EXPECT_TRUE(IsNonce(kNonce));
  EXPECT_FALSE(IsNonce(""));
  EXPECT_FALSE(IsNonce(kNonce.substr(1)));
  EXPECT_FALSE(IsNonce("0123456789ABCDEF0123456789ABCDEF"));
}

TEST(Protocol, GuestLine) {
  EXPECT_EQ(GuestLine("n", {"SERVICE", "web", "started"}), "n SERVICE web started\n");
}

TEST(Protocol, TextsStayReadable) {
  EXPECT_EQ(EncodeText("exec: \"/x\": no such file"), "exec: \"/x\": no such file");
  EXPECT_EQ(EncodeText("two\nlines\r\n"), "two\\nlines\\r\\n");
  EXPECT_EQ(EncodeText("C:\\x41"), "C:\\\\x41");
  EXPECT_EQ(EncodeText(std::string_view("\0\x1b\xff", 3)), "\\x00\\x1b\\xff");
  EXPECT_EQ(EncodeText(""), "");
}

TEST(Protocol, NamesAreOneField) {
  EXPECT_EQ(EncodeName("web"), "web");
  EXPECT_EQ(EncodeName("my svc"), "my\\x20svc");
  EXPECT_EQ(EncodeName("dienst-\u00fc"), "dienst-\u00fc");
  EXPECT_EQ(EncodeName("a\nb\\"), "a\\nb\\\\");
  EXPECT_EQ(EncodeName("-"), "\\x2d");
}

TEST(Protocol, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  EXPECT_EQ(DecodeText(EncodeText(bytes)).value(), bytes);
  EXPECT_EQ(DecodeText(EncodeName(bytes)).value(), bytes);
  EXPECT_EQ(EncodeName(bytes).find(' '), std::string::npos);
  EXPECT_EQ(DecodeText(EncodeName("-")).value(), "-");
}

TEST(Protocol, BadEscapes) {
  for (const std::string_view field : {"\\", "\\q", "\\x", "\\x4", "\\xg1", "\\x+1", "\\x1 "}) {
    EXPECT_EQ(
        DecodeText(field).status().message(),
        absl::StrCat("found \"", field, "\", expected \\\\, \\n, \\r or \\x with two digits"));
  }
}

TEST(Protocol, LargestPieceFitsALine) {
  const std::string name(255, '\n');
  const std::string line = GuestLine(kNonce, {"LOG", "onshutdown", EncodeName(name), "err",
                                              EncodeText(std::string(kMaxOutputPiece, '\0'))});
  EXPECT_LE(line.size(), kMaxChannelLine);
}

TEST(Protocol, Exec) {
  EXPECT_EQ(Parse("EXEC 7 web ls -l /"), HostCommand(ExecCommand{"7", "web", "ls -l /"}));
  EXPECT_EQ(Parse("EXEC 0 - "), HostCommand(ExecCommand{"0", "", ""}));
  EXPECT_EQ(Parse("EXEC 1 \\x2d a\\nb"), HostCommand(ExecCommand{"1", "-", "a\nb"}));
  EXPECT_EQ(Parse("EXEC 1 my\\x20svc id"), HostCommand(ExecCommand{"1", "my svc", "id"}));
}

TEST(Protocol, PowerOff) { EXPECT_EQ(Parse("POWEROFF"), HostCommand(PowerOffCommand())); }

TEST(Protocol, LinesOfOthersAreIgnored) {
  for (const std::string_view line :
       {std::string_view(""), std::string_view("POWEROFF"), kNonce,
        std::string_view("0123456789abcdef0123456789abcdee POWEROFF"),
        std::string_view("0123456789abcdef0123456789abcdefPOWEROFF")}) {
    EXPECT_EQ(ParseHostLine(kNonce, line).value(), HostCommand(ForeignLine())) << line;
  }
}

TEST(Protocol, Errors) {
  EXPECT_EQ(ErrorOf("REBOOT"), "found command \"REBOOT\", expected EXEC or POWEROFF");
  EXPECT_EQ(ErrorOf("POWEROFF now"), "found command \"POWEROFF now\", expected EXEC or POWEROFF");
  EXPECT_EQ(ErrorOf("\x1b[2J"), "found command \"\\x1b[2J\", expected EXEC or POWEROFF");
  EXPECT_EQ(ErrorOf("EXEC 1 web"), "EXEC: found 2 fields, expected ID CONTAINER TEXT");
  EXPECT_EQ(ErrorOf("EXEC 1x web id"), "EXEC: found id \"1x\", expected digits");
  EXPECT_EQ(ErrorOf("EXEC 1  id"), "EXEC: found no container, expected a name or \"-\"");
  EXPECT_EQ(ErrorOf("EXEC 1 web a\\q"),
            "found \"\\q\", expected \\\\, \\n, \\r or \\x with two digits");
}

}  // namespace
}  // namespace linuxkit
