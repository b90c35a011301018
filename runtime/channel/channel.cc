#include "runtime/channel/channel.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/base/smbios.h"

namespace linuxkit {
namespace {

// How long a host may take no byte.
constexpr std::chrono::seconds kPatience(5);

// Instead of a nonce on the command line of an image that was made before the nonce was.
constexpr std::string_view kNonceInSmbios = "smbios";

// The device of the port that is called kChannelPort.
std::optional<std::string> FindPort(const std::string& directory) {
  const absl::StatusOr<std::vector<std::string>> ports = ListDirectory(directory);
  if (!ports.ok()) return std::nullopt;
  for (const std::string& port : *ports) {
    const absl::StatusOr<std::string> name = ReadFile(absl::StrCat(directory, "/", port, "/name"));
    if (name.ok() && absl::StripAsciiWhitespace(*name) == kChannelPort) return "/dev/" + port;
  }
  return std::nullopt;
}

}  // namespace

std::string FindNonce(const KernelCommandLine& command_line,
                      const std::function<std::string()>& smbios) {
  // Whatever else the command line says.
  if (command_line.HasWord(absl::StrCat(kChannelWord, "=off"))) return "";
  absl::StatusOr<std::optional<std::string>> word = command_line.Value(kChannelWord);
  if (!SayIfError(word.status(), "the test channel stays off")) return "";
  std::optional<std::string> nonce = *std::move(word);
  if (!nonce.has_value() || *nonce == kNonceInSmbios) {
    for (const std::string& text : OemStrings(smbios())) {
      std::string_view rest = text;
      if (absl::ConsumePrefix(&rest, kChannelWord) && absl::ConsumePrefix(&rest, "=")) nonce = rest;
    }
  }
  return nonce.has_value() && IsNonce(*nonce) ? *nonce : "";
}

Channel::Channel(EventLoop& loop, const KernelCommandLine& command_line, OnCommand on_command)
    : loop_(loop), on_command_(std::move(on_command)) {
  nonce_ = FindNonce(command_line, [] { return ReadFile(kSmbiosTable).value_or(""); });
  if (nonce_.empty()) return;
  outgoing_ = GuestLine(nonce_, {"HELLO", kProtocolVersion});
  Attach();
}

Channel::~Channel() {
  if (port_.ok()) loop_.Unwatch(port_.get());
}

void Channel::Attach(const std::string& ports_directory) {
  if (!IsWaiting()) return;
  const std::optional<std::string> device = FindPort(ports_directory);
  if (!device.has_value()) return;
  port_ = Fd(open(device->c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!port_.ok()) {
    SayIfError(SystemError(errno, absl::StrCat("test channel ", *device)));
    return;
  }
  // Edge-triggered: while no host is connected the port reports a hang-up all the time.
  loop_.Watch(port_.get(), EPOLLIN | EPOLLOUT | EPOLLET, [this](uint32_t) { HandleReady(); });
  HandleReady();
}

void Channel::Send(std::initializer_list<std::string_view> fields) {
  if (nonce_.empty()) return;
  outgoing_ += GuestLine(nonce_, fields);
  Write();
}

bool Channel::Drain(size_t most) {
  if (!port_.ok()) return outgoing_.empty();
  return loop_.RunUntil([this, most] { return outgoing_.size() <= most; }, kPatience);
}

void Channel::Flush() {
  if (!Drain(0) && port_.ok()) Say("test channel: the host has not read everything");
}

void Channel::HandleReady() {
  Write();
  Read();
}

void Channel::Write() {
  if (!port_.ok() || outgoing_.empty()) return;
  size_t done = 0;
  while (done < outgoing_.size()) {
    const ssize_t count = write(port_.get(), outgoing_.data() + done, outgoing_.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  outgoing_.erase(0, done);
  if (outgoing_.empty() && on_drained_) on_drained_();
}

void Channel::Read() {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t count = read(port_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    // 0: no host is connected.
    if (count <= 0) return;
    for (const char c : std::string_view(buffer.data(), static_cast<size_t>(count))) {
      if (c == '\n') {
        if (!skipping_) HandleLine(incoming_);
        incoming_.clear();
        skipping_ = false;
      } else if (incoming_.size() < kMaxChannelLine) {
        incoming_.push_back(c);
      } else {
        skipping_ = true;
      }
    }
  }
}

void Channel::HandleLine(std::string_view line) {
  const absl::StatusOr<HostCommand> command = ParseHostLine(nonce_, line);
  if (SayIfError(command.status(), "test channel")) on_command_(*command);
}

}  // namespace linuxkit
