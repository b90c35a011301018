#include "runtime/init/shutdown.h"

#include <signal.h>

#include <vector>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

TEST(Shutdown, SignalsAsInBusybox) {
  EXPECT_EQ(ActionOfSignal(SIGTERM), ShutdownAction::kReboot);
  EXPECT_EQ(ActionOfSignal(SIGINT), ShutdownAction::kReboot);
  EXPECT_EQ(ActionOfSignal(SIGUSR1), ShutdownAction::kHalt);
  EXPECT_EQ(ActionOfSignal(SIGUSR2), ShutdownAction::kPowerOff);
  EXPECT_EQ(ActionOfSignal(SIGHUP), std::nullopt);
}

TEST(Shutdown, AppletsSendWhatInitUnderstands) {
  for (const ShutdownAction action :
       {ShutdownAction::kPowerOff, ShutdownAction::kReboot, ShutdownAction::kHalt}) {
    EXPECT_EQ(ActionOfSignal(SignalOfAction(action)), action) << Name(action);
  }
}

TEST(ParseMounts, LastFirstAndEscapes) {
  const std::vector<MountEntry> entries =
      ParseMounts("proc /proc proc rw 0 0\n/dev/sda1 /mnt/a\\040b ext4 rw 0 0\n");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].type, "ext4");
  EXPECT_EQ(entries[0].path, "/mnt/a b");
  EXPECT_EQ(entries[1].path, "/proc");
}

}  // namespace
}  // namespace linuxkit
