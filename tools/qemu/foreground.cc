#include "tools/qemu/foreground.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/file.h"
#include "tools/qemu/machine_monitor.h"
#include "tools/qemu/output_pump.h"
#include "tools/qemu/publish.h"
#include "tools/qemu/serial_log.h"
#include "tools/qemu/services_line.h"
#include "tools/qemu/silence_watch.h"
#include "tools/qemu/terminal.h"

namespace linuxkit {
namespace {

using Clock = std::chrono::steady_clock;

// Within this KVM's own stop of a guest is about KVM, though the guest has said something.
constexpr std::chrono::seconds kBoot{60};
constexpr size_t kQemuWordsLimit = 64 << 10;

sigset_t PassedOnSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, signal);
  return signals;
}

// Blocks the signals to be passed on and unblocks them at the end.
class SignalPipe {
 public:
  SignalPipe() : signals_(PassedOnSignals()) {
    sigprocmask(SIG_BLOCK, &signals_, &before_);
    fd_ = FileDescriptor(signalfd(-1, &signals_, SFD_CLOEXEC));
  }
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;
  ~SignalPipe() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }
  int Read() const {
    signalfd_siginfo info = {};
    return read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                              : 0;
  }

 private:
  sigset_t signals_;
  sigset_t before_ = {};
  FileDescriptor fd_;
};

// The pipes and sockets between QEMU and us; `first` is our end of each.
struct Connections {
  DescriptorPair monitor, words, console;
};

// A machine that runs, and everything that is heard of it.
class RunningMachine {
 public:
  // The first three must outlive this.
  RunningMachine(const Machine& machine, const ForegroundOptions& options,
                 const SignalPipe& signals, Connections connections, Process qemu);

  absl::StatusOr<ForegroundEnd> Watch();

 private:
  absl::Status Poll();
  int Timeout() const;
  void Listen();
  // Whether QEMU was ended for what is found wrong.
  bool EndIfWrong();
  ForegroundEnd AtExit();
  void HearConsole(std::string_view bytes);
  // Waits for whoever reads slowly, until a signal comes.
  void PassOnRest();
  bool ExplainsSilence() const;
  void ExplainSilence();
  // Once the guest has said which services run.
  void SayWhereServicesAre(std::string_view bytes);

  const Machine& machine_;
  const ForegroundOptions& options_;
  const Clock::time_point start_ = Clock::now();
  const SignalPipe& signals_;
  Process qemu_;
  MachineMonitor monitor_;
  OutputPump words_;    // what QEMU says itself
  OutputPump console_;  // nothing if the console is a window
  SilenceWatch silence_;
  ServicesLine services_;
  std::string qemu_output_;
  bool exited_ = false;
  bool signalled_ = false;
  bool started_ = false;
  bool lived_ = false;
  ForegroundEnd end_;
};

RunningMachine::RunningMachine(const Machine& machine, const ForegroundOptions& options,
                               const SignalPipe& signals, Connections connections, Process qemu)
    : machine_(machine),
      options_(options),
      signals_(signals),
      qemu_(std::move(qemu)),
      monitor_(std::move(connections.monitor.first), qemu_.pid(), machine.accel, options.life),
      words_(std::move(connections.words.first), STDERR_FILENO),
      console_(std::move(connections.console.first), STDOUT_FILENO),
      silence_(options.silence, start_) {
  if (options.hold_back) words_.HoldBack();
}

absl::StatusOr<ForegroundEnd> RunningMachine::Watch() {
  for (;;) {
    ABSL_RETURN_IF_ERROR(Poll());
    Listen();
    if (exited_) return AtExit();
    if (EndIfWrong()) return end_;
    ExplainSilence();
  }
}

int RunningMachine::Timeout() const {
  Clock::time_point next = monitor_.next_time();
  if (ExplainsSilence()) next = std::min(next, silence_.next_time());
  if (next == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

absl::Status RunningMachine::Poll() {
  pollfd fds[] = {{qemu_.exit_fd(), POLLIN, 0},
                  {signals_.fd(), POLLIN, 0},
                  {monitor_.fd(), monitor_.events(), 0},
                  words_.entry(),
                  console_.entry()};
  if (poll(fds, std::size(fds), Timeout()) < 0) {
    return errno == EINTR ? absl::OkStatus() : absl::ErrnoToStatus(errno, "poll");
  }
  if (fds[1].revents != 0) {
    signalled_ = true;
    qemu_.SignalTree(signals_.Read());
  }
  exited_ = fds[0].revents != 0;
  return absl::OkStatus();
}

void RunningMachine::Listen() {
  monitor_.Step();
  // After its monitor: QEMU says why it stopped before it says that it did.
  const std::string words = words_.Drain();
  if (qemu_output_.size() < kQemuWordsLimit) qemu_output_ += words;
  HearConsole(exited_ ? console_.Drain() : console_.Step());
  if (!started_ && !monitor_.run_state().empty()) {
    started_ = true;
    if (options_.on_start) options_.on_start();
  }
  if (lived_ || !monitor_.proven()) return;
  lived_ = true;
  words_.Release();
  if (options_.on_life) options_.on_life();
}

void RunningMachine::HearConsole(std::string_view bytes) {
  if (bytes.empty()) return;
  silence_.Append(bytes, Clock::now());
  SayWhereServicesAre(bytes);
  const SerialLog& console = silence_.console();
  monitor_.SeeConsole(machine_.kernel.empty() ? console.KernelStamped() : console.KernelSpoke());
}

bool RunningMachine::EndIfWrong() {
  if (!monitor_.proven() || Clock::now() < start_ + kBoot) {
    end_.kvm_problem = monitor_.Problem(qemu_output_);
  }
  if (!end_.kvm_problem.empty()) return true;
  end_.stopped = monitor_.Stopped();
  if (end_.stopped.empty()) return false;
  words_.Release();
  PassOnRest();
  return true;
}

ForegroundEnd RunningMachine::AtExit() {
  end_.status = qemu_.Wait();
  end_.on_purpose = monitor_.EndsOnPurpose();
  end_.words = QemuSays(qemu_output_);
  if (!signalled_) end_.kvm_problem = monitor_.ProblemAtEnd(end_.status, qemu_output_);
  if (!end_.kvm_problem.empty()) return end_;
  words_.Release();
  PassOnRest();
  return end_;
}

void RunningMachine::PassOnRest() {
  for (;;) {
    words_.Drain();
    HearConsole(console_.Drain());
    if (signalled_ || !(words_.waits() || console_.waits())) return;
    pollfd fds[] = {{signals_.fd(), POLLIN, 0}, words_.entry(), console_.entry()};
    if (poll(fds, std::size(fds), -1) < 0 && errno != EINTR) return;
    signalled_ = fds[0].revents != 0;
  }
}

// A console whose reader is slow is not silent.
bool RunningMachine::ExplainsSilence() const {
  return machine_.console == Console::kTerminal && !console_.waits();
}

void RunningMachine::ExplainSilence() {
  if (!ExplainsSilence() || !silence_.Due(Clock::now())) return;
  std::fprintf(stderr, "run: %s\n", silence_.Report(machine_, monitor_.run_state()).c_str());
}

void RunningMachine::SayWhereServicesAre(std::string_view bytes) {
  const std::vector<Publish>& publishes = machine_.networking.publish;
  const std::optional<std::string> services = services_.See(bytes);
  if (!services || publishes.empty()) return;
  std::fprintf(stderr, "run: %s; %s\n", services->c_str(), PublishedText(publishes).c_str());
}

}  // namespace

absl::StatusOr<ForegroundEnd> RunForeground(Machine machine, const ForegroundOptions& options) {
  const TerminalGuard terminal;
  const SignalPipe signals;
  // A console that nobody reads must not end the machine.
  signal(SIGPIPE, SIG_IGN);
  Connections connections;
  ABSL_ASSIGN_OR_RETURN(connections.monitor, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(connections.words, MakePipe());
  if (machine.console == Console::kTerminal) {
    ABSL_ASSIGN_OR_RETURN(connections.console, MakePipe());
  }
  machine.monitor_fd = connections.monitor.second.get();
  SpawnOptions spawn;
  spawn.parent_death_signal = SIGTERM;
  spawn.stdout_fd = connections.console.second.get();
  spawn.stderr_fd = connections.words.second.get();
  spawn.kept_fds = {machine.monitor_fd};
  ABSL_ASSIGN_OR_RETURN(Process qemu, Process::Start(QemuCommandLine(machine), spawn));
  connections.monitor.second = FileDescriptor();
  connections.words.second = FileDescriptor();
  connections.console.second = FileDescriptor();
  return RunningMachine(machine, options, signals, std::move(connections), std::move(qemu)).Watch();
}

}  // namespace linuxkit
