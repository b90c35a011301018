// The whole of init in a container: real processes, pipes, mounts and signals; only runc is a
// stand-in.

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/channel/protocol.h"
#include "runtime/testing/fake_root.h"
#include "runtime/testing/host_channel.h"

namespace linuxkit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class InitTest : public testing::Test {
 protected:
  InitTest()
      : root_(testing::TempDir() + "/" +
                  testing::UnitTest::GetInstance()->current_test_info()->name(),
              getenv("INIT"), getenv("FAKE_RUNC")) {}

  void Bundle(const std::string& path, std::string_view script) {
    root_.Write("containers/" + path + "/rootfs/main", script);
  }
  void Boot() {
    root_.Boot();
    host_ = std::make_unique<HostChannel>(root_.TakeChannel(), std::chrono::seconds(60));
  }
  // A fifo in the root; AwaitFifo returns when a process of the guest has written to it.
  void MakeFifo(const std::string& name) { ASSERT_EQ(mkfifo(root_.Path(name).c_str(), 0666), 0); }
  void AwaitFifo(const std::string& name) { ASSERT_TRUE(host_->Exec("", "cat /" + name).ok()); }
  // What the LOG lines of a stream hold together.
  std::string SentLog(std::string_view stream) {
    std::string log;
    for (std::string_view line : host_->lines()) {
      if (absl::ConsumePrefix(&line, absl::StrCat("LOG ", stream, " "))) {
        log += DecodeText(line).value();
      }
    }
    return log;
  }
  // A service that is not started before LetLastStart, so that READY comes after what others do.
  void BundleLast() {
    MakeFifo("gate-last");
    Bundle("services/last", kWaits);
  }
  void LetLastStart() { ASSERT_TRUE(host_->Exec("", "echo >/gate-last").ok()); }
  std::string Console() { return ReadFile(root_.Path("console")).value(); }
  // Ends the system and returns how process 1 ended.
  int PowerOff() {
    host_->Send("POWEROFF");
    EXPECT_TRUE(host_->ReadUntil("BYE").ok());
    return root_.Wait();
  }

  // Asks by a signal, as the kernel and the applets do, and returns how process 1 ended.
  int EndBySignal(std::string_view signal) {
    EXPECT_TRUE(host_->ReadUntil("READY").ok());
    host_->Send(absl::StrCat("EXEC 1 - kill -", signal, " 1"));
    EXPECT_TRUE(host_->ReadUntil("BYE").ok());
    return root_.Wait();
  }

  static constexpr std::string_view kWaits =
      "trap 'exit 0' TERM; while :; do sleep 60 & wait; done";
  // reboot(2) in a pid namespace ends its init by SIGINT for power off and halt, SIGHUP for reboot.
  static constexpr int kPoweredOff = 128 + SIGINT;
  static constexpr int kRebooted = 128 + SIGHUP;

  FakeRoot root_;
  std::unique_ptr<HostChannel> host_;
};

TEST_F(InitTest, EmptySystem) {
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_EQ(PowerOff(), kPoweredOff) << Console();
  EXPECT_THAT(host_->lines(), ElementsAre("HELLO 2", "READY", "SETTLED", "SHUTDOWN poweroff",
                                          "UNMOUNTED clean", "BYE"));
  EXPECT_EQ(Console(), "");
}

TEST_F(InitTest, NonceFromSmbios) {
  root_.Write("cmdline", "quiet\n");
  root_.Write("sys/firmware/dmi/tables/DMI",
              absl::StrCat(std::string_view("\x0b\x05\0\0\x01", 5),
                           "linuxkit.test=", HostChannel::kNonce, std::string_view("\0\0", 2)));
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_EQ(PowerOff(), kPoweredOff) << Console();
}

TEST_F(InitTest, OnbootInNameOrderAndFailuresGoOn) {
  Bundle("onboot/001-second", "echo second >> /order; echo to-stderr >&2; exit 3");
  Bundle("onboot/000-first", "echo first >> /order; echo said");
  root_.Write("containers/onboot/002-broken/config.json", "{}");
  root_.Write("containers/onboot/003-bad/runtime.json", "{\"mounts\": 1}");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok()) << Console();
  EXPECT_THAT(host_->lines(),
              ElementsAre("HELLO 2", "ONBOOT 000-first exited 0", "ONBOOT 001-second exited 3",
                          "ONBOOT 002-broken failed exec: no main",
                          "ONBOOT 003-bad failed /containers/onboot/003-bad/runtime.json: mounts: "
                          "found number, expected an array",
                          "READY"));
  EXPECT_EQ(ReadFile(root_.Path("order")).value(), "first\nsecond\n");
  EXPECT_EQ(Console(),
            "said\nto-stderr\n"
            "init: onboot 001-second exited with status 3\n"
            "init: onboot 002-broken could not be started: exec: no main\n"
            "init: onboot 003-bad could not be started: /containers/onboot/003-bad/runtime.json: "
            "mounts: found number, expected an array\n");
  EXPECT_EQ(ReadFile(root_.Path("run/log/onboot/onboot.000-first.out.log")).value(), "said\n");
  EXPECT_EQ(ReadFile(root_.Path("run/log/onboot/onboot.001-second.log")).value(), "to-stderr\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, ServicesStartAndEnd) {
  MakeFifo("ready");
  Bundle("services/brief", "echo out; echo err >&2; exit 5");
  Bundle("services/long", "trap 'exit 0' TERM; echo up >/ready; while :; do sleep 60 & wait; done");
  root_.Write("containers/services/none/config.json", "{}");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_THAT(host_->lines(), Contains("SERVICE long started"));
  EXPECT_THAT(host_->lines(), Contains("SERVICE brief started"));
  EXPECT_THAT(host_->lines(), Contains("SERVICE none failed exec: no main"));
  // It may have ended before READY.
  const std::string ended = "SERVICE brief exited 5";
  if (std::find(host_->lines().begin(), host_->lines().end(), ended) == host_->lines().end()) {
    ASSERT_TRUE(host_->ReadUntil(ended).ok());
  }
  EXPECT_EQ(ReadFile(root_.Path("var/log/brief.out.log")).value(), "out\n");
  EXPECT_EQ(ReadFile(root_.Path("var/log/brief.log")).value(), "err\n");
  AwaitFifo("ready");
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("SERVICE long exited 0"));
  EXPECT_THAT(Console(), HasSubstr("init: service none could not be started: exec: no main\n"));
}

TEST_F(InitTest, LogsAreRotatedWithoutLoss) {
  Bundle("services/chatty",
         "i=0; while [ $i -lt 30000 ]; do echo line $i of a log that is long "
         "enough to be rotated; i=$((i+1)); done");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SERVICE chatty exited 0").ok());
  const std::string kept = ReadFile(root_.Path("var/log/chatty.out.log.1")).value() +
                           ReadFile(root_.Path("var/log/chatty.out.log")).value();
  std::string all;
  for (int i = 0; i < 30000; ++i) {
    absl::StrAppend(&all, "line ", i, " of a log that is long enough to be rotated\n");
  }
  EXPECT_TRUE(kept == all) << kept.size() << " of " << all.size() << " bytes";
  EXPECT_EQ(PowerOff(), kPoweredOff);
  const std::string sent = SentLog("services chatty out");
  EXPECT_TRUE(sent == all) << sent.size() << " of " << all.size() << " bytes";
}

TEST_F(InitTest, EndedServiceSaysWhy) {
  Bundle("services/brief", "echo out; printf '\\033[31mred\\n' >&2; exit 5");
  BundleLast();
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SERVICE brief exited 5").ok());
  LetLastStart();
  ASSERT_TRUE(host_->ReadUntil("SETTLED").ok());
  EXPECT_EQ(Console(),
            "init: service brief exited with status 5; its last output:\n"
            "    out: out\n"
            "    err: \\x1b[31mred\n"
            "init: 1 service running: last; failed: brief\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, KilledServiceSaysSo) {
  Bundle("services/crashes", "kill -11 $$");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SERVICE crashes killed 11").ok());
  EXPECT_THAT(Console(),
              HasSubstr("init: service crashes was killed by signal 11 (Segmentation fault); it "
                        "wrote nothing\n"));
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, OnlyTheLastLinesOfAServiceAreSaid) {
  Bundle("services/chatty", "seq 50; exit 1");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SERVICE chatty exited 1").ok());
  EXPECT_THAT(Console(), HasSubstr("init: service chatty exited with status 1; its last output:\n"
                                   "    out: (earlier lines are left out)\n"
                                   "    out: 41\n    out: 42\n    out: 43\n    out: 44\n"
                                   "    out: 45\n    out: 46\n    out: 47\n    out: 48\n"
                                   "    out: 49\n    out: 50\n"));
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

// And the host reaches them by these names.
TEST_F(InitTest, OddNamesOfServices) {
  for (const char* name : {"my svc", "dienst-\u00fc", "-"}) {
    Bundle(absl::StrCat("services/", name), kWaits);
  }
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SETTLED").ok());
  EXPECT_THAT(host_->lines(), Contains("SERVICE my\\x20svc started"));
  EXPECT_THAT(host_->lines(), Contains("SERVICE dienst-\u00fc started"));
  EXPECT_THAT(host_->lines(), Contains("SERVICE \\x2d started"));
  EXPECT_EQ(host_->Exec("my svc", "echo inside").value().output, "inside\n");
  EXPECT_EQ(host_->Exec("-", "echo too").value().output, "too\n");
  EXPECT_EQ(Console(), "init: 3 services running: -, dienst-\u00fc, my svc\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("LOG services my\\x20svc out "));
}

TEST_F(InitTest, SummaryOfAllServices) {
  Bundle("services/once", "true");
  root_.Write("containers/services/none/config.json", "{}");
  BundleLast();
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SERVICE once exited 0").ok());
  LetLastStart();
  ASSERT_TRUE(host_->ReadUntil("SETTLED").ok());
  EXPECT_THAT(Console(), EndsWith("init: 1 service running: last; ended: once; failed: none\n"));
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, NoServiceRuns) {
  root_.Write("containers/services/none/config.json", "{}");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("SETTLED").ok());
  EXPECT_EQ(Console(),
            "init: service none could not be started: exec: no main\n"
            "init: no service running; failed: none\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, LogsAreSentWhenNobodyWritesAnyMore) {
  MakeFifo("ready");
  Bundle("onboot/000-a", "echo first; echo second >&2");
  Bundle("services/web",
         "trap 'echo last words; exit 0' TERM; echo up >/ready; while :; do sleep 60 & wait; done");
  root_.Write("containers/services/none/config.json", "{}");
  Bundle("onshutdown/000-b", "printf no-newline");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  AwaitFifo("ready");
  EXPECT_EQ(PowerOff(), kPoweredOff);
  const std::vector<std::string>& lines = host_->lines();
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const std::string& line) { return line.starts_with("LOG "); });
  EXPECT_THAT(
      std::vector<std::string>(first, lines.end()),
      ElementsAre("LOG onboot 000-a out ", "LOG onboot 000-a out first\\n", "LOG onboot 000-a err ",
                  "LOG onboot 000-a err second\\n", "LOG services none out ",
                  "LOG services none err ", "LOG services web out ",
                  "LOG services web out last words\\n", "LOG services web err ",
                  "LOG onshutdown 000-b out ", "LOG onshutdown 000-b out no-newline",
                  "LOG onshutdown 000-b err ", "UNMOUNTED clean", "BYE"));
}

TEST_F(InitTest, MountsOfABundle) {
  root_.Write("containers/images/x/rootfs/main",
              "echo from the image; echo new > "
              "/containers/onboot/000-rw/rootfs/new; test -d /var/made");
  root_.Write("containers/onboot/000-rw/runtime.json", R"({"mounts": [
      {"destination": "/containers/onboot/000-rw/tmp", "type": "tmpfs", "source": "tmpfs"},
      {"destination": "/containers/onboot/000-rw/tmp", "options": ["remount", "private"]},
      {"destination": "/containers/onboot/000-rw/rootfs", "type": "overlay", "source": "overlay",
       "options": ["lowerdir=/containers/images/x/rootfs", "upperdir=/containers/onboot/000-rw/tmp/upper",
                   "workdir=/containers/onboot/000-rw/tmp/work"]}], "mkdir": ["/var/made", "inside"]})");
  root_.Write("containers/onboot/001-ro/runtime.json", R"({"mounts": [
      {"destination": "/containers/onboot/001-ro/rootfs", "source": "/containers/images/x/rootfs",
       "options": ["bind"]}]})");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_THAT(host_->lines(), Contains("ONBOOT 000-rw exited 0")) << Console();
  EXPECT_EQ(host_->Exec("", "ls /containers/onboot/000-rw/tmp/upper").value().output,
            "inside\nnew\n");
  // Both root file systems are released, the image is untouched.
  EXPECT_EQ(
      host_->Exec("", "grep -c rootfs /proc/mounts; ls /containers/images/x/rootfs").value().output,
      "0\nmain\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

// The container is not started: it would see files that are not its own.
TEST_F(InitTest, MountThatFailsFailsTheContainer) {
  Bundle("onboot/000-a", "echo ran > /ran");
  root_.Write("containers/onboot/000-a/runtime.json",
              R"({"mounts": [{"destination": "/mnt", "type": "nosuchfs", "source": "x"}]})");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_THAT(host_->lines(),
              Contains("ONBOOT 000-a failed mount nosuchfs on /mnt: No such device"));
  EXPECT_EQ(Console(),
            "init: onboot 000-a could not be started: mount nosuchfs on /mnt: No such device\n");
  EXPECT_FALSE(Exists(root_.Path("ran")));
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, VolumesAreWritable) {
  root_.Write("containers/volumes/data/lower/old", "old");
  for (const char* path : {"tmp", "merged"}) {
    ASSERT_TRUE(MakeDirectories(root_.Path(absl::StrCat("containers/volumes/data/", path))).ok());
  }
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  const HostChannel::Result result =
      host_->Exec("", "cd /containers/volumes/data; echo x > merged/new && ls merged lower")
          .value();
  EXPECT_EQ(result.output, "lower:\nold\n\nmerged:\nnew\nold\n") << Console();
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("UNMOUNTED clean"));
}

TEST_F(InitTest, VolumeWithoutMergedDirectory) {
  root_.Write("containers/volumes/data/lower/old", "old");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_EQ(Console(),
            "init: volumes: /containers/volumes/data/merged: No such file or directory\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, ExecGivesOutputAndStatus) {
  Bundle("services/web", "trap 'exit 0' TERM; while :; do sleep 60 & wait; done");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  HostChannel::Result result = host_->Exec("", "echo out; echo err >&2; exit 9").value();
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_EQ(result.status, 9);
  result = host_->Exec("web", "echo inside").value();
  EXPECT_EQ(result.output, "inside\n");
  EXPECT_EQ(result.status, 0);
  result = host_->Exec("other", "true").value();
  EXPECT_EQ(result.output, "no service other is running\n");
  EXPECT_EQ(result.status, 127);
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, ExecOfMuchOutputIsComplete) {
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  const HostChannel::Result result = host_->Exec("", "seq 400000").value();
  std::string expected;
  for (int i = 1; i <= 400000; ++i) absl::StrAppend(&expected, i, "\n");
  EXPECT_TRUE(result.output == expected) << result.output.size() << " bytes";
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, BadLinesDoNoHarm) {
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  host_->Send(std::string(100000, 'x'));
  host_->Send("EXEC x - true");
  EXPECT_EQ(host_->Exec("", "echo alive").value().output, "alive\n");
  EXPECT_EQ(Console(), "init: test channel: EXEC: found id \"x\", expected digits\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, OnshutdownRunsBeforeServicesEnd) {
  MakeFifo("ready");
  Bundle("services/web",
         "trap 'echo service >> /order; exit 0' TERM; echo up >/ready; while :; do sleep 60 & "
         "wait; done");
  Bundle("onshutdown/000-a", "echo onshutdown >> /order");
  Bundle("onboot/000-a", "true");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  AwaitFifo("ready");
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_EQ(ReadFile(root_.Path("order")).value(), "onshutdown\nservice\n");
  EXPECT_THAT(host_->lines(), Contains("ONSHUTDOWN 000-a exited 0"));
}

TEST_F(InitTest, RebootBySigterm) {
  Boot();
  EXPECT_EQ(EndBySignal("TERM"), kRebooted);
  EXPECT_THAT(host_->lines(), Contains("SHUTDOWN reboot"));
}

// The kernel makes SIGINT of ctrl-alt-del.
TEST_F(InitTest, RebootByCtrlAltDel) {
  Boot();
  EXPECT_EQ(EndBySignal("INT"), kRebooted);
  EXPECT_THAT(host_->lines(), Contains("SHUTDOWN reboot"));
}

TEST_F(InitTest, HaltBySigusr1) {
  Boot();
  EXPECT_EQ(EndBySignal("USR1"), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("SHUTDOWN halt"));
}

TEST_F(InitTest, PowerOffBySigusr2) {
  Boot();
  EXPECT_EQ(EndBySignal("USR2"), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("SHUTDOWN poweroff"));
}

TEST_F(InitTest, ShutdownScriptsRunBeforeOnshutdown) {
  root_.Write("etc/shutdown.d/010-a", "#!/bin/sh\necho script >> /order\n", 0755);
  Bundle("onshutdown/000-a", "echo onshutdown >> /order");
  Bundle("onshutdown/001-b", "exit 4");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_EQ(ReadFile(root_.Path("order")).value(), "script\nonshutdown\n");
  EXPECT_THAT(host_->lines(), Contains("ONSHUTDOWN 001-b exited 4"));
}

TEST_F(InitTest, ShutdownDoesNotWaitForOnboot) {
  Bundle("onboot/000-endless", "echo waiting > /started; sleep 1000");
  Bundle("onboot/001-never", "echo never > /never");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("HELLO 2").ok());
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_FALSE(Exists(root_.Path("never")));
  EXPECT_THAT(host_->lines(), testing::Not(Contains("READY")));
}

TEST_F(InitTest, InitScriptsInOrderAndLinuxKitLinksAreSkipped) {
  root_.Write("etc/init.d/020-b", "#!/bin/sh\necho b\n", 0755);
  root_.Write("etc/init.d/010-a", "#!/bin/sh\necho a\nexit 1\n", 0755);
  root_.Write("etc/init.d/030-text", "no program\n", 0644);
  ASSERT_EQ(symlink("/usr/bin/service", root_.Path("etc/init.d/005-volumes").c_str()), 0);
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_EQ(Console(), "a\nb\ninit: start /etc/init.d/030-text: Permission denied\n");
  EXPECT_EQ(PowerOff(), kPoweredOff);
}

TEST_F(InitTest, StubbornServiceIsKilled) {
  Bundle("services/deaf", "trap '' TERM; echo up >/ready; while :; do sleep 60; done");
  MakeFifo("ready");
  Boot();
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  AwaitFifo("ready");
  EXPECT_EQ(PowerOff(), kPoweredOff);
  EXPECT_THAT(host_->lines(), Contains("SERVICE deaf killed 9"));
}

}  // namespace
}  // namespace linuxkit
