#include "tools/qemu/run_boot_test.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/base/file.h"
#include "tools/qemu/boot_format.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/failure_report.h"
#include "tools/qemu/find_program.h"
#include "tools/qemu/firmware.h"
#include "tools/qemu/initrd_info.h"
#include "tools/qemu/kernel_cmdline.h"
#include "tools/qemu/memory.h"
#include "tools/qemu/netboot_server.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

void Say(std::string_view line) {
  std::fprintf(stderr, "boot_test: %s\n", std::string(line).c_str());
}

// Fresh for each run: a line of an earlier run, or one a guest has built in, cannot pass.
std::string MakeNonce() {
  std::random_device random;
  std::string nonce;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&nonce, "%08x", random());
  return nonce;
}

absl::StatusOr<double> ParseFactor(std::string_view variable, std::string_view text) {
  double factor = 0;
  if (absl::SimpleAtod(text, &factor) && factor > 0 && factor <= 1000) return factor;
  return absl::InvalidArgumentError(
      absl::StrCat(variable, "=", text, ": expected a number above 0 and up to 1000"));
}

milliseconds Scaled(milliseconds base, double factor) {
  return milliseconds(static_cast<int64_t>(static_cast<double>(base.count()) * factor));
}

absl::StatusOr<std::string> Cmdline(const TestPlan& plan) {
  std::vector<std::string> words = plan.kernel_args;
  // A panic then ends QEMU at once instead of at the deadline.
  words.push_back("panic=-1");
  return KernelCmdline(plan.cmdline_file, words);
}

absl::StatusOr<int64_t> MemoryMib(const TestPlan& plan, std::string_view cmdline) {
  // Nothing of the image is unpacked into RAM.
  if (plan.boot.kind() == BootKind::kRoot) return ChooseMemoryMib({}, plan.mem_mib);
  MemoryNeed need{.unpacked_bytes = plan.initrd_unpacked_bytes,
                  .ramfs_root = HasRamfsRoot(cmdline)};
  if (!plan.initrd_info.empty()) {
    ABSL_ASSIGN_OR_RETURN(need.unpacked_bytes, ReadUnpackedBytes(plan.initrd_info));
  }
  if (!plan.initrd.empty()) {
    ABSL_ASSIGN_OR_RETURN(const InputFile initrd, InputFile::Open(plan.initrd));
    need.initrd_bytes = static_cast<int64_t>(initrd.size());
  }
  return ChooseMemoryMib(need, plan.mem_mib);
}

// The firmware with a copy of its variables.
absl::StatusOr<Firmware> TestFirmware(const TestPlan& plan, const TestEnvironment& environment) {
  const FirmwareChoice choice = plan.boot.firmware_choice();
  if (choice == FirmwareChoice::kSeaBios) return Firmware{};
  ABSL_ASSIGN_OR_RETURN(Firmware host,
                        FindFirmware(plan.arch, choice == FirmwareChoice::kOvmfSecureBoot,
                                     DefaultFirmwarePlaces(plan.arch)));
  if (!plan.firmware_vars.empty()) host.vars = plan.firmware_vars;
  return WithPrivateVars(host, environment.temp_dir);
}

AccelChoice ChosenAccel(const TestPlan& plan, const TestEnvironment& environment) {
  return environment.accel.value_or(plan.accel);
}

AccelMemory MemoryOf(const TestEnvironment& environment, const Machine& machine) {
  const std::string& dir = environment.accel_dir;
  return {.dir = dir.empty() ? environment.temp_dir : dir,
          .qemu = machine.qemu,
          .machine = MachineNeeds(machine)};
}

// The variables are as before the first boot, which may have been ended while it wrote them.
absl::Status RestoreFirmware(const TestPlan& plan, const TestEnvironment& environment,
                             Machine& machine) {
  if (machine.firmware.vars.empty()) return absl::OkStatus();
  unlink(machine.firmware.vars.c_str());
  ABSL_ASSIGN_OR_RETURN(machine.firmware, TestFirmware(plan, environment));
  return absl::OkStatus();
}

absl::StatusOr<Machine> TestMachine(const TestPlan& plan, const TestEnvironment& environment) {
  Machine machine;
  ABSL_ASSIGN_OR_RETURN(machine.qemu, FindQemu(ArchName(plan.arch), environment.qemu));
  machine.arch = plan.arch;
  machine.board = plan.board;
  machine.cpus = plan.cpus;
  machine.kernel = plan.kernel;
  machine.initrd = plan.initrd;
  ABSL_ASSIGN_OR_RETURN(machine.cmdline, Cmdline(plan));
  ABSL_ASSIGN_OR_RETURN(machine.mem_mib, MemoryMib(plan, machine.cmdline));
  ABSL_ASSIGN_OR_RETURN(machine.firmware, TestFirmware(plan, environment));
  ABSL_RETURN_IF_ERROR(DescribeBoot(plan.boot, environment.temp_dir, machine));
  ABSL_RETURN_IF_ERROR(MakeBootParts(plan.boot, machine));
  for (const std::string& file : plan.disks) machine.disks.push_back(BuiltDisk(file));
  machine.smbios_texts = plan.smbios;
  machine.networking.mode = plan.networking;
  const AccelDecision decision =
      DecideAccel(ChosenAccel(plan, environment), {.guest = plan.arch,
                                                   .memory = MemoryOf(environment, machine),
                                                   .kvm_device = environment.kvm_device});
  if (!decision.reason.empty()) Say(decision.reason);
  machine.accel = decision.accel;
  return machine;
}

// From start to READY. Firmware reads media slowly in emulation, UEFI most of all.
milliseconds FirmwareLimit(const TestPlan& plan) {
  if (plan.boot.firmware_choice() != FirmwareChoice::kSeaBios) return std::chrono::seconds(180);
  return std::chrono::seconds(plan.boot.loads_kernel() ? 60 : 120);
}

// Serves the directory that QEMU's TFTP would serve.
absl::StatusOr<std::optional<NetbootServer>> StartServer(const TestPlan& plan, Machine& machine) {
  if (plan.netboot_server.empty()) return std::nullopt;
  NetworkBoot& boot = machine.networking.boot;
  ABSL_ASSIGN_OR_RETURN(NetbootServer server,
                        NetbootServer::Start(plan.netboot_server, boot.tftp_directory));
  boot.bootfile = server.Url(boot.bootfile);
  boot.tftp_directory.clear();
  return std::optional<NetbootServer>(std::move(server));
}

absl::Status KeepTranscript(const TestEnvironment& environment, const BootSession& session) {
  if (environment.outputs_dir.empty() || session.transcript().empty()) return absl::OkStatus();
  return WriteFile(absl::StrCat(environment.outputs_dir, "/channel.log"), session.transcript());
}

struct BootEnd {
  absl::Status verdict;
  std::string report;      // for people
  KvmProblem kvm_problem;  // see BootSession
  bool guest_lived = false;
  milliseconds duration{0};
};

BootEnd Boot(const TestPlan& plan, const TestEnvironment& environment, const Machine& machine,
             SessionOptions options) {
  const Clock::time_point start = Clock::now();
  options.nonce = MakeNonce();
  if (!environment.outputs_dir.empty()) {
    options.serial_log = absl::StrCat(environment.outputs_dir, "/serial.log");
    options.container_logs = absl::StrCat(environment.outputs_dir, "/logs");
  }
  BootSession session(plan, machine, std::move(options));
  BootEnd end;
  end.verdict = session.Run();
  end.verdict.Update(KeepTranscript(environment, session));
  end.report = end.verdict.ok() ? PassReport(session, machine)
                                : FailureReport(end.verdict, session, machine);
  end.kvm_problem = session.kvm_problem();
  end.guest_lived = session.guest_lived();
  end.duration = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  return end;
}

// Boots again what KVM did not run.
absl::StatusOr<BootEnd> BootUnderTcg(const TestPlan& plan, const TestEnvironment& environment,
                                     Machine machine, const SessionOptions& options,
                                     const KvmProblem& kvm_problem) {
  Say(absl::StrCat(kvm_problem.text, "; starting the same machine under TCG"));
  machine.accel = Accel::kTcg;
  ABSL_RETURN_IF_ERROR(RestoreFirmware(plan, environment, machine));
  BootEnd end = Boot(plan, environment, machine, options);
  // What shows no life under TCG either says nothing about KVM.
  if (end.guest_lived) RememberKvmProblem(MemoryOf(environment, machine), kvm_problem);
  return end;
}

}  // namespace

absl::StatusOr<TestEnvironment> ReadTestEnvironment(
    const std::function<const char*(const char*)>& get) {
  const auto variable = [&](const char* name) {
    const char* const value = get(name);
    return std::string(value == nullptr ? "" : value);
  };
  TestEnvironment environment;
  environment.temp_dir = variable("TEST_TMPDIR");
  if (environment.temp_dir.empty()) environment.temp_dir = "/tmp";
  environment.outputs_dir = variable("TEST_UNDECLARED_OUTPUTS_DIR");
  if (const std::string accel = variable("LINUXKIT_TEST_ACCEL"); !accel.empty()) {
    ABSL_ASSIGN_OR_RETURN(environment.accel, ParseAccel("LINUXKIT_TEST_ACCEL", accel));
  }
  if (const std::string scale = variable("LINUXKIT_TEST_DEADLINE_SCALE"); !scale.empty()) {
    ABSL_ASSIGN_OR_RETURN(environment.deadline_scale,
                          ParseFactor("LINUXKIT_TEST_DEADLINE_SCALE", scale));
  }
  int64_t seconds = 0;
  if (absl::SimpleAtoi(variable("TEST_TIMEOUT"), &seconds) && seconds > 0) {
    environment.limit = std::chrono::seconds(seconds);
  }
  return environment;
}

SessionOptions SessionLimits(const TestPlan& plan, const TestEnvironment& environment) {
  const double scale = plan.deadline_scale * environment.deadline_scale;
  SessionOptions options;
  options.ready_limit = Scaled(FirmwareLimit(plan), scale);
  options.assert_limit = Scaled(options.assert_limit, scale);
  options.shutdown_limit = Scaled(options.shutdown_limit, scale);
  options.failed_limit = Scaled(options.failed_limit, scale);
  options.refused_watch = Scaled(options.refused_watch, scale);
  options.whole_limit = Scaled(environment.limit, 0.9);
  options.life = environment.life;
  return options;
}

absl::Status RunBootTest(const TestPlan& plan, const TestEnvironment& environment) {
  // Where QEMU keeps what a guest writes to a medium. Its own choice, /var/tmp, may be read-only.
  setenv("TMPDIR", environment.temp_dir.c_str(), /*overwrite=*/1);
  ABSL_ASSIGN_OR_RETURN(Machine machine, TestMachine(plan, environment));
  ABSL_ASSIGN_OR_RETURN(const std::optional<NetbootServer> server, StartServer(plan, machine));
  SessionOptions options = SessionLimits(plan, environment);
  BootEnd end = Boot(plan, environment, machine, options);
  if (ChosenAccel(plan, environment) == AccelChoice::kAuto && !end.kvm_problem.empty()) {
    options.whole_limit -= end.duration;
    ABSL_ASSIGN_OR_RETURN(
        end, BootUnderTcg(plan, environment, std::move(machine), options, end.kvm_problem));
  }
  std::fputs(end.report.c_str(), end.verdict.ok() ? stdout : stderr);
  return end.verdict;
}

}  // namespace linuxkit
