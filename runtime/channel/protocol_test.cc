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

TEST(Protocol, Fields) {
  EXPECT_EQ(EncodeField(""), "-");
  EXPECT_EQ(EncodeField("id"), "aWQ=");
  EXPECT_EQ(DecodeField("-").value(), "");
  const std::string bytes("\0\xff\n ", 4);
  EXPECT_EQ(DecodeField(EncodeField(bytes)).value(), bytes);
}

TEST(Protocol, LargestPieceFitsALine) {
  const std::string line = GuestLine(
      kNonce, {"OUT", "18446744073709551615", EncodeField(std::string(kMaxOutputPiece, 'x'))});
  EXPECT_LE(line.size(), kMaxChannelLine);
}

TEST(Protocol, Exec) {
  EXPECT_EQ(Parse("EXEC 7 web aWQ="), HostCommand(ExecCommand{"7", "web", "id"}));
  EXPECT_EQ(Parse("EXEC 0 - -"), HostCommand(ExecCommand{"0", "-", ""}));
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
  EXPECT_EQ(ErrorOf("POWEROFF now"), "found command \"POWEROFF\", expected EXEC or POWEROFF");
  EXPECT_EQ(ErrorOf("EXEC 1 web"), "EXEC: found 2 fields, expected ID CONTAINER BASE64");
  EXPECT_EQ(ErrorOf("EXEC 1x web aWQ="), "EXEC: found id \"1x\", expected digits");
  EXPECT_EQ(ErrorOf("EXEC 1  aWQ="), "EXEC: found no container, expected a name or \"-\"");
  EXPECT_EQ(ErrorOf("EXEC 1 web a!=="), "found \"a!==\", expected base64 or \"-\"");
  EXPECT_EQ(ErrorOf("EXEC 1 web aWQ"), "found \"aWQ\", expected base64 or \"-\"");
}

}  // namespace
}  // namespace linuxkit
