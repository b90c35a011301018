#include "tools/qemu/output_pump.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Of bytes that are kept back.
constexpr size_t kHeldLimit = 64 << 10;
// A source that never stops must not keep its owner from everything else.
constexpr size_t kDrainLimit = 1 << 20;

// Another way to the pipe or terminal `fd`, on which writing does not wait. `fd` itself stays as it
// is: others have it, too. -1 if there is no such way or no need for it.
FileDescriptor OpenWithoutWaiting(int fd) {
  struct stat info = {};
  if (fstat(fd, &info) != 0 || (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) return FileDescriptor();
  if (!S_ISFIFO(info.st_mode) && isatty(fd) == 0) return FileDescriptor();
  return FileDescriptor(open(absl::StrCat("/proc/self/fd/", fd).c_str(),
                             O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

OutputPump::OutputPump(FileDescriptor from, int to)
    : from_(std::move(from)),
      own_to_(OpenWithoutWaiting(to)),
      to_(own_to_.get() >= 0 ? own_to_.get() : to) {
  if (from_.get() >= 0) fcntl(from_.get(), F_SETFL, fcntl(from_.get(), F_GETFL) | O_NONBLOCK);
}

pollfd OutputPump::entry() const {
  if (waits()) return {to_, POLLOUT, 0};
  return {from_.get(), POLLIN, 0};
}

std::string OutputPump::Step() {
  Write();
  if (waits()) return "";
  std::string bytes = Read();
  if (pending_.size() < kHeldLimit) pending_ += bytes;
  Write();
  return bytes;
}

std::string OutputPump::Drain() {
  std::string all;
  for (std::string bytes = Step(); !bytes.empty(); bytes = Step()) {
    all += bytes;
    if (all.size() > kDrainLimit) break;
  }
  return all;
}

void OutputPump::Write() {
  if (held_back_) return;
  while (!pending_.empty() && !broken_) {
    const ssize_t written = write(to_, pending_.data(), pending_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    broken_ = written < 0;
    if (written > 0) pending_.erase(0, static_cast<size_t>(written));
  }
  if (broken_) pending_.clear();
}

std::string OutputPump::Read() {
  std::array<char, 4096> buffer;
  while (from_.get() >= 0) {
    const ssize_t got = read(from_.get(), buffer.data(), buffer.size());
    if (got > 0) return std::string(buffer.data(), static_cast<size_t>(got));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    from_ = FileDescriptor();
  }
  return "";
}

}  // namespace linuxkit
