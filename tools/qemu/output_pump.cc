#include "tools/qemu/output_pump.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <utility>

namespace linuxkit {
namespace {

// Of bytes that are kept back.
constexpr size_t kHeldLimit = 64 << 10;

}  // namespace

OutputPump::OutputPump(FileDescriptor from, int to) : from_(std::move(from)), to_(to) {
  if (from_.get() >= 0) fcntl(from_.get(), F_SETFL, fcntl(from_.get(), F_GETFL) | O_NONBLOCK);
}

pollfd OutputPump::entry() const {
  if (!held_back_ && !pending_.empty()) return {to_, POLLOUT, 0};
  return {from_.get(), POLLIN, 0};
}

std::string OutputPump::Step() {
  Write();
  if (!held_back_ && !pending_.empty()) return "";
  std::string bytes = Read();
  if (pending_.size() < kHeldLimit) pending_ += bytes;
  Write();
  return bytes;
}

std::string OutputPump::Drain() {
  std::string all;
  for (std::string bytes = Step(); !bytes.empty(); bytes = Step()) all += bytes;
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
