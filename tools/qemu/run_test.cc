// The program tools/qemu:run from outside: its output, exit status and signals.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/data_iso.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

constexpr char kRun[] = "tools/qemu/run";

// A directory with an image and an emulator that is a shell script.
class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(dir_);
    mkdir(dir_.c_str(), 0755);
    Write("kernel", "k");
    Write("initrd", std::string(3 << 20, 'i'));
    Write("cmdline", "console=ttyS0 quiet\n");
    Write("params",
          absl::StrCat("--name=img\n--kernel=", Path("kernel"), "\n--initrd=", Path("initrd"),
                       "\n--cmdline=", Path("cmdline"), "\n--initrd-unpacked-bytes=10485760\n",
                       "--publish=8080:80\n--accel=tcg\n"));
    SetQemu("exit 0");
  }
  std::string Path(std::string_view name) const { return absl::StrCat(dir_, "/", name); }
  void Write(std::string_view name, std::string_view text) {
    ASSERT_EQ(WriteFile(Path(name), text), absl::OkStatus());
  }
  void SetQemu(std::string_view script) {
    Write("qemu", absl::StrCat("#!/bin/sh\n", script, "\n"));
    chmod(Path("qemu").c_str(), 0755);
  }
  std::vector<std::string> Argv(const std::vector<std::string>& flags) const {
    std::vector<std::string> argv = {kRun, absl::StrCat("@", Path("params")),
                                     absl::StrCat("--qemu=", Path("qemu")),
                                     absl::StrCat("--state=", Path("state"))};
    argv.insert(argv.end(), flags.begin(), flags.end());
    return argv;
  }
  // Output with this test's directory as DIR, after the exit code.
  std::string RunWith(const std::vector<std::string>& flags) const {
    const absl::StatusOr<FinishedProcess> run = RunToEnd(Argv(flags), std::chrono::minutes(1));
    if (!run.ok()) return std::string(run.status().message());
    return absl::StrReplaceAll(absl::StrCat(run->status.shell_code(), ": ", run->output),
                               {{dir_, "DIR"}});
  }

  std::string dir_;
};

TEST_F(RunTest, DryRun) {
  EXPECT_EQ(
      RunWith({"--dry-run", "--kernel-arg=loglevel=3", "--data=x", "--disk=size=1G"}),
      "0: DIR/qemu -nodefaults -no-user-config -no-reboot -machine q35 -accel tcg,thread=multi "
      "-cpu max -smp 1 -m 1024 -object rng-random,id=rng0,filename=/dev/urandom -device "
      "virtio-rng-pci,rng=rng0 -display none -serial mon:stdio -kernel DIR/kernel -initrd "
      "DIR/initrd -append 'console=ttyS0 quiet loglevel=3' -drive "
      "if=none,id=disk0,file=DIR/state/disk.img,format=qcow2 -device "
      "virtio-blk-pci,drive=disk0 -drive "
      "if=none,id=data,file=DIR/state/data.iso,format=raw,media=cdrom,readonly=on -device "
      "ide-cd,drive=data,bus=ide.0 -netdev user,id=net0,hostfwd=tcp:127.0.0.1:8080-:80 -device "
      "virtio-net-pci,netdev=net0,romfile=\n");
  // What the command refers to.
  EXPECT_EQ(access(Path("state/disk.img").c_str(), F_OK), 0);
  EXPECT_EQ(*ReadFile(Path("state/data.iso")), *MakeDataIso("x"));
}
// The rule's paths are below the directory in which `bazel run` starts us, not the user's shell.
TEST_F(RunTest, DryRunPrintsAbsolutePaths) {
  Write("params", absl::StrCat("--kernel=", kRun, "\n--accel=tcg\n"));
  const std::string output = RunWith({"--dry-run"});
  EXPECT_NE(output.find(absl::StrCat("-kernel ", std::filesystem::absolute(kRun).string(), " ")),
            std::string::npos)
      << output;
}
// A QEMU that fails unless each file that it is given exists, and then notes its words.
constexpr char kStrictQemu[] = R"(
for word in "$@"; do
  case $word in
    *,file=*) file=${word#*,file=} file=$(printf %s "${file%%,format=*}" | sed s/,,/,/g) ;;
    *,path=*) file=${word#*,path=} ;;
    /*) file=$word ;;
    *) continue ;;
  esac
  [ -e "$file" ] || { echo "no $file"; exit 3; }
done
printf '%s\n' "$@" > "$0.words")";

TEST_F(RunTest, PastedDryRunRuns) {
  SetQemu(kStrictQemu);
  const std::string state = Path("it's \"a\", $HOME");
  const absl::StatusOr<FinishedProcess> dry_run =
      RunToEnd(Argv({"--dry-run", absl::StrCat("--state=", state), "--disk=size=8M",
                     "--disk=size=8M", "--data=x", "--kernel-arg=a='b  c'", "--fw", Path("kernel"),
                     "--fw-vars", Path("cmdline")}),
               std::chrono::minutes(1));
  ASSERT_TRUE(dry_run.ok());
  ASSERT_EQ(dry_run->status.shell_code(), 0) << dry_run->output;
  EXPECT_FALSE(ReadFile(Path("qemu.words")).ok()) << "a dry run started QEMU";
  const absl::StatusOr<FinishedProcess> pasted =
      RunToEnd({"/bin/sh", "-c", dry_run->output}, std::chrono::minutes(1));
  ASSERT_TRUE(pasted.ok());
  EXPECT_EQ(absl::StrCat(pasted->status.shell_code(), ": ", pasted->output), "0: ");
  const std::string words = *ReadFile(Path("qemu.words"));
  EXPECT_NE(words.find(absl::StrCat("if=none,id=disk1,file=", dir_,
                                    "/it's \"a\",, $HOME/disk1.img,format=qcow2\n")),
            std::string::npos)
      << words;
  EXPECT_NE(words.find("console=ttyS0 quiet a='b  c'\n"), std::string::npos) << words;
}
// Ctrl-A x ends QEMU, which does not start the guest.
TEST_F(RunTest, PastedDryRunStartsTheRealQemu) {
  std::vector<std::string> argv = {
      kRun,       "--dry-run",      "--accel=tcg", "--uefi",
      "--data=x", "--disk=size=8M", "--mem=256",   absl::StrCat("--state=", Path("a b,c"))};
  const absl::StatusOr<FinishedProcess> dry_run = RunToEnd(argv, std::chrono::minutes(1));
  ASSERT_TRUE(dry_run.ok());
  ASSERT_EQ(dry_run->status.shell_code(), 0) << dry_run->output;
  std::string command = dry_run->output;
  ASSERT_EQ(command.find('\n'), command.size() - 1) << command;
  command.back() = ' ';
  const absl::StatusOr<FinishedProcess> pasted =
      RunToEnd({"/bin/sh", "-c", absl::StrCat("printf '\\001x' | ", command, "-S")},
               std::chrono::minutes(1));
  ASSERT_TRUE(pasted.ok());
  EXPECT_EQ(pasted->status.shell_code(), 0) << pasted->output;
  EXPECT_NE(pasted->output.find("QEMU: Terminated"), std::string::npos) << pasted->output;
}
TEST_F(RunTest, PastedDryRunStartsShares) {
  SetQemu(kStrictQemu);
  Write("virtiofsd", R"(#!/usr/bin/env python3
import socket, sys
flags = dict(word.split("=", 1) for word in sys.argv[1:])
socket.socket(socket.AF_UNIX).bind(flags["--socket-path"])
open(sys.argv[0] + ".dir", "w").write(flags["--shared-dir"])
)");
  chmod(Path("virtiofsd").c_str(), 0755);
  char state[] = "/tmp/run_test.XXXXXX";
  ASSERT_NE(mkdtemp(state), nullptr);
  const std::vector<std::string> flags = {
      "--dry-run", absl::StrCat("--virtiofsd=", Path("virtiofsd")),
      absl::StrCat("--virtiofs=", dir_), absl::StrCat("--state=", state)};
  const std::string printed = RunWith(flags);
  EXPECT_TRUE(printed.starts_with(absl::StrCat("0: rm -f ", state,
                                               "/virtiofs0\nDIR/virtiofsd --socket-path=", state,
                                               "/virtiofs0 --shared-dir=DIR &\nuntil [ -S ", state,
                                               "/virtiofs0 ]; do sleep 1; done\nDIR/qemu ")))
      << printed;
  const std::string commands = absl::StrReplaceAll(printed.substr(3), {{"DIR", dir_}});
  const absl::StatusOr<FinishedProcess> pasted =
      RunToEnd({"/bin/sh", "-c", absl::StrCat(commands, "wait")}, std::chrono::minutes(1));
  std::filesystem::remove_all(state);
  ASSERT_TRUE(pasted.ok());
  EXPECT_EQ(absl::StrCat(pasted->status.shell_code(), ": ", pasted->output), "0: ");
  EXPECT_EQ(*ReadFile(Path("virtiofsd.dir")), dir_);
}
TEST_F(RunTest, BootsAFile) {
  EXPECT_EQ(
      RunWith({"--dry-run", "--boot=vhdx", absl::StrCat("--boot-file=", Path("x.vhdx")),
               "--attach=nvme", "--publish=none"}),
      "0: DIR/qemu -nodefaults -no-user-config -no-reboot -machine q35,graphics=off -accel "
      "tcg,thread=multi -cpu max -smp 1 -m 1024 -object "
      "rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0 -display none "
      "-serial mon:stdio -drive "
      "if=none,id=medium,file=DIR/x.vhdx,format=vhdx,snapshot=on -device "
      "nvme,drive=medium,serial=medium,bootindex=0 -netdev user,id=net0 -device "
      "virtio-net-pci,netdev=net0,romfile=\n");
}
TEST_F(RunTest, BuildsWhatItBoots) {
  // Where `bazel run` finds us.
  const std::string bin = Path("execroot/_main/bazel-out/k8/bin");
  std::filesystem::create_directories(bin);
  std::filesystem::create_symlink(std::filesystem::absolute(kRun), absl::StrCat(bin, "/run"));
  Write(
      "bazel",
      "#!/bin/sh\necho \"$PWD $*\" >&2\ncase $* in *cquery*) echo bazel-out/k8/bin/x.iso;; esac\n");
  chmod(Path("bazel").c_str(), 0755);
  setenv("BUILD_WORKSPACE_DIRECTORY", dir_.c_str(), 1);
  std::vector<std::string> argv =
      Argv({"--dry-run", "--format=iso=@@//:x_iso", "--boot=iso", "--bazel-flag=--config=x",
            absl::StrCat("--bazel=", Path("bazel"))});
  argv[0] = absl::StrCat(bin, "/run");
  const absl::StatusOr<FinishedProcess> run = RunToEnd(argv, std::chrono::minutes(1));
  unsetenv("BUILD_WORKSPACE_DIRECTORY");
  ASSERT_TRUE(run.ok());
  const std::string output = absl::StrReplaceAll(
      run->output, {{dir_, "DIR"}, {std::filesystem::canonical(dir_).string(), "DIR"}});
  EXPECT_TRUE(
      output.starts_with("DIR --output_base=DIR build --config=x -- @@//:x_iso\n"
                         "DIR --output_base=DIR cquery --config=x --output=files "
                         "--noshow_progress --ui_event_filters=-info -- @@//:x_iso\n"))
      << output;
  EXPECT_NE(output.find("file=DIR/execroot/_main/bazel-out/k8/bin/x.iso,format=raw,media=cdrom"),
            std::string::npos)
      << output;
}
TEST_F(RunTest, BootWithoutBazelRun) {
  EXPECT_EQ(RunWith({"--format=iso=@@//:x_iso", "--boot=iso"}),
            "1: run: --boot=iso builds @@//:x_iso, which needs that \"bazel run\" starts this; or "
            "give the file with --boot-file\n");
}
TEST_F(RunTest, UkiIsPutOnADisk) {
  Write("x.efi", "MZ");
  EXPECT_EQ(RunWith({"--boot=uki", absl::StrCat("--boot-file=", Path("x.efi")), "--publish=none",
                     "--firmware=seabios"}),
            "0: ");
  EXPECT_NE(ReadFile(Path("state/esp.img"))->find("BOOTX64 EFI"), std::string::npos);
}
TEST_F(RunTest, GivenFirmwareVariablesReplaceThoseOfTheLastRun) {
  Write("code", "c");
  Write("keys", "first");
  const std::vector<std::string> flags = {"--publish=none", absl::StrCat("--fw=", Path("code")),
                                          absl::StrCat("--fw-vars=", Path("keys"))};
  EXPECT_EQ(RunWith(flags), "0: ");
  EXPECT_EQ(*ReadFile(Path("state/uefi-vars.fd")), "first");
  Write("keys", "second");
  EXPECT_EQ(RunWith(flags), "0: ");
  EXPECT_EQ(*ReadFile(Path("state/uefi-vars.fd")), "second");
}
TEST_F(RunTest, ExitStatusIsQemus) {
  SetQemu("exit 7");
  EXPECT_EQ(RunWith({"--publish=none"}), "7: run: QEMU ended with status 7\n");
}
TEST_F(RunTest, QemuKilled) {
  SetQemu("kill -9 $$");
  EXPECT_EQ(RunWith({"--publish=none"}), "137: run: QEMU ended with signal 9 (Killed)\n");
}
TEST_F(RunTest, SaysWherePortsAre) {
  EXPECT_EQ(RunWith({"--publish=45321:80", "--publish=45322:53/udp"}),
            "0: run: 127.0.0.1:45321 -> port 80/tcp of the guest\n"
            "run: 127.0.0.1:45322 -> port 53/udp of the guest\n");
}
TEST_F(RunTest, SaysWhereServicesAre) {
  SetQemu("printf '[    1.0] up\\r\\ninit: 1 service running: web\\r\\n# '");
  EXPECT_EQ(RunWith({"--publish=45321:80", "--publish=45322:53/udp"}),
            "0: run: 127.0.0.1:45321 -> port 80/tcp of the guest\n"
            "run: 127.0.0.1:45322 -> port 53/udp of the guest\n"
            "[    1.0] up\r\ninit: 1 service running: web\r\n# "
            "run: 1 service running: web; published 127.0.0.1:45321 -> 80, 127.0.0.1:45322 -> "
            "53/udp\n");
  EXPECT_EQ(RunWith({"--publish=none"}), "0: [    1.0] up\r\ninit: 1 service running: web\r\n# ");
}
TEST_F(RunTest, TooLittleMemory) {
  EXPECT_EQ(
      RunWith({"--mem=62"}),
      "1: run: --mem=62: this image needs at least 63 MiB (2 * 10 MiB unpacked + 3 MiB initrd + 40 "
      "MiB; the root tmpfs may use only half of the memory). With less the kernel silently leaves "
      "out files. Give --mem=63 or more, or leave --mem out.\n");
}
TEST_F(RunTest, MemoryFromACmdlineWithRamfs) {
  EXPECT_NE(RunWith({"--dry-run", "--mem=83", "--kernel-arg=rootfstype=ramfs"}).find(" -m 83 "),
            std::string::npos);
}
TEST_F(RunTest, MetadataDisk) {
  EXPECT_EQ(RunWith({"--publish=none", "--data=hello"}), "0: ");
  EXPECT_EQ(*ReadFile(Path("state/data.iso")), *MakeDataIso("hello"));
}
TEST_F(RunTest, MissingQemu) {
  EXPECT_EQ(RunWith({"--qemu=/none/qemu"}),
            "1: run: --qemu=/none/qemu: not an executable file; expected a qemu-system-x86_64\n");
}
TEST_F(RunTest, MissingFirmware) {
  EXPECT_EQ(RunWith({"--fw=/none.fd"}), "1: run: --fw=/none.fd: no such file\n");
}
TEST_F(RunTest, MissingShare) {
  EXPECT_EQ(RunWith({"--publish=none", "--virtiofsd=/bin/true", "--virtiofs=/none"}),
            "1: run: --virtiofs=/none: expected a directory\n");
}
TEST_F(RunTest, VirtiofsdGetsAListeningSocket) {
  Write("virtiofsd",
        "#!/bin/sh\nfd=${1#--fd=}\nreadlink /proc/self/fd/$fd > $0.fd\necho $2 > $0.dir\n");
  chmod(Path("virtiofsd").c_str(), 0755);
  SetQemu(absl::StrCat("until [ -s ", Path("virtiofsd.dir"), " ]; do :; done"));
  // Bazel's directories are longer than a socket's path may be.
  char state[] = "/tmp/run_test.XXXXXX";
  ASSERT_NE(mkdtemp(state), nullptr);
  EXPECT_EQ(RunWith({"--publish=none", absl::StrCat("--virtiofsd=", Path("virtiofsd")),
                     absl::StrCat("--virtiofs=", dir_), absl::StrCat("--state=", state)}),
            "0: ");
  std::filesystem::remove_all(state);
  EXPECT_EQ(*ReadFile(Path("virtiofsd.dir")), absl::StrCat("--shared-dir=", dir_, "\n"));
  EXPECT_TRUE(ReadFile(Path("virtiofsd.fd"))->starts_with("socket:["));
}
TEST_F(RunTest, SocketPathTooLong) {
  const std::string state = absl::StrCat("/tmp/", std::string(120, 's'));
  EXPECT_EQ(
      RunWith({"--publish=none", "--virtiofsd=/bin/true", absl::StrCat("--virtiofs=", dir_),
               absl::StrCat("--state=", state)}),
      absl::StrCat("1: run: --virtiofs: the socket path ", state,
                   "/virtiofs0 is longer than 107 bytes; give a shorter directory with --state\n"));
  std::filesystem::remove_all(state);
}
TEST_F(RunTest, Detached) {
  SetQemu(absl::StrCat("echo 4711 > ", Path("state/qemu.pid")));
  EXPECT_EQ(RunWith({"--publish=none", "--detached"}),
            "0: pid: 4711\nconsole: DIR/state/serial.log\nstop: kill 4711\n");
}
TEST_F(RunTest, DetachedDoesNotStart) {
  SetQemu("echo 'qemu: no such device' >&2; exit 1");
  EXPECT_EQ(RunWith({"--publish=none", "--detached"}),
            "1: run: QEMU did not start: qemu: no such device\n");
}
TEST_F(RunTest, ParamsFileMissing) {
  const absl::StatusOr<FinishedProcess> run =
      RunToEnd({kRun, "@/none/params"}, std::chrono::minutes(1));
  EXPECT_EQ(run->status.code, 1);
  EXPECT_NE(run->output.find("/none/params"), std::string::npos) << run->output;
}

TEST_F(RunTest, SignalIsPassedOn) {
  // The emulator says that it is ready, and ends with a status of its own when told to.
  SetQemu("trap 'exit 9' TERM\necho ready\nwhile :; do read line || exit 1; done");
  absl::StatusOr<DescriptorPair> in = MakePipe();
  absl::StatusOr<DescriptorPair> out = MakePipe();
  ASSERT_TRUE(in.ok() && out.ok());
  SpawnOptions options;
  options.stdin_fd = in->first.get();
  options.stdout_fd = out->second.get();
  absl::StatusOr<Process> run = Process::Start(Argv({"--publish=none"}), options);
  ASSERT_TRUE(run.ok());
  char ready[16];
  ASSERT_EQ(read(out->first.get(), ready, sizeof ready), 6);
  run->Signal(SIGTERM);
  EXPECT_EQ(run->Wait().shell_code(), 9);
}

// Standard output is a full pipe.
class FullOutputTest : public RunTest {
 protected:
  // Returns when the emulator has said on its standard error stream that it is ready.
  void Start(std::string_view script) {
    SetQemu(script);
    const int flags = fcntl(out_.second.get(), F_GETFL);
    fcntl(out_.second.get(), F_SETFL, flags | O_NONBLOCK);
    while (write(out_.second.get(), "x", 1) == 1) ++filled_;
    fcntl(out_.second.get(), F_SETFL, flags);
    DescriptorPair err = *MakePipe();
    absl::StatusOr<Process> run =
        Process::Start(Argv({"--publish=none"}), {.stdin_fd = in_.first.get(),
                                                  .stdout_fd = out_.second.get(),
                                                  .stderr_fd = err.second.get()});
    ASSERT_TRUE(run.ok()) << run.status();
    run_.emplace(std::move(*run));
    out_.second = FileDescriptor();
    char ready[16];
    ASSERT_EQ(read(err.first.get(), ready, sizeof ready), 6);
  }

  DescriptorPair in_ = *MakePipe(), out_ = *MakePipe();
  size_t filled_ = 0;
  std::optional<Process> run_;
};

TEST_F(FullOutputTest, SignalIsPassedOn) {
  Start("trap 'exit 9' TERM\necho text\necho ready >&2\nwhile :; do read line || exit 1; done");
  run_->Signal(SIGTERM);
  EXPECT_EQ(run_->Wait().shell_code(), 9);
}
TEST_F(FullOutputTest, SignalEndsTheWaitForASlowReader) {
  Start("echo text\necho ready >&2");
  run_->Signal(SIGTERM);
  run_->Wait();
}
TEST_F(FullOutputTest, SlowReaderGetsAll) {
  Start("echo text\necho ready >&2");
  std::string all;
  char buffer[4096];
  for (ssize_t got; (got = read(out_.first.get(), buffer, sizeof buffer)) > 0;) {
    all.append(buffer, static_cast<size_t>(got));
  }
  EXPECT_EQ(all.substr(filled_), "text\n");
  EXPECT_EQ(run_->Wait().shell_code(), 0);
}

}  // namespace
}  // namespace linuxkit
