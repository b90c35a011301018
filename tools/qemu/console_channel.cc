#include "tools/qemu/console_channel.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/shell_quote.h"

namespace linuxkit {
namespace {

constexpr size_t kLineLimit = 16 << 10;
constexpr size_t kOutputLimit = 1 << 20;

}  // namespace

ConsoleChannel::ConsoleChannel(std::string nonce, const Pattern& prompt,
                               std::string poweroff_command)
    : nonce_(std::move(nonce)), prompt_(prompt), poweroff_command_(std::move(poweroff_command)) {}

std::string ConsoleChannel::SplitNonce() const {
  const size_t half = nonce_.size() / 2;
  return absl::StrCat(nonce_.substr(0, half), "\"\"", nonce_.substr(half));
}

absl::Status ConsoleChannel::Receive(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n' || line_.size() >= kLineLimit) {
      OnLine(line_);
      line_.clear();
    }
    if (c != '\n' && c != '\r') line_.push_back(c);
  }
  if (!prompted_ && !line_.empty() && prompt_.FoundIn(line_)) AskForReady();
  return absl::OkStatus();
}

void ConsoleChannel::Type(std::string_view line) {
  NoteSaid(line);
  absl::StrAppend(&outgoing(), line, "\n");
}

void ConsoleChannel::AskForReady() {
  prompted_ = true;
  Type(absl::StrCat("echo ", SplitNonce(), " READY"));
}

// A kernel message may have been written behind the prompt, or the shell may have thrown away what
// was typed too early.
void ConsoleChannel::OnQuiet() {
  prompted_ = false;
  Type("");
}

void ConsoleChannel::OnLine(std::string_view line) {
  const size_t at = line.find(absl::StrCat(nonce_, " "));
  if (at != std::string_view::npos) {
    OnMarker(line.substr(0, at), line.substr(at + nonce_.size() + 1));
  } else if (collecting_ && output_.size() < kOutputLimit) {
    absl::StrAppend(&output_, line, "\n");
  }
}

// `before`: the end of an output without a final newline.
void ConsoleChannel::OnMarker(std::string_view before, std::string_view marker) {
  if (marker == "READY") {
    ready_ = true;
  } else if (marker == absl::StrCat("BEGIN ", commands_)) {
    collecting_ = true;
  } else if (collecting_ && absl::ConsumePrefix(&marker, absl::StrCat("EXIT ", commands_, " "))) {
    CommandResult result{.status = 0, .output = absl::StrCat(std::exchange(output_, ""), before)};
    collecting_ = false;
    if (!absl::SimpleAtoi(marker, &result.status)) result.status = 255;
    finished_ = std::move(result);
  }
}

std::string ConsoleChannel::Progress() const {
  return prompted_
             ? "the shell on the console did not run a command"
             : absl::StrCat("no shell prompt on the console matched \"", prompt_.text(), "\"");
}

void ConsoleChannel::Execute(const PlannedCommand& command) {
  ++commands_;
  Type(absl::StrCat("echo ", SplitNonce(), " BEGIN ", commands_, "; sh -c ",
                    ShellQuote(command.shell), " 2>&1; echo ", SplitNonce(), " EXIT ", commands_,
                    " $?"));
}

std::optional<CommandResult> ConsoleChannel::TakeResult() {
  return std::exchange(finished_, std::nullopt);
}

bool ConsoleChannel::PowerOff() {
  Type(poweroff_command_);
  return true;
}

absl::Status ConsoleChannel::CheckShutdown(bool powered_down) const {
  if (powered_down) return absl::OkStatus();
  return Failure(FailureClass::kShutdown,
                 "the machine went off, but its kernel never said \"reboot: Power down\"");
}

}  // namespace linuxkit
