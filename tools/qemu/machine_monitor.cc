#include "tools/qemu/machine_monitor.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/printable.h"

namespace linuxkit {
namespace {

// How often the guest is looked at while it has shown no life.
constexpr std::chrono::milliseconds kLook{1000};

// Run states that nothing but a person at the monitor leaves. A suspended guest is woken by its
// clock or by a key.
constexpr std::array<std::string_view, 4> kStopped = {"internal-error", "io-error",
                                                      "guest-panicked", "watchdog"};
// Of QEMU's words in a line of ours.
constexpr size_t kQuoted = 400;

// The memory that a process has touched; 0 if nobody knows.
uint64_t ResidentBytes(pid_t pid) {
  const absl::StatusOr<std::string> text = ReadFile(absl::StrCat("/proc/", pid, "/statm"), 4096);
  if (!text.ok()) return 0;
  const std::vector<std::string_view> fields = absl::StrSplit(*text, ' ');
  uint64_t pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[1], &pages)) return 0;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

MachineMonitor::MachineMonitor(FileDescriptor fd, pid_t pid, Accel accel, const LifeLimits& limits)
    : fd_(std::move(fd)),
      pid_(pid),
      accel_(accel),
      limits_(limits),
      life_(limits, Clock::now()),
      next_look_(Clock::now() + kLook) {}

short MachineMonitor::events() const { return qmp_.outgoing().empty() ? POLLIN : POLLIN | POLLOUT; }

MachineMonitor::Clock::time_point MachineMonitor::next_time() const {
  if (life_.proven() || accel_ != Accel::kKvm) return Clock::time_point::max();
  return std::min(next_look_, life_.deadline());
}

void MachineMonitor::Step() {
  Read();
  LookAtGuest(Clock::now());
  Write();
}

void MachineMonitor::Read() {
  char buffer[4096];
  while (fd_.get() >= 0) {
    const ssize_t got = recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    const bool understood =
        got > 0 && qmp_.Receive(std::string_view(buffer, static_cast<size_t>(got))).ok();
    // Its run state stays unknown then. The guest is watched all the same.
    if (!understood) fd_ = FileDescriptor();
  }
}

void MachineMonitor::Write() {
  std::string& outgoing = qmp_.outgoing();
  if (outgoing.empty()) return;
  const ssize_t sent = fd_.get() < 0 ? static_cast<ssize_t>(outgoing.size())
                                     : send(fd_.get(), outgoing.data(), outgoing.size(),
                                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) outgoing.erase(0, static_cast<size_t>(sent));
}

void MachineMonitor::LookAtGuest(Clock::time_point now) {
  if (life_.proven() || accel_ != Accel::kKvm) return;
  life_.SeeHalts(qmp_.halts(), now);
  if (now < next_look_) return;
  next_look_ = now + kLook;
  life_.SeeMemory(ResidentBytes(pid_), now);
  if (!run_state().empty()) qmp_.AskHalts();
}

void MachineMonitor::SeeConsole(bool kernel_spoke) {
  life_.SeeFirmware(Clock::now());
  if (kernel_spoke) life_.SeeProof();
}

bool MachineMonitor::EndsOnPurpose() const {
  return !qmp_.shutdown_reason().empty() && qmp_.shutdown_reason() != "guest-reset";
}

std::string MachineMonitor::Stopped() const {
  if (std::find(kStopped.begin(), kStopped.end(), run_state()) == kStopped.end()) return "";
  const std::string& detail = qmp_.stop_detail();
  return absl::StrCat("run state ", run_state(), detail.empty() ? "" : " (", detail,
                      detail.empty() ? "" : ")");
}

KvmProblem MachineMonitor::Problem(std::string_view qemu_output) const {
  if (accel_ != Accel::kKvm) return {};
  if (run_state() == "internal-error") {
    return {.text = absl::StrCat("KVM stopped a guest with run state internal-error",
                                 QemuSays(qemu_output))};
  }
  if (!life_.GivenUp(Clock::now())) return {};
  const double seconds = static_cast<double>(limits_.first.count()) / 1000;
  return {.text = absl::StrCat("a guest under KVM showed no sign of life for ", seconds, " s",
                               run_state().empty() ? "" : ", run state ", run_state(),
                               QemuSays(qemu_output))};
}

KvmProblem MachineMonitor::ProblemAtEnd(const std::optional<ExitStatus>& status,
                                        std::string_view qemu_output) const {
  if (accel_ != Accel::kKvm || life_.proven()) return {};
  const bool failed = status && !status->success();
  if (!failed && EndsOnPurpose()) return {};
  return EndedBeforeLife(status, qemu_output);
}

KvmProblem EndedBeforeLife(const std::optional<ExitStatus>& status, std::string_view qemu_output) {
  const std::string words = QemuSays(qemu_output);
  return {
      .text = absl::StrCat("QEMU ended", status ? absl::StrCat(" with ", status->Describe()) : "",
                           " before its guest showed life under KVM", words),
      .of_machine = true,
      .words = words};
}

std::string QemuSays(std::string_view output) {
  std::string_view said;
  for (const std::string_view line : absl::StrSplit(output, '\n', absl::SkipWhitespace())) {
    const bool warning = line.find("warning:") != line.npos;
    if (said.empty() || !warning) said = absl::StripAsciiWhitespace(line);
    if (!warning) break;
  }
  return said.empty() ? "" : absl::StrCat(": ", Printable(said, kQuoted));
}

}  // namespace linuxkit
