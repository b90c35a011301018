#include "tools/qemu/guest_channel.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNonce = "0123456789abcdef0123456789abcdef";

// A channel and the verdict so far. Messages are given without the nonce.
class Guest {
 public:
  explicit Guest(std::vector<std::string> allow_failed = {})
      : channel_(std::string(kNonce), std::move(allow_failed)) {}

  Guest& Say(std::string_view message) {
    status_.Update(channel_.Receive(absl::StrCat(kNonce, " ", message, "\n")));
    return *this;
  }
  Guest& Raw(std::string_view bytes) {
    status_.Update(channel_.Receive(bytes));
    return *this;
  }
  Guest& Boot() { return Say("HELLO 1").Say("READY"); }
  Guest& PowerOff() {
    channel_.PowerOff();
    return *this;
  }
  std::string verdict() const { return status_.ok() ? "OK" : FailureLine(status_); }
  GuestChannel& channel() { return channel_; }

 private:
  GuestChannel channel_;
  absl::Status status_;
};

PlannedCommand Command(std::string container, std::string shell) {
  return {.container = std::move(container), .shell = std::move(shell), .expect = std::nullopt};
}

TEST(GuestChannel, WholeLife) {
  Guest guest;
  guest.Say("HELLO 1").Say("ONBOOT dhcpcd 0").Say("SERVICE web started");
  EXPECT_FALSE(guest.channel().Ready());
  guest.Say("READY");
  EXPECT_TRUE(guest.channel().Ready());
  guest.PowerOff().Say("SHUTDOWN poweroff").Say("SERVICE web exited 143").Say("ONSHUTDOWN save 0");
  guest.Say("UNMOUNTED clean").Say("BYE");
  EXPECT_EQ(guest.verdict(), "OK");
  EXPECT_EQ(guest.channel().CheckShutdown(true), absl::OkStatus());
}

TEST(GuestChannel, BytesInPieces) {
  Guest guest;
  const std::string line = absl::StrCat(kNonce, " HELLO 1\n", kNonce, " READY\n");
  for (const char c : line) guest.Raw(std::string_view(&c, 1));
  EXPECT_EQ(guest.verdict(), "OK");
  EXPECT_TRUE(guest.channel().Ready());
}

TEST(GuestChannel, Execute) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "echo hi"));
  EXPECT_EQ(guest.channel().outgoing(), absl::StrCat(kNonce, " EXEC 1 web ZWNobyBoaQ==\n"));
  guest.Say("OUT 1 aA==").Say("OUT 1 -");
  EXPECT_FALSE(guest.channel().TakeResult().has_value());
  guest.Say("OUT 1 aQo=").Say("EXIT 1 3");
  const std::optional<CommandResult> result = guest.channel().TakeResult();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 3);
  EXPECT_EQ(result->output, "hi\n");
  EXPECT_FALSE(guest.channel().TakeResult().has_value());
  EXPECT_EQ(guest.verdict(), "OK");
}

TEST(GuestChannel, SecondCommandHasTheNextId) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("-", "a"));
  guest.Say("EXIT 1 0");
  guest.channel().outgoing().clear();
  guest.channel().Execute(Command("-", "b"));
  EXPECT_EQ(guest.channel().outgoing(), absl::StrCat(kNonce, " EXEC 2 - Yg==\n"));
}

TEST(GuestChannel, AllowedFailures) {
  Guest guest({"a", "b", "c"});
  guest.Say("HELLO 1").Say("ONBOOT a 1").Say("SERVICE b failed -").Say("SERVICE c exited 2");
  EXPECT_EQ(guest.verdict(), "OK");
}

TEST(GuestChannel, OneShotServiceMayEndWell) {
  EXPECT_EQ(Guest().Say("HELLO 1").Say("SERVICE a started").Say("SERVICE a exited 0").verdict(),
            "OK");
}

TEST(GuestChannel, ForeignNonce) {
  EXPECT_EQ(Guest().Raw("ffffffffffffffffffffffffffffffff HELLO 1\n").verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\"ffffffffffffffffffffffffffffffff HELLO 1\"");
}
TEST(GuestChannel, NonceWithoutSpace) {
  EXPECT_EQ(Guest().Raw(absl::StrCat(kNonce, "HELLO 1\n")).verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\"0123456789abcdef0123456789abcdefHELLO 1\"");
}
TEST(GuestChannel, SpaceInsteadOfTheNonce) {
  EXPECT_EQ(Guest().Raw(" HELLO 1\n").verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\" HELLO 1\"");
}
TEST(GuestChannel, OutputOfAnotherCommand) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "true"));
  EXPECT_EQ(guest.Say("OUT 2 -").verdict(),
            "FAIL [guest]: the guest sent \"OUT 2 -\" while command 1 runs");
}
// A megabyte is kept, to the end of the message that passes it; the rest is not.
TEST(GuestChannel, EndlessOutput) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "yes"));
  const std::string message = absl::StrCat("OUT 1 ", absl::Base64Escape(std::string(32768, 'y')));
  for (int i = 0; i < 40; ++i) guest.Say(message);
  const std::optional<CommandResult> result = guest.Say("EXIT 1 0").channel().TakeResult();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output.size(), size_t{1} << 20);
}
TEST(GuestChannel, EmptyLine) {
  EXPECT_EQ(Guest().Raw("\n").verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: \"\"");
}
TEST(GuestChannel, LineTooLong) {
  const std::string verdict = Guest().Raw(std::string(65536, 'x')).verdict();
  EXPECT_EQ(verdict,
            absl::StrCat("FAIL [guest]: the guest sent a line of more than 65536 bytes on the "
                         "test channel: \"",
                         std::string(200, 'x'), "...\""));
}

struct Case {
  std::string name;
  std::vector<std::string> messages;  // before them HELLO and READY if `booted`
  bool booted;
  bool powering_off;
  std::string verdict;
};

class BadGuest : public testing::TestWithParam<Case> {};

TEST_P(BadGuest, Fails) {
  const Case& test = GetParam();
  Guest guest;
  if (test.booted) guest.Boot();
  if (test.powering_off) guest.PowerOff();
  for (const std::string& message : test.messages) guest.Say(message);
  EXPECT_EQ(guest.verdict(), test.verdict);
}

std::vector<Case> BadGuests() {
  return {
      {"ReadyBeforeHello",
       {"READY"},
       false,
       false,
       "FAIL [guest]: the guest sent \"READY\" before HELLO"},
      {"NewerProtocol",
       {"HELLO 2"},
       false,
       false,
       "FAIL [guest]: the guest speaks version 2 of the test protocol, this test version 1"},
      {"SecondHello",
       {"HELLO 1"},
       true,
       false,
       "FAIL [guest]: the guest sent \"HELLO 1\" a second time; did PID 1 restart?"},
      {"SecondReady",
       {"READY"},
       true,
       false,
       "FAIL [guest]: the guest sent \"READY\" a second time"},
      {"UnknownVerb",
       {"PING"},
       true,
       false,
       "FAIL [guest]: unknown message on the test channel: \"PING\""},
      {"FieldMissing",
       {"HELLO 1", "ONBOOT a"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a\""},
      {"StatusOutOfRange",
       {"HELLO 1", "ONBOOT a 256"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a 256\""},
      {"OnbootStatus",
       {"HELLO 1", "ONBOOT a 7"},
       false,
       false,
       "FAIL [guest]: onboot container \"a\" ended with status 7"},
      {"OnbootNotRun",
       {"HELLO 1", "ONBOOT a failed"},
       false,
       false,
       "FAIL [guest]: onboot container \"a\" could not be run"},
      {"OnbootAfterReady",
       {"ONBOOT a 0"},
       true,
       false,
       "FAIL [guest]: the guest sent \"ONBOOT a 0\" after READY"},
      {"ServiceNotStarted",
       {"HELLO 1", "SERVICE a failed bm8="},
       false,
       false,
       "FAIL [guest]: service \"a\" could not be started: no"},
      {"ServiceBadBase64",
       {"HELLO 1", "SERVICE a failed b%"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"SERVICE a failed b%\""},
      {"ServiceEnded",
       {"SERVICE a exited 1"},
       true,
       false,
       "FAIL [guest]: service \"a\" ended with status 1"},
      {"OutputOfNoCommand",
       {"OUT 1 -"},
       true,
       false,
       "FAIL [guest]: the guest sent \"OUT 1 -\" while no command runs"},
      {"EndOfNoCommand",
       {"EXIT 1 0"},
       true,
       false,
       "FAIL [guest]: the guest sent \"EXIT 1 0\" while no command runs"},
      {"UnaskedShutdown",
       {"SHUTDOWN reboot"},
       true,
       false,
       "FAIL [guest]: the guest shuts down (reboot) without being asked to"},
      {"RebootsInstead",
       {"SHUTDOWN reboot"},
       true,
       true,
       "FAIL [shutdown]: asked to power off, the guest does: reboot"},
      {"OnshutdownFailed",
       {"SHUTDOWN poweroff", "ONSHUTDOWN a 1"},
       true,
       true,
       "FAIL [shutdown]: onshutdown container \"a\" ended with status 1"},
      {"OnshutdownNotRun",
       {"SHUTDOWN poweroff", "ONSHUTDOWN a failed"},
       true,
       true,
       "FAIL [shutdown]: onshutdown container \"a\" could not be run"},
      {"Busy",
       {"SHUTDOWN poweroff", "UNMOUNTED busy:/var"},
       true,
       true,
       "FAIL [shutdown]: the guest could not unmount /var: it is busy"},
      {"ByeWithoutUnmounting",
       {"SHUTDOWN poweroff", "BYE"},
       true,
       true,
       "FAIL [guest]: the guest sent \"BYE\" before UNMOUNTED"},
      {"SecondShutdown",
       {"SHUTDOWN poweroff", "SHUTDOWN poweroff"},
       true,
       true,
       "FAIL [guest]: the guest sent \"SHUTDOWN poweroff\" a second time"},
      {"OnshutdownBeforeTheShutdown",
       {"ONSHUTDOWN a 0"},
       true,
       true,
       "FAIL [guest]: the guest sent \"ONSHUTDOWN a 0\" outside the shutdown"},
      {"LineAfterBye",
       {"SHUTDOWN poweroff", "UNMOUNTED clean", "BYE", "READY"},
       true,
       true,
       "FAIL [guest]: the guest sent \"READY\" after BYE"},
  };
}

INSTANTIATE_TEST_SUITE_P(GuestChannel, BadGuest, testing::ValuesIn(BadGuests()),
                         [](const auto& test) { return test.param.name; });

TEST(GuestChannel, OffWithoutBye) {
  Guest guest;
  guest.Boot().PowerOff().Say("SHUTDOWN poweroff");
  EXPECT_EQ(FailureLine(guest.channel().CheckShutdown(true)),
            "FAIL [shutdown]: the machine went off before the guest said BYE; its last message was "
            "\"SHUTDOWN poweroff\"");
}

}  // namespace
}  // namespace linuxkit
