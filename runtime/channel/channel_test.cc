#include "runtime/channel/channel.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNonce = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kOther = "00000000000000000000000000000000";

// A table with one OEM string.
std::string Table(std::string_view text) {
  return absl::StrCat(std::string_view("\x0b\x05\0\0\x01", 5), text, std::string_view("\0\0", 2));
}

std::string Nonce(std::string_view command_line, std::string_view text) {
  return FindNonce(KernelCommandLine(command_line), [&] { return Table(text); });
}

TEST(FindNonce, OnTheCommandLine) {
  EXPECT_EQ(Nonce(absl::StrCat("quiet linuxkit.test=", kNonce), ""), kNonce);
}
TEST(FindNonce, InSmbios) {
  EXPECT_EQ(Nonce("quiet", absl::StrCat("linuxkit.test=", kNonce)), kNonce);
}
TEST(FindNonce, CommandLineDecidesIfItHasTheWord) {
  const std::string smbios = absl::StrCat("linuxkit.test=", kOther);
  EXPECT_EQ(Nonce(absl::StrCat("linuxkit.test=", kNonce), smbios), kNonce);
  EXPECT_EQ(Nonce("linuxkit.test=off", smbios), "");
}
TEST(FindNonce, SmbiosIsNotReadThen) {
  EXPECT_EQ(FindNonce(KernelCommandLine("linuxkit.test=off"),
                      []() -> std::string {
                        ADD_FAILURE();
                        return "";
                      }),
            "");
}
// A boot program may have appended the others.
TEST(FindNonce, OffWinsWhereverItStands) {
  EXPECT_EQ(Nonce(absl::StrCat("linuxkit.test=off linuxkit.test=", kNonce), ""), "");
  EXPECT_EQ(Nonce(absl::StrCat("linuxkit.test=", kNonce, " linuxkit.test=off"), ""), "");
}
TEST(FindNonce, TwoThatDiffer) {
  EXPECT_EQ(Nonce(absl::StrCat("linuxkit.test=", kNonce, " linuxkit.test=", kOther), ""), "");
}
TEST(FindNonce, SmbiosIsAskedByName) {
  EXPECT_EQ(Nonce("linuxkit.test=smbios", absl::StrCat("linuxkit.test=", kNonce)), kNonce);
  EXPECT_EQ(Nonce("linuxkit.test=smbios linuxkit.test=off", absl::StrCat("linuxkit.test=", kNonce)),
            "");
}
TEST(FindNonce, NotANonce) {
  EXPECT_EQ(Nonce("", "linuxkit.test=yes"), "");
  EXPECT_EQ(Nonce("", absl::StrCat("linuxkit.tests=", kNonce)), "");
  EXPECT_EQ(Nonce("", absl::StrCat("x linuxkit.test=", kNonce)), "");
  EXPECT_EQ(Nonce("", "vendor"), "");
}

}  // namespace
}  // namespace linuxkit
