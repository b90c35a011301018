// Boots the runtime in QEMU with a real kernel and a real runc and asks the guest what became of
// it.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/loop/event_loop.h"
#include "runtime/loop/spawn.h"
#include "runtime/testing/host_channel.h"

namespace linuxkit {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class BootTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto loop = EventLoop::Create({}, [](int) {}).value();
    const Program make{.argv = {"/bin/bash", getenv("MAKE_INITRD"), "/usr/share/linuxkit/debs",
                                testing::TempDir(), getenv("INIT"), getenv("GETTY"),
                                getenv("DHCP_SCRIPT")}};
    ASSERT_EQ(RunProgram(*loop, make).value(), 0);
  }

  // Starts the guest; `words` go to the kernel command line.
  void Boot(const std::string& words) {
    int channel[2];
    int serial[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, channel), 0);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, serial), 0);
    qemu_ = fork();
    ASSERT_GE(qemu_, 0);
    if (qemu_ == 0) {
      close(channel[0]);
      close(serial[0]);
      RunQemu(channel[1], serial[1], words);
    }
    close(channel[1]);
    close(serial[1]);
    serial_ = Fd(serial[0]);
    // Software emulation on a busy machine takes its time; a boot alone is 10 s.
    host_ = std::make_unique<HostChannel>(Fd(channel[0]), std::chrono::seconds(300));
  }
  void TearDown() override {
    if (qemu_ > 0) kill(qemu_, SIGKILL);
    if (qemu_ > 0) waitpid(qemu_, nullptr, 0);
  }
  // Ends the guest and returns the status of QEMU.
  int PowerOff() {
    host_->Send("POWEROFF");
    EXPECT_TRUE(host_->ReadUntil("BYE").ok());
    int status = -1;
    waitpid(std::exchange(qemu_, 0), &status, 0);
    return ShellStatus(status);
  }
  std::string Output(std::string_view container, std::string_view script) {
    const absl::StatusOr<HostChannel::Result> result = host_->Exec(container, script);
    return result.ok() ? result->output : std::string(result.status().message());
  }
  // Reads the serial console until it has shown `text`. False if nothing has come for a minute.
  bool AwaitOnConsole(std::string_view text) {
    char c;
    pollfd ready{serial_.get(), POLLIN, 0};
    while (console_.find(text) == std::string::npos && poll(&ready, 1, 60000) == 1 &&
           read(serial_.get(), &c, 1) == 1) {
      console_.push_back(c);
    }
    return console_.find(text) != std::string::npos;
  }

  [[noreturn]] static void RunQemu(int channel, int serial, const std::string& words) {
    const std::vector<std::string> argv = {
        "qemu-system-x86_64",
        "-accel",
        "tcg",
        "-m",
        "512",
        "-smp",
        "2",
        "-display",
        "none",
        "-no-reboot",
        "-nodefaults",
        "-kernel",
        testing::TempDir() + "/vmlinuz",
        "-initrd",
        testing::TempDir() + "/initrd.img",
        "-append",
        absl::StrCat("console=ttyS0 quiet linuxkit.test=", HostChannel::kNonce, words),
        "-device",
        "virtio-serial-pci",
        "-chardev",
        absl::StrCat("socket,id=channel,fd=", channel),
        "-device",
        "virtserialport,chardev=channel,name=linuxkit.result",
        "-chardev",
        absl::StrCat("socket,id=console,fd=", serial),
        "-serial",
        "chardev:console",
        "-netdev",
        "user,id=net",
        "-device",
        "virtio-net-pci,netdev=net"};
    std::vector<char*> pointers;
    for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    execvp(pointers[0], pointers.data());
    _exit(127);
  }

  pid_t qemu_ = 0;
  Fd serial_;
  std::string console_;
  std::unique_ptr<HostChannel> host_;
};

TEST_F(BootTest, WholeLife) {
  Boot("");
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_THAT(host_->lines(),
              AllOf(Contains("HELLO 2"), Contains("ONBOOT 000-dhcp exited 0"),
                    Contains("ONBOOT 001-status exited 3"), Contains("SERVICE writable started"),
                    Contains("SERVICE readonly started"), Contains("SERVICE brief started"),
                    Contains("SERVICE getty started")));

  // What the containers are: real ones, with their own root, name spaces and control groups.
  EXPECT_THAT(Output("writable", "cat /file; cat /proc/1/cgroup; ls /sys/class/net"),
              AllOf(HasSubstr("mine\n"), HasSubstr("0::/writable\n"), HasSubstr("eth7\n"),
                    HasSubstr("dm7\n"), Not(HasSubstr("eth0\n"))));
  EXPECT_THAT(Output("readonly", "echo x >/file || cat /volume/given; echo new >/volume/new"),
              AllOf(HasSubstr("Read-only file system"), HasSubstr("from the image\n")));

  // What init did around them.
  EXPECT_EQ(Output("", "ls /containers/volumes/data/merged /containers/volumes/data/lower"),
            "/containers/volumes/data/lower:\ngiven\n\n"
            "/containers/volumes/data/merged:\ngiven\nnew\n");
  EXPECT_EQ(Output("", "cat /proc/sys/kernel/hostname /proc/sys/kernel/panic"), "booted\n7\n");
  EXPECT_THAT(Output("", "ip addr show dev lo; ip addr show dev eth0; ip route; ls /sys/class/net"),
              AllOf(HasSubstr("127.0.0.1/8"), HasSubstr("10.0.2.15/24"),
                    HasSubstr("default via 10.0.2.2"), HasSubstr("veth7\n")));
  EXPECT_THAT(Output("", "cat /etc/resolv.conf"), HasSubstr("nameserver 10.0.2.3\n"));
  EXPECT_THAT(Output("", "grep nsfs /proc/mounts"), HasSubstr(" /run/netns/writable nsfs "));
  EXPECT_THAT(Output("", "cat /proc/self/limits"),
              AllOf(ContainsRegex("Max open files +1048576 +1048576"),
                    ContainsRegex("Max processes +unlimited +unlimited")));
  EXPECT_EQ(Output("", "readlink /var/run; readlink /dev/fd; cd /var; ls -d *"),
            "/run\n/proc/self/fd\ncache\nempty\nlib\nlocal\nlock\nlog\nopt\nrun\nspool\ntmp\n");
  EXPECT_EQ(Output("", "cat /run/app/kept /tmp/app/kept /var/lib/app/kept /var/log/first.log"),
            "kept\nkept\nkept\nkept\n");
  EXPECT_THAT(Output("", "ls -l /var/lib"), HasSubstr("drwxr-x---"));
  EXPECT_THAT(Output("", "ls -l /dev/console /dev/null /dev/kmsg; cat /proc/mounts"),
              AllOf(HasSubstr("crw-------"), HasSubstr("crw-rw-rw-"), HasSubstr("crw-rw----"),
                    HasSubstr(" / rootfs ro"), HasSubstr("cgroup2 /sys/fs/cgroup cgroup2 rw"),
                    HasSubstr("tmpfs /run tmpfs rw,nosuid,nodev,noexec"),
                    HasSubstr("devpts /dev/pts devpts"), HasSubstr("mqueue /dev/mqueue mqueue")));
  EXPECT_EQ(Output("", "cat /run/log/onboot/onboot.001-status.out.log"), "hello from onboot\n");

  // A person at the console.
  ASSERT_TRUE(AwaitOnConsole("# ")) << console_;
  const std::string_view typed = "echo $((6 * 7))-at-$(readlink /proc/self/fd/0)\n";
  ASSERT_EQ(write(serial_.get(), typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
  EXPECT_TRUE(AwaitOnConsole("42-at-")) << console_;

  EXPECT_EQ(PowerOff(), 0);
  EXPECT_THAT(host_->lines(),
              AllOf(Contains("SHUTDOWN poweroff"), Contains("ONSHUTDOWN 000-bye exited 0"),
                    Contains("SERVICE writable exited 0"), Contains("UNMOUNTED clean")));
}

TEST_F(BootTest, OldControlGroupsAndRebootByApplet) {
  Boot(" linuxkit.unified_cgroup_hierarchy=0");
  ASSERT_TRUE(host_->ReadUntil("READY").ok());
  EXPECT_THAT(Output("", "grep cgroup /proc/mounts"),
              AllOf(HasSubstr("cgroup_root /sys/fs/cgroup tmpfs"), Not(HasSubstr("cgroup2"))));
  EXPECT_THAT(Output("writable", "cat /file"), "mine\n");
  host_->Send("EXEC 77 - /sbin/reboot");
  ASSERT_TRUE(host_->ReadUntil("BYE").ok());
  EXPECT_THAT(host_->lines(), Contains("SHUTDOWN reboot"));
}

}  // namespace
}  // namespace linuxkit
