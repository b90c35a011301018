#include "tools/qemu/guest_channel.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNonce = "0123456789abcdef0123456789abcdef";

// A channel and the verdict so far. Messages are given without the nonce.
class Guest {
 public:
  explicit Guest(std::vector<std::string> allow_failed = {}, std::string logs = "")
      : channel_(std::string(kNonce), std::move(allow_failed), std::move(logs)) {}

  Guest& Say(std::string_view message) {
    status_.Update(channel_.Receive(absl::StrCat(kNonce, " ", message, "\n")));
    return *this;
  }
  Guest& Raw(std::string_view bytes) {
    status_.Update(channel_.Receive(bytes));
    return *this;
  }
  Guest& Boot() { return Say("HELLO 2").Say("READY"); }
  Guest& PowerOff() {
    channel_.PowerOff();
    return *this;
  }
  // What ended the test, or else all that has failed.
  std::string verdict() const {
    const absl::Status all = status_.ok() ? Combined(channel_.Failures()) : status_;
    return all.ok() ? "OK" : FailureLine(all);
  }
  GuestChannel& channel() { return channel_; }

 private:
  GuestChannel channel_;
  absl::Status status_;
};

TEST(GuestChannel, TalksWithoutEnd) {
  Guest guest;
  guest.Boot();
  EXPECT_EQ(guest.verdict(), "OK");
  // With what was said before, too much.
  guest.Raw(std::string(size_t{512} << 20, 'x'));
  EXPECT_EQ(guest.verdict(), "FAIL [guest]: the guest sent more than 512 MiB on the test channel");
}
TEST(GuestChannel, ContainersWithoutEnd) {
  Guest guest({"c"});
  guest.Boot();
  for (int i = 0; i < 10000; ++i) guest.Say("SERVICE c exited 1");
  EXPECT_EQ(guest.verdict(), "OK");
  guest.Say("SERVICE d exited 1");
  EXPECT_EQ(guest.verdict(),
            "FAIL [guest]: the guest sent more than 10000 messages about containers, the last one "
            "\"SERVICE d exited 1\"");
}

PlannedCommand Command(std::string container, std::string shell) {
  return {.container = std::move(container), .shell = std::move(shell), .expect = std::nullopt};
}

TEST(GuestChannel, WholeLife) {
  Guest guest;
  guest.Say("HELLO 2").Say("ONBOOT 000-dhcpcd exited 0").Say("SERVICE web started");
  EXPECT_FALSE(guest.channel().Ready());
  guest.Say("READY");
  EXPECT_TRUE(guest.channel().Ready());
  EXPECT_FALSE(guest.channel().Settled());
  guest.Say("SETTLED");
  EXPECT_TRUE(guest.channel().Settled());
  EXPECT_FALSE(guest.channel().GoingDown());
  guest.PowerOff().Say("SHUTDOWN poweroff").Say("SERVICE web killed 15");
  guest.Say("ONSHUTDOWN 000-save exited 0").Say("LOG services web out hi");
  guest.Say("UNMOUNTED clean").Say("BYE");
  EXPECT_TRUE(guest.channel().GoingDown());
  EXPECT_EQ(guest.verdict(), "OK");
  EXPECT_EQ(guest.channel().Services(), "web runs");
  EXPECT_EQ(guest.channel().CheckShutdown(true), absl::OkStatus());
}

TEST(GuestChannel, BytesInPieces) {
  Guest guest;
  const std::string line = absl::StrCat(kNonce, " HELLO 2\n", kNonce, " READY\n");
  for (const char c : line) guest.Raw(std::string_view(&c, 1));
  EXPECT_EQ(guest.verdict(), "OK");
  EXPECT_TRUE(guest.channel().Ready());
}

TEST(GuestChannel, Execute) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "echo hi"));
  EXPECT_EQ(guest.channel().outgoing(), absl::StrCat(kNonce, " EXEC 1 web echo hi\n"));
  guest.Say("OUT 1 h").Say("OUT 1 ");
  EXPECT_FALSE(guest.channel().TakeResult().has_value());
  guest.Say("OUT 1 i\\n").Say("EXIT 1 3");
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
  guest.channel().Execute(Command("", "a"));
  guest.Say("EXIT 1 0");
  guest.channel().outgoing().clear();
  guest.channel().Execute(Command("my svc", "b\nc"));
  EXPECT_EQ(guest.channel().outgoing(), absl::StrCat(kNonce, " EXEC 2 my\\x20svc b\\nc\n"));
}

TEST(GuestChannel, AllowedFailures) {
  Guest guest({"a", "b", "c", "001-d", "e"});
  guest.Say("HELLO 2").Say("ONBOOT 000-a exited 1").Say("ONBOOT 001-d failed no");
  guest.Say("SERVICE b failed no\\nsuch").Say("SERVICE c exited 2").Say("SERVICE once exited 0");
  EXPECT_EQ(guest.verdict(), "OK");
  EXPECT_EQ(guest.channel().Services(),
            "b could not be started: no\\nsuch; c exited with status 2; once exited with status 0");
}
TEST(GuestChannel, ServiceWithANumberIsAnother) {
  EXPECT_EQ(Guest({"a"}).Say("HELLO 2").Say("SERVICE 000-a failed no").verdict(),
            "FAIL [guest]: service \"000-a\" could not be started: no");
}

TEST(GuestChannel, AllThatFailsIsCollected) {
  Guest guest;
  guest.Say("HELLO 2").Say("ONBOOT 000-net exited 7").Say("SERVICE my\\x20svc failed a\\x1b[2J b");
  guest.Say("SERVICE dienst-\u00fc started").Say("READY").Say("SERVICE dienst-\u00fc killed 6");
  guest.Say("SETTLED").PowerOff().Say("SHUTDOWN poweroff").Say("ONSHUTDOWN 000-save exited 1");
  guest.Say("LOG onboot 000-net out ").Say("LOG onboot 000-net err no\\nlink\\n");
  guest.Say("LOG onshutdown 000-save out disk full").Say("UNMOUNTED busy:/a b").Say("BYE");
  EXPECT_EQ(
      guest.verdict(),
      "FAIL [guest]: onboot container \"000-net\" exited with status 7; its last output:\n"
      "    err: no\n"
      "    err: link\n"
      "FAIL [guest]: service \"my svc\" could not be started: a\\x1b[2J b\n"
      "FAIL [guest]: service \"dienst-\u00fc\" was killed by signal 6 (Aborted); the guest has "
      "not sent its log\n"
      "FAIL [shutdown]: onshutdown container \"000-save\" exited with status 1; its last "
      "output:\n"
      "    out: disk full\n"
      "FAIL [shutdown]: the guest could not unmount /a b: it is busy");
}

TEST(GuestChannel, OnlyTheEndOfALogIsShown) {
  const std::string logs = absl::StrCat(testing::TempDir(), "/logs");
  Guest guest({}, logs);
  guest.Say("HELLO 2").Say("SERVICE ../x exited 1");
  std::string all;
  for (int i = 0; i < 2000; ++i) {
    guest.Say(absl::StrCat("LOG services ../x err line ", i, "\\n"));
    absl::StrAppend(&all, "line ", i, "\n");
  }
  std::string shown =
      "FAIL [guest]: service \"../x\" exited with status 1; its last output:\n"
      "    err: (earlier lines are left out)";
  for (int i = 1980; i < 2000; ++i) absl::StrAppend(&shown, "\n    err: line ", i);
  EXPECT_EQ(guest.verdict(), shown);
  EXPECT_EQ(*ReadFile(absl::StrCat(logs, "/services/%2E.%2Fx.log")), all);
}
TEST(GuestChannel, ReasonIsCut) {
  const std::string verdict = Guest()
                                  .Say("HELLO 2")
                                  .Say(absl::StrCat("SERVICE a failed ", std::string(9000, 'x')))
                                  .verdict();
  EXPECT_EQ(verdict, absl::StrCat("FAIL [guest]: service \"a\" could not be started: ",
                                  std::string(4096, 'x'), "..."));
}
TEST(GuestChannel, TranscriptIsForPeople) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "a\nb"));
  guest.Say("OUT 1 red\\x1b[m").Say("LOG services web out not here").Say("EXIT 1 0\x07");
  EXPECT_EQ(guest.channel().transcript().text(),
            "< HELLO 2\n< READY\n> EXEC 1 web a\\nb\n< OUT 1 red\\x1b[m\n< EXIT 1 0\\x07\n");
}
TEST(GuestChannel, TranscriptHasAnEnd) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "yes"));
  const std::string message = absl::StrCat("OUT 1 ", std::string(900, 'y'));
  for (int i = 0; i < 6000; ++i) guest.Say(message);
  const std::string& text = guest.channel().transcript().text();
  EXPECT_LT(text.size(), size_t{5} << 20);
  EXPECT_TRUE(text.ends_with("yyy\n(the rest is left out)\n"));
}

TEST(GuestChannel, OneShotServiceMayEndWell) {
  EXPECT_EQ(Guest().Say("HELLO 2").Say("SERVICE a started").Say("SERVICE a exited 0").verdict(),
            "OK");
}

TEST(GuestChannel, ForeignNonce) {
  EXPECT_EQ(Guest().Raw("ffffffffffffffffffffffffffffffff HELLO 2\n").verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\"ffffffffffffffffffffffffffffffff HELLO 2\"");
}
TEST(GuestChannel, NonceWithoutSpace) {
  EXPECT_EQ(Guest().Raw(absl::StrCat(kNonce, "HELLO 2\n")).verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\"0123456789abcdef0123456789abcdefHELLO 2\"");
}
TEST(GuestChannel, SpaceInsteadOfTheNonce) {
  EXPECT_EQ(Guest().Raw(" HELLO 2\n").verdict(),
            "FAIL [guest]: a line on the test channel does not begin with this test's nonce: "
            "\" HELLO 2\"");
}
TEST(GuestChannel, OutputOfAnotherCommand) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "true"));
  EXPECT_EQ(guest.Say("OUT 2 x").verdict(),
            "FAIL [guest]: the guest sent \"OUT 2 x\" while command 1 runs");
}
// A megabyte is kept, to the end of the message that passes it; the rest is not.
TEST(GuestChannel, EndlessOutput) {
  Guest guest;
  guest.Boot();
  guest.channel().Execute(Command("web", "yes"));
  const std::string message = absl::StrCat("OUT 1 ", std::string(32768, 'y'));
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
      {"OlderProtocol",
       {"HELLO 1"},
       false,
       false,
       "FAIL [guest]: the guest speaks version \"1\" of the test protocol, this test version 2; "
       "build both from one version of the rules"},
      {"SecondHello",
       {"HELLO 2"},
       true,
       false,
       "FAIL [guest]: the guest sent \"HELLO 2\" a second time; did PID 1 restart?"},
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
       {"HELLO 2", "ONBOOT a"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a\""},
      {"NameMissing",
       {"HELLO 2", "ONBOOT  exited 0"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT  exited 0\""},
      {"BadEscapeInAName",
       {"HELLO 2", "SERVICE a\\q started"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"SERVICE a\\q started\""},
      {"StatusOutOfRange",
       {"HELLO 2", "ONBOOT a exited 256"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a exited 256\""},
      {"StatusWithASign",
       {"HELLO 2", "ONBOOT a exited +1"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a exited +1\""},
      {"SignalOutOfRange",
       {"HELLO 2", "ONBOOT a killed 0"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a killed 0\""},
      {"OnbootStarted",
       {"HELLO 2", "ONBOOT a started"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"ONBOOT a started\""},
      {"OnbootAfterReady",
       {"ONBOOT a exited 0"},
       true,
       false,
       "FAIL [guest]: the guest sent \"ONBOOT a exited 0\" after READY"},
      {"ServiceNotStarted",
       {"HELLO 2", "SERVICE a failed no"},
       false,
       false,
       "FAIL [guest]: service \"a\" could not be started: no"},
      {"ServiceBadReason",
       {"HELLO 2", "SERVICE a failed b\\"},
       false,
       false,
       "FAIL [guest]: malformed message on the test channel: \"SERVICE a failed b\\\""},
      {"SettledBeforeReady",
       {"HELLO 2", "SETTLED"},
       false,
       false,
       "FAIL [guest]: the guest sent \"SETTLED\" before READY or after SHUTDOWN"},
      {"SecondSettled",
       {"SETTLED", "SETTLED"},
       true,
       false,
       "FAIL [guest]: the guest sent \"SETTLED\" a second time"},
      {"LogOfNoSection",
       {"LOG ../etc web out x"},
       true,
       false,
       "FAIL [guest]: malformed message on the test channel: \"LOG ../etc web out x\""},
      {"LogOfNoStream",
       {"LOG services web both x"},
       true,
       false,
       "FAIL [guest]: malformed message on the test channel: \"LOG services web both x\""},
      {"ControlCharacters",
       {"\x1b[2J"},
       true,
       false,
       "FAIL [guest]: unknown message on the test channel: \"\\x1b[2J\""},
      {"OutputOfNoCommand",
       {"OUT 1 x"},
       true,
       false,
       "FAIL [guest]: the guest sent \"OUT 1 x\" while no command runs"},
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
      {"UnknownShutdown",
       {"SHUTDOWN nap"},
       true,
       true,
       "FAIL [guest]: malformed message on the test channel: \"SHUTDOWN nap\""},
      {"OnshutdownNotRun",
       {"SHUTDOWN poweroff", "ONSHUTDOWN a failed no"},
       true,
       true,
       "FAIL [shutdown]: onshutdown container \"a\" could not be started: no"},
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
       {"ONSHUTDOWN a exited 0"},
       true,
       true,
       "FAIL [guest]: the guest sent \"ONSHUTDOWN a exited 0\" outside the shutdown"},
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
