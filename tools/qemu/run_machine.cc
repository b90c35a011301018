#include "tools/qemu/run_machine.h"

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/background.h"
#include "tools/qemu/foreground.h"
#include "tools/qemu/process.h"
#include "tools/qemu/virtiofs.h"

namespace linuxkit {
namespace {

// How one start of the machine ended.
struct RunEnd {
  int code = 0;             // our exit code
  KvmProblem kvm_problem;   // KVM did not run the guest; the code says nothing then
  std::string failure;      // of QEMU, to be said
  bool on_purpose = false;  // see ForegroundEnd
  std::string words;        // see ForegroundEnd
};

// What is done while the machine runs.
struct RunEvents {
  std::function<void()> on_start = [] {};  // see ForegroundOptions
  std::function<void()> on_life = [] {};
};

absl::StatusOr<std::vector<Process>> StartShares(const RunOptions& options,
                                                 const Machine& machine) {
  std::vector<Process> servers;
  if (options.virtiofs.empty()) return servers;
  ABSL_ASSIGN_OR_RETURN(const std::string virtiofsd, FindVirtiofsd(options.virtiofsd));
  for (size_t i = 0; i < options.virtiofs.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(Process server,
                          StartVirtiofsd(virtiofsd, options.virtiofs[i], machine.share_sockets[i]));
    servers.push_back(std::move(server));
  }
  return servers;
}

bool MayReplaceKvm(const RunOptions& options, const Machine& machine) {
  return options.accel == AccelChoice::kAuto && machine.accel == Accel::kKvm;
}

// Ends with a problem of KVM's, or an exit code and what there is to say about it.
absl::StatusOr<RunEnd> RunAttached(const RunOptions& options, const Machine& machine,
                                   const RunEvents& events) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Process> shares, StartShares(options, machine));
  ABSL_ASSIGN_OR_RETURN(const ForegroundEnd end,
                        RunForeground(machine, {.life = options.life,
                                                .silence = options.silence,
                                                .hold_back = MayReplaceKvm(options, machine),
                                                .on_start = events.on_start,
                                                .on_life = events.on_life}));
  if (!end.kvm_problem.empty()) return RunEnd{.kvm_problem = end.kvm_problem};
  if (!end.stopped.empty()) {
    return absl::AbortedError(
        absl::StrCat("the guest stands still, ", end.stopped, "; QEMU was ended"));
  }
  RunEnd run{.code = end.status.shell_code(), .on_purpose = end.on_purpose, .words = end.words};
  if (!end.status.success()) run.failure = absl::StrCat("QEMU ended with ", end.status.Describe());
  return run;
}

absl::StatusOr<RunEnd> RunDetached(const RunOptions& options, const Machine& machine,
                                   const RunEvents& events) {
  ABSL_ASSIGN_OR_RETURN(std::vector<Process> shares, StartShares(options, machine));
  ABSL_ASSIGN_OR_RETURN(const BackgroundEnd end, RunInBackground(machine, options.life));
  if (!end.kvm_problem.empty()) return RunEnd{.kvm_problem = end.kvm_problem};
  events.on_start();
  events.on_life();
  for (Process& share : shares) share.Release();
  std::printf("pid: %d\nconsole: %s\nstop: kill %d\n", end.pid, machine.console_file.c_str(),
              end.pid);
  return RunEnd{};
}

absl::StatusOr<RunEnd> RunOnce(const RunOptions& options, const Machine& machine,
                               const RunEvents& events) {
  return options.detached ? RunDetached(options, machine, events)
                          : RunAttached(options, machine, events);
}

int Finish(const RunEnd& end) {
  if (!end.failure.empty()) Say(end.failure);
  return end.code;
}

absl::StatusOr<int> RunUnderTcg(const RunOptions& options, Machine machine,
                                const KvmProblem& kvm_problem) {
  machine.accel = Accel::kTcg;
  bool told = false;
  const auto tell = [&] {
    if (told) return;
    told = true;
    Say(absl::StrCat(kvm_problem.text, "; starting the same machine under TCG (slower)"));
  };
  const auto remember = [&] { RememberKvmProblem(MemoryOf(options, machine), kvm_problem); };
  // A machine that QEMU refuses under TCG, too, is a mistake in its description: then KVM is no
  // part of the story.
  if (!kvm_problem.of_machine) tell();
  const absl::StatusOr<RunEnd> end =
      RunOnce(options, machine, {.on_start = tell, .on_life = remember});
  const std::string words(end.ok() ? end->words : end.status().message());
  if (kvm_problem.words.empty() || !words.ends_with(kvm_problem.words)) tell();
  ABSL_RETURN_IF_ERROR(end.status());
  // What shows no life under TCG either says nothing about KVM.
  if (end->code == 0 && end->on_purpose) remember();
  return Finish(*end);
}

}  // namespace

void Say(std::string_view line) { std::fprintf(stderr, "run: %s\n", std::string(line).c_str()); }

AccelMemory MemoryOf(const RunOptions& options, const Machine& machine) {
  return {.dir = options.state_dir, .qemu = machine.qemu, .machine = MachineNeeds(machine)};
}

absl::StatusOr<int> RunMachine(const RunOptions& options, Machine machine) {
  if (!options.detached && !options.gui && isatty(STDIN_FILENO)) Say("Ctrl-A x ends the machine");
  ABSL_ASSIGN_OR_RETURN(const RunEnd end, RunOnce(options, machine, {}));
  if (end.kvm_problem.empty()) return Finish(end);
  if (!MayReplaceKvm(options, machine)) {
    return absl::UnavailableError(
        absl::StrCat(end.kvm_problem.text, "; --accel=tcg runs it without KVM"));
  }
  return RunUnderTcg(options, std::move(machine), end.kvm_problem);
}

}  // namespace linuxkit
