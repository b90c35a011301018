// What a session hears and says: QEMU, the serial console, the test channel and the guest's ports,
// all behind one poll().
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "tools/qemu/boot_session.h"

namespace linuxkit {
namespace {

using std::chrono::milliseconds;

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

}  // namespace

void BootSession::StepProbes() {
  for (ServiceProbe& probe : probes_) probe.Step(Clock::now());
}

BootSession::Clock::time_point BootSession::NextTime() const {
  Clock::time_point next = std::min(deadline_, monitor_->next_time());
  if (complaint_until_) next = std::min(next, *complaint_until_);
  if (phase_ == Phase::kBooting) next = std::min(next, last_data_ + kQuiet);
  if (phase_ == Phase::kAsserting) {
    for (const ServiceProbe& probe : probes_) {
      if (!probe.done()) next = std::min(next, probe.next_time());
    }
  }
  return next;
}

void BootSession::Poll() {
  // A negative descriptor is ignored by poll(); the first five have fixed places.
  std::vector<pollfd> fds = {{qemu_->exit_fd(), POLLIN, 0},
                             {console_fd_.get(), POLLIN, 0},
                             {result_fd_.get(), POLLIN, 0},
                             {output_fd_.get(), POLLIN, 0},
                             {monitor_->fd(), monitor_->events(), 0}};
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
  monitor_->Step();
  // After its monitor: it says why it stopped before it says that it did.
  ReadQemuOutput();
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
  const bool direct = !machine_.kernel.empty();
  monitor_->SeeConsole(direct ? serial_.KernelSpoke() : serial_.KernelStamped());
  if (plan_.channel == ChannelKind::kConsole) channel_status_.Update(channel_->Receive(bytes));
}

void BootSession::ReadResult() {
  const std::string bytes = ReadAvailable(result_fd_);
  if (bytes.empty()) return;
  monitor_->SeeProof();
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
  outgoing.erase(0, sent < 0 ? outgoing.size() : static_cast<size_t>(sent));
}

}  // namespace linuxkit
