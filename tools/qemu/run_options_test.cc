#include "tools/qemu/run_options.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

const Paths kPaths = {.user_dir = "/home/me", .runfiles_dir = ""};

absl::StatusOr<RunOptions> Parse(const std::vector<std::string>& user,
                                 const std::vector<std::string>& rule = {"--kernel=k"}) {
  std::vector<FlagWord> words;
  for (const std::string& word : rule) words.push_back({word, true});
  for (const std::string& word : user) words.push_back({word, false});
  return ParseRunOptions(words, kPaths);
}

std::string ErrorOf(const std::vector<std::string>& user) {
  return std::string(Parse(user).status().message());
}

TEST(RunOptions, Defaults) {
  const RunOptions options = *Parse({});
  EXPECT_EQ(options.cpus, 1);
  EXPECT_FALSE(options.mem_mib.has_value());
  EXPECT_EQ(options.accel, AccelChoice::kAuto);
  EXPECT_EQ(options.networking.mode, Networking::Mode::kUser);
}
TEST(RunOptions, ValueAsNextWord) { EXPECT_EQ(Parse({"--mem", "2048"})->mem_mib, 2048); }
TEST(RunOptions, ValueAfterEquals) { EXPECT_EQ(Parse({"--mem=2048"})->mem_mib, 2048); }
TEST(RunOptions, UserOverridesRule) {
  EXPECT_EQ(Parse({"--mem=4096"}, {"--kernel=k", "--mem=2048"})->mem_mib, 4096);
}
TEST(RunOptions, SwitchTakesNoWord) {
  const RunOptions options = *Parse({"--usb", "--cpus", "2"});
  EXPECT_TRUE(options.usb);
  EXPECT_EQ(options.cpus, 2);
}
TEST(RunOptions, SwitchTurnedOff) {
  EXPECT_EQ(Parse({"--uefi=false"}, {"--kernel=k", "--uefi"})->boot.firmware_choice(),
            FirmwareChoice::kSeaBios);
}
TEST(RunOptions, UserPathsAreTheUsers) {
  EXPECT_EQ(Parse({"--state=s"})->state_dir, "/home/me/s");
  EXPECT_EQ(Parse({"--disk=d.img"})->disks[0].file, "/home/me/d.img");
  EXPECT_EQ(Parse({"--state=/abs"})->state_dir, "/abs");
  EXPECT_EQ(Parse({})->kernel, "k");
}
TEST(RunOptions, UserPublishReplacesTheRules) {
  const RunOptions options =
      *Parse({"--publish=1:2", "--publish=3:4"}, {"--kernel=k", "--publish=8080:80"});
  EXPECT_EQ(options.networking.publish, (std::vector<Publish>{{1, 2, false}, {3, 4, false}}));
}
TEST(RunOptions, PublishNoneClears) {
  EXPECT_TRUE(
      Parse({"--publish=none"}, {"--kernel=k", "--publish=8080:80"})->networking.publish.empty());
}
TEST(RunOptions, RulesPublishIsDroppedWithoutUserNetworking) {
  EXPECT_TRUE(Parse({"--networking=none"}, {"--kernel=k", "--publish=8080:80"})
                  ->networking.publish.empty());
}
TEST(RunOptions, KernelArgsAdd) {
  EXPECT_EQ(Parse({"--kernel-arg=a", "--kernel-arg", "b=c"})->kernel_args,
            (std::vector<std::string>{"a", "b=c"}));
}
TEST(RunOptions, FirmwareMeansUefi) {
  EXPECT_EQ(Parse({"--fw=/x.fd"})->boot.firmware_choice(), FirmwareChoice::kOvmf);
  EXPECT_EQ(Parse({"--fw=/x.fd", "--firmware=ovmf-secureboot"})->boot.firmware_choice(),
            FirmwareChoice::kOvmfSecureBoot);
}
TEST(RunOptions, FormatDecidesTheFirmware) {
  const auto firmware = [](const std::vector<std::string>& words) {
    return Parse(words)->boot.firmware_choice();
  };
  EXPECT_EQ(firmware({"--boot=iso", "--boot-file=a"}), FirmwareChoice::kSeaBios);
  EXPECT_EQ(firmware({"--boot=iso-efi", "--boot-file=a"}), FirmwareChoice::kOvmf);
  EXPECT_EQ(firmware({"--boot=uki", "--boot-file=a"}), FirmwareChoice::kOvmf);
  EXPECT_EQ(firmware({"--boot=iso", "--boot-file=a", "--uefi"}), FirmwareChoice::kOvmf);
}
TEST(RunOptions, BootFormatOfTheRule) {
  const RunOptions options = *Parse({"--boot=iso"}, {"--kernel=k", "--format=iso=@@//os:x_iso"});
  EXPECT_EQ(options.boot.format->name, "iso");
  EXPECT_TRUE(options.boot.files.empty());
  EXPECT_EQ(options.formats.at("iso"), "@@//os:x_iso");
}
TEST(RunOptions, BootFileIsTheUsers) {
  EXPECT_EQ(Parse({"--boot=raw", "--boot-file=a.img"})->boot.files,
            std::vector<std::string>{"/home/me/a.img"});
}
TEST(RunOptions, IsoIsAFormatWithItsFile) {
  const RunOptions options = *Parse({"--iso=a.iso"});
  EXPECT_EQ(options.boot.format->name, "iso");
  EXPECT_EQ(options.boot.files, std::vector<std::string>{"/home/me/a.iso"});
}
TEST(RunOptions, KernelAndInitrdByName) {
  EXPECT_EQ(Parse({"--boot=kernel+initrd"})->boot.kind(), BootKind::kDirect);
}
TEST(RunOptions, UnknownFormat) {
  EXPECT_EQ(
      ErrorOf({"--boot=ova"}),
      "--boot: found \"ova\", expected one of kernel+initrd, iso, iso-bios, iso-efi, raw, "
      "raw-bios, raw-efi, uki, qcow2, qcow2-bios, qcow2-efi, vmdk, vhd, dynamic-vhd, vhdx, vdi, "
      "squashfs, erofs, verity, kernel+iso, netboot");
}
TEST(RunOptions, FormatThatTheImageHasNot) {
  EXPECT_EQ(ErrorOf({"--boot=vdi"}),
            "--boot=vdi: this image has no such output; give its file with --boot-file");
}
TEST(RunOptions, BootFileWithoutFormat) {
  EXPECT_EQ(ErrorOf({"--boot-file=a"}), "--boot-file needs --boot, which says what the file is");
}
TEST(RunOptions, RootFileSystemWithoutKernel) {
  EXPECT_EQ(Parse({"--boot=erofs", "--boot-file=a"}, {}).status().message(),
            "--boot=erofs needs --kernel: a root file system has none");
}
TEST(RunOptions, FormatWithoutLabel) {
  EXPECT_EQ(Parse({}, {"--kernel=k", "--format=iso"}).status().message(),
            "--format=iso: expected FORMAT=LABEL");
}

TEST(RunOptions, UnknownFlagNearAKnownOne) {
  EXPECT_EQ(ErrorOf({"--publsh=1:2"}), "unknown flag --publsh; did you mean --publish?");
}
TEST(RunOptions, UnknownFlagNearNone) {
  EXPECT_EQ(ErrorOf({"--frobnicate"}), "unknown flag --frobnicate; --help lists the flags");
}
TEST(RunOptions, Positional) {
  EXPECT_EQ(ErrorOf({"image"}), "unexpected argument \"image\"; expected --flag=value, see --help");
}
TEST(RunOptions, MissingValue) { EXPECT_EQ(ErrorOf({"--mem"}), "--mem needs a value: --mem=MiB"); }
TEST(RunOptions, RuleFlagDoesNotEatUserWord) {
  EXPECT_EQ(Parse({"1024"}, {"--mem"}).status().message(), "--mem needs a value: --mem=MiB");
}
TEST(RunOptions, BadSwitch) {
  EXPECT_EQ(ErrorOf({"--gui=maybe"}), "--gui=maybe: expected true or false");
}
TEST(RunOptions, BadMem) {
  EXPECT_EQ(ErrorOf({"--mem=2G"}), "--mem=2G: expected a whole number from 1 to 1073741824");
}
TEST(RunOptions, ZeroCpus) {
  EXPECT_EQ(ErrorOf({"--cpus=0"}), "--cpus=0: expected a whole number from 1 to 255");
}
TEST(RunOptions, BadAccel) {
  EXPECT_EQ(ErrorOf({"--accel=xen"}),
            "--accel=xen: unknown accelerator; expected auto, kvm, tcg or hvf");
}
TEST(RunOptions, BadNetworking) {
  EXPECT_EQ(ErrorOf({"--networking=vpn"}),
            "--networking=vpn: unknown mode \"vpn\"; expected user, restricted, none, "
            "bridge,BR or tap,IF");
}
TEST(RunOptions, BridgeWithoutName) {
  EXPECT_EQ(ErrorOf({"--networking=bridge"}),
            "--networking=bridge: expected the name of an interface, for example "
            "--networking=bridge,bridge0");
}
TEST(RunOptions, PublishWithoutUserNetworking) {
  EXPECT_EQ(
      ErrorOf({"--networking=none", "--publish=1:2"}),
      "--publish needs --networking=user; with the other modes the guest has its own address");
}
TEST(RunOptions, DataAndDataFile) {
  EXPECT_EQ(ErrorOf({"--data=x", "--data-file=y"}),
            "--data and --data-file exclude each other; give one");
}
TEST(RunOptions, GuiAndDetached) {
  EXPECT_EQ(ErrorOf({"--gui", "--detached"}), "--gui and --detached exclude each other; give one");
}
TEST(RunOptions, NothingToBoot) {
  EXPECT_EQ(
      Parse({}, {}).status().message(),
      "nothing to boot: expected --kernel, --boot or --disk (the rule gives them; run it with "
      "\"bazel run //path:NAME_qemu\")");
}
TEST(RunOptions, KernelArgOnAMedium) {
  EXPECT_EQ(ErrorOf({"--iso=a", "--kernel-arg=x"}),
            "--kernel-arg needs --kernel: an ISO or disk has its command line inside");
}
TEST(RunOptions, KernelArgWithoutKernel) {
  EXPECT_EQ(Parse({"--kernel-arg=x"}, {"--iso=a"}).status().message(),
            "--kernel-arg needs --kernel: an ISO or disk has its command line inside");
}
TEST(RunOptions, KernelArgumentsOfTheRuleAreForItsKernel) {
  const std::vector<std::string> rule = {"--kernel=k", "--kernel-arg=quiet"};
  EXPECT_TRUE(Parse({"--iso=a"}, rule)->kernel_args.empty());
  EXPECT_EQ(Parse({"--boot=erofs", "--boot-file=a"}, rule)->kernel_args,
            std::vector<std::string>{"quiet"});
}

TEST(RunHelp, NamesEveryLinuxKitFlag) {
  const std::string help = RunHelp();
  for (const char* flag :
       {"--cpus=N",     "--mem=MiB", "--disk=", "--publish=", "--networking=", "--uefi",
        "--fw=",        "--accel=",  "--arch=", "--data=",    "--data-file=",  "--gui",
        "--detached",   "--state=",  "--usb",   "--device=",  "--qemu=",       "--virtiofs=",
        "--virtiofsd=", "--kernel=", "--iso=",  "--boot=",    "--dry-run",     "--help"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

}  // namespace
}  // namespace linuxkit
