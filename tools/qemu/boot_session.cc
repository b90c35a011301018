#include "tools/qemu/boot_session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/make_channel.h"
#include "tools/qemu/publish.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

// After a forbidden line: long enough for the rest of a panic, which QEMU's end usually cuts short
// anyway.
constexpr milliseconds kAfterForbidden{1000};
// A console that says nothing for so long before it is ready gets a newline.
constexpr milliseconds kQuiet{2000};
constexpr size_t kQemuOutputLimit = 64 << 10;
constexpr size_t kReadAtOnce = 1 << 20;

// Reads all that is there without waiting; closes `fd` when the other side is gone.
std::string ReadAvailable(FileDescriptor& fd) {
  std::string bytes;
  char buffer[16384];
  while (fd.get() >= 0) {
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got > 0) bytes.append(buffer, static_cast<size_t>(got));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) fd = FileDescriptor();
    // A guest that writes for ever must not keep us from looking at the clock.
    if (bytes.size() >= kReadAtOnce) break;
  }
  return bytes;
}

FileDescriptor NonBlocking(FileDescriptor fd) {
  if (fd.get() >= 0) fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  return fd;
}

// "< " or "> " and one line of the test channel.
void Transcribe(std::string_view arrow, std::string_view bytes, std::string& transcript) {
  for (const std::string_view line : absl::StrSplit(bytes, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&transcript, arrow, line, "\n");
  }
}

std::string FirstLine(std::string_view text) {
  const std::vector<std::string_view> lines =
      absl::StrSplit(absl::StripAsciiWhitespace(text), '\n');
  return std::string(lines.front());
}

std::string Seconds(milliseconds duration) {
  return absl::StrCat(static_cast<double>(duration.count()) / 1000.0, " s");
}

}  // namespace

BootSession::BootSession(const TestPlan& plan, Machine machine, SessionOptions options)
    : plan_(plan),
      machine_(std::move(machine)),
      options_(std::move(options)),
      serial_(plan.refused.empty() ? plan.expect : plan.refused, plan.forbid, options_.serial_log,
              plan.refused.empty() ? KernelComplaints::kForbidden : KernelComplaints::kIgnored),
      channel_(MakeChannel(plan, options_.nonce)) {}

absl::Status BootSession::Run() {
  ABSL_RETURN_IF_ERROR(Start());
  absl::Status verdict = Loop();
  // What QEMU said last often explains why it ended.
  ReadQemuOutput();
  qemu_.reset();
  return verdict;
}

absl::Status BootSession::Start() {
  ABSL_ASSIGN_OR_RETURN(DescriptorPair console, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  DescriptorPair result;
  machine_.console = Console::kSocket;
  machine_.console_fd = console.second.get();
  if (plan_.channel == ChannelKind::kGuest) {
    ABSL_ASSIGN_OR_RETURN(result, MakeSocketPair());
    machine_.result_fd = result.second.get();
    HandOverNonce();
  }
  for (const PortProbe& probe : plan_.ports) {
    ABSL_ASSIGN_OR_RETURN(const uint16_t host_port, FindFreePort());
    machine_.networking.publish.push_back({host_port, probe.port, false});
    probes_.emplace_back(probe, host_port);
  }
  argv_ = QemuCommandLine(machine_);
  SpawnOptions spawn{
      .stdout_fd = output.second.get(), .stderr_fd = output.second.get(), .kept_fds = {}};
  spawn.kept_fds.push_back(console.second.get());
  if (result.second.get() >= 0) spawn.kept_fds.push_back(result.second.get());
  absl::StatusOr<Process> process = Process::Start(argv_, spawn);
  if (!process.ok()) return Failure(FailureClass::kEmulator, process.status().message());
  qemu_.emplace(*std::move(process));
  console_fd_ = NonBlocking(std::move(console.first));
  result_fd_ = NonBlocking(std::move(result.first));
  output_fd_ = NonBlocking(std::move(output.first));
  start_ = last_data_ = Clock::now();
  EnterPhase(Phase::kBooting, options_.ready_limit);
  return absl::OkStatus();
}

void BootSession::HandOverNonce() {
  const std::string word = absl::StrCat("linuxkit.test=", options_.nonce);
  // What firmware boots has its command line inside.
  if (machine_.kernel.empty()) {
    machine_.smbios_texts.push_back(word);
  } else {
    absl::StrAppend(&machine_.cmdline, " ", word);
  }
}

void BootSession::EnterPhase(Phase phase, milliseconds limit) {
  const Clock::time_point now = Clock::now();
  const auto left = std::chrono::duration_cast<milliseconds>(start_ + options_.whole_limit - now);
  phase_ = phase;
  phase_limit_ = std::min(limit, left);
  deadline_ = now + phase_limit_;
}

absl::Status BootSession::Loop() {
  for (;;) {
    ABSL_RETURN_IF_ERROR(Advance());
    if (refused_) return absl::OkStatus();
    if (exited_) {
      // Its last bytes are in the sockets by now.
      ReadSerial();
      ReadResult();
      ReadQemuOutput();
      ABSL_RETURN_IF_ERROR(channel_status_);
      ABSL_RETURN_IF_ERROR(serial_.forbidden());
      ABSL_RETURN_IF_ERROR(AdvanceRefused());
      return AtExit(qemu_->Wait());
    }
    Write();
    Poll();
  }
}

absl::Status BootSession::Advance() {
  ABSL_RETURN_IF_ERROR(AdvanceForbidden());
  ABSL_RETURN_IF_ERROR(channel_status_);
  ABSL_RETURN_IF_ERROR(expects_refusal() ? AdvanceRefused() : AdvanceBooting());
  if (phase_ == Phase::kAsserting) {
    ABSL_RETURN_IF_ERROR(AdvanceAssertions());
  }
  if (!refused_ && !exited_ && Clock::now() >= deadline_) return AtDeadline();
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceBooting() {
  if (phase_ != Phase::kBooting) return absl::OkStatus();
  if (!serial_.firmware_gave_up().empty()) {
    return Failure(FailureClass::kFirmware,
                   absl::StrCat("the firmware found nothing to boot: ",
                                absl::CHexEscape(serial_.firmware_gave_up())));
  }
  if (channel_->Ready()) EnterPhase(Phase::kAsserting, options_.assert_limit);
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceRefused() {
  if (!expects_refusal()) return absl::OkStatus();
  if (!transcript_.empty()) {
    return Failure(
        FailureClass::kExpectation,
        absl::StrCat("the guest runs, though its boot should have been refused; it said: ",
                     FirstLine(transcript_)));
  }
  if (phase_ == Phase::kBooting && serial_.AllSeen()) {
    EnterPhase(Phase::kRefused, options_.refused_watch);
  }
  const bool over = exited_ || Clock::now() >= deadline_;
  refused_ = phase_ == Phase::kRefused && over;
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceForbidden() {
  if (serial_.forbidden().ok()) return absl::OkStatus();
  if (!forbidden_since_) forbidden_since_ = Clock::now();
  if (Clock::now() < *forbidden_since_ + kAfterForbidden) return absl::OkStatus();
  return serial_.forbidden();
}

absl::Status BootSession::AdvanceAssertions() {
  StepProbes();
  ABSL_RETURN_IF_ERROR(AdvanceCommands());
  if (MissingAssertions().empty()) StartShutdown();
  return absl::OkStatus();
}

absl::Status BootSession::AdvanceCommands() {
  if (command_running_) {
    const std::optional<CommandResult> result = channel_->TakeResult();
    if (!result) return absl::OkStatus();
    const PlannedCommand& command = plan_.commands[next_command_++];
    command_running_ = false;
    const bool matches = !command.expect || command.expect->FoundIn(result->output);
    if (result->status != 0 || !matches) {
      return Failure(
          FailureClass::kExpectation,
          absl::StrCat(
              "command \"", command.shell, "\" in ", command.container, " ended with status ",
              result->status,
              matches
                  ? ""
                  : absl::StrCat(" and its output does not match \"", command.expect->text(), "\""),
              "; output: ", absl::CHexEscape(std::string_view(result->output).substr(0, 2000))));
    }
  }
  if (next_command_ < plan_.commands.size()) {
    channel_->Execute(plan_.commands[next_command_]);
    command_running_ = true;
  }
  return absl::OkStatus();
}

void BootSession::StartShutdown() {
  EnterPhase(Phase::kStopping, options_.shutdown_limit);
  if (channel_->PowerOff()) return;
  stopped_by_us_ = true;
  qemu_->Signal(SIGTERM);
}

// What still has to hold, one clause each; empty if everything does.
std::string BootSession::MissingAssertions() const {
  std::vector<std::string> missing;
  for (const std::string& text : serial_.Missing()) {
    missing.push_back(absl::StrCat("no line of the serial console matched \"", text, "\""));
  }
  for (const ServiceProbe& probe : probes_) {
    if (!probe.done()) missing.push_back(probe.Problem());
  }
  if (next_command_ < plan_.commands.size()) {
    missing.push_back(
        absl::StrCat("command \"", plan_.commands[next_command_].shell, "\" did not end"));
  }
  return absl::StrJoin(missing, "; ");
}

void BootSession::StepProbes() {
  for (ServiceProbe& probe : probes_) probe.Step(Clock::now());
}

BootSession::Clock::time_point BootSession::NextTime() const {
  Clock::time_point next = deadline_;
  if (forbidden_since_) next = std::min(next, *forbidden_since_ + kAfterForbidden);
  if (phase_ == Phase::kBooting) next = std::min(next, last_data_ + kQuiet);
  if (phase_ == Phase::kAsserting) {
    for (const ServiceProbe& probe : probes_) {
      if (!probe.done()) next = std::min(next, probe.next_time());
    }
  }
  return next;
}

void BootSession::Poll() {
  // A negative descriptor is ignored by poll(); the first four have fixed places.
  std::vector<pollfd> fds = {{qemu_->exit_fd(), POLLIN, 0},
                             {console_fd_.get(), POLLIN, 0},
                             {result_fd_.get(), POLLIN, 0},
                             {output_fd_.get(), POLLIN, 0}};
  const bool to_console = plan_.channel == ChannelKind::kConsole;
  if (!channel_->outgoing().empty()) fds[to_console ? 1 : 2].events |= POLLOUT;
  if (phase_ == Phase::kAsserting) {
    for (const ServiceProbe& probe : probes_) fds.push_back({probe.fd(), probe.events(), 0});
  }
  const auto left = std::chrono::ceil<milliseconds>(NextTime() - Clock::now());
  poll(fds.data(), fds.size(), static_cast<int>(std::max<int64_t>(0, left.count())));
  constexpr short kReadable = POLLIN | POLLHUP | POLLERR;
  if (fds[1].revents & kReadable) ReadSerial();
  if (fds[2].revents & kReadable) ReadResult();
  if (fds[3].revents & kReadable) ReadQemuOutput();
  if (fds[0].revents != 0) exited_ = true;
  if (phase_ == Phase::kBooting && Clock::now() >= last_data_ + kQuiet) {
    last_data_ = Clock::now();
    channel_->OnQuiet();
  }
}

void BootSession::ReadSerial() {
  const std::string bytes = ReadAvailable(console_fd_);
  if (bytes.empty()) return;
  last_data_ = Clock::now();
  serial_.Append(bytes);
  if (plan_.channel == ChannelKind::kConsole) channel_status_.Update(channel_->Receive(bytes));
}

void BootSession::ReadResult() {
  const std::string bytes = ReadAvailable(result_fd_);
  if (bytes.empty()) return;
  Transcribe("< ", bytes, transcript_);
  channel_status_.Update(channel_->Receive(bytes));
}

void BootSession::ReadQemuOutput() {
  const std::string bytes = ReadAvailable(output_fd_);
  if (qemu_output_.size() < kQemuOutputLimit) qemu_output_ += bytes;
}

void BootSession::Write() {
  std::string& outgoing = channel_->outgoing();
  const int fd = plan_.channel == ChannelKind::kConsole ? console_fd_.get() : result_fd_.get();
  if (outgoing.empty()) return;
  // Towards a guest that is gone, bytes are dropped: its end is an event of its own.
  const ssize_t sent =
      fd < 0 ? static_cast<ssize_t>(outgoing.size())
             : send(fd, outgoing.data(), outgoing.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno == EAGAIN) return;
  const size_t count = sent < 0 ? outgoing.size() : static_cast<size_t>(sent);
  Transcribe("> ", std::string_view(outgoing).substr(0, count), transcript_);
  outgoing.erase(0, count);
}

absl::Status BootSession::AtDeadline() const {
  const std::string after = absl::StrCat("after ", Seconds(phase_limit_), " ");
  if (phase_ == Phase::kAsserting) {
    return Failure(FailureClass::kExpectation, absl::StrCat(after, MissingAssertions()));
  }
  if (phase_ == Phase::kStopping) {
    return Failure(FailureClass::kShutdown,
                   absl::StrCat(after, "the machine is still on, though asked to go off; ",
                                channel_->Progress()));
  }
  return AtDeadlineOfBoot(after);
}

absl::Status BootSession::AtDeadlineOfBoot(std::string_view after) const {
  if (expects_refusal()) {
    return Failure(FailureClass::kExpectation, absl::StrCat(after, MissingAssertions()));
  }
  if (!serial_.KernelSpoke() && machine_.kernel.empty()) {
    return Failure(FailureClass::kFirmware,
                   absl::StrCat(after,
                                "nothing but the firmware has written to the serial console; does "
                                "it boot the medium, and has the command line console=ttyS0?"));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(
        FailureClass::kFirmware,
        absl::StrCat(
            after, "the kernel has written nothing to the serial console; does the command line \"",
            machine_.cmdline, "\" have console=ttyS0?"));
  }
  return Failure(FailureClass::kDeadline,
                 absl::StrCat(after, "the guest is not ready; ", channel_->Progress()));
}

absl::Status BootSession::AtExit(const ExitStatus& status) {
  if (refused_) return absl::OkStatus();
  if (!status.success() && !stopped_by_us_) {
    return Failure(FailureClass::kEmulator, absl::StrCat("QEMU ended with ", status.Describe(),
                                                         ": ", FirstLine(qemu_output_)));
  }
  if (phase_ == Phase::kStopping) return channel_->CheckShutdown(serial_.PoweredDown());
  if (expects_refusal()) {
    return Failure(FailureClass::kExpectation,
                   absl::StrCat("the machine went off, and ", MissingAssertions()));
  }
  if (!serial_.KernelSpoke()) {
    return Failure(FailureClass::kFirmware,
                   "the machine went off before a kernel wrote to the serial console");
  }
  const std::string missing = MissingAssertions();
  return Failure(
      FailureClass::kGuest,
      absl::StrCat("the machine went off before the test was over (a reboot counts as that); ",
                   phase_ == Phase::kBooting ? channel_->Progress() : missing));
}

}  // namespace linuxkit
