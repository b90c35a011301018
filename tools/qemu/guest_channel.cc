#include "tools/qemu/guest_channel.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

constexpr size_t kLineLimit = 64 << 10;
// Enough of a command's output to match and to show.
constexpr size_t kOutputLimit = 1 << 20;

absl::Status GuestFailure(std::string_view message) {
  return Failure(FailureClass::kGuest, message);
}

// 0-255, as a shell gives it.
std::optional<int> ParseStatus(std::string_view text) {
  int status = 0;
  if (!absl::SimpleAtoi(text, &status) || status < 0 || status > 255) return std::nullopt;
  return status;
}

std::optional<std::string> Decode(std::string_view base64) {
  if (base64 == "-") return "";
  std::string text;
  if (!absl::Base64Unescape(base64, &text)) return std::nullopt;
  return text;
}

std::string Encode(std::string_view text) { return text.empty() ? "-" : absl::Base64Escape(text); }

// The start of a line for a message.
std::string Quote(std::string_view line) {
  constexpr size_t kShown = 200;
  return absl::StrCat("\"", absl::CHexEscape(line.substr(0, kShown)),
                      line.size() > kShown ? "..." : "", "\"");
}

}  // namespace

GuestChannel::GuestChannel(std::string nonce, std::vector<std::string> allow_failed)
    : nonce_(std::move(nonce)), allow_failed_(std::move(allow_failed)) {}

absl::Status GuestChannel::Receive(std::string_view bytes) {
  absl::StrAppend(&buffer_, bytes);
  size_t start = 0;
  for (size_t end; (end = buffer_.find('\n', start)) != std::string::npos; start = end + 1) {
    ABSL_RETURN_IF_ERROR(OnLine(std::string_view(buffer_).substr(start, end - start)));
  }
  buffer_.erase(0, start);
  if (buffer_.size() < kLineLimit) return absl::OkStatus();
  return GuestFailure(absl::StrCat("the guest sent a line of more than ", kLineLimit,
                                   " bytes on the test channel: ", Quote(buffer_)));
}

absl::Status GuestChannel::OnLine(std::string_view line) {
  std::string_view rest = line;
  if (!absl::ConsumePrefix(&rest, nonce_) || !absl::ConsumePrefix(&rest, " ")) {
    return GuestFailure(absl::StrCat(
        "a line on the test channel does not begin with this test's nonce: ", Quote(line)));
  }
  line_ = rest;
  const std::vector<std::string_view> words = absl::StrSplit(line_, ' ');
  if (stage_ == Stage::kGone) return OutOfOrder("after BYE");
  if (stage_ == Stage::kSilent && words[0] != "HELLO") return OutOfOrder("before HELLO");
  ABSL_RETURN_IF_ERROR(OnMessage(words[0], Fields(words).subspan(1)));
  if (words[0] != "OUT") last_line_ = line_;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnMessage(std::string_view verb, Fields fields) {
  if (verb == "HELLO") return OnHello(fields);
  if (verb == "ONBOOT") return OnOnboot(fields);
  if (verb == "SERVICE") return OnService(fields);
  if (verb == "READY") return OnReady(fields);
  if (verb == "OUT") return OnOut(fields);
  if (verb == "EXIT") return OnExit(fields);
  if (verb == "SHUTDOWN") return OnShutdown(fields);
  if (verb == "ONSHUTDOWN") return OnOnshutdown(fields);
  if (verb == "UNMOUNTED") return OnUnmounted(fields);
  if (verb == "BYE") return OnBye(fields);
  return GuestFailure(absl::StrCat("unknown message on the test channel: ", Quote(line_)));
}

absl::Status GuestChannel::Malformed() const {
  return GuestFailure(absl::StrCat("malformed message on the test channel: ", Quote(line_)));
}

absl::Status GuestChannel::OutOfOrder(std::string_view when) const {
  return GuestFailure(absl::StrCat("the guest sent ", Quote(line_), " ", when));
}

bool GuestChannel::MayFail(std::string_view container) const {
  return std::find(allow_failed_.begin(), allow_failed_.end(), container) != allow_failed_.end();
}

absl::Status GuestChannel::OnHello(Fields fields) {
  if (fields.size() != 1) return Malformed();
  if (stage_ != Stage::kSilent) return OutOfOrder("a second time; did PID 1 restart?");
  if (fields[0] != "1") {
    return GuestFailure(absl::StrCat("the guest speaks version ", fields[0],
                                     " of the test protocol, this test version 1"));
  }
  stage_ = Stage::kBooting;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnOnboot(Fields fields) {
  if (fields.size() != 2) return Malformed();
  if (stage_ != Stage::kBooting) return OutOfOrder("after READY");
  if (fields[1] == "0" || MayFail(fields[0])) return absl::OkStatus();
  if (fields[1] == "failed") {
    return GuestFailure(absl::StrCat("onboot container \"", fields[0], "\" could not be run"));
  }
  if (!ParseStatus(fields[1])) return Malformed();
  return GuestFailure(
      absl::StrCat("onboot container \"", fields[0], "\" ended with status ", fields[1]));
}

absl::Status GuestChannel::OnService(Fields fields) {
  if (fields.size() == 2 && fields[1] == "started") return absl::OkStatus();
  if (fields.size() != 3) return Malformed();
  if (fields[1] == "failed") {
    const std::optional<std::string> why = Decode(fields[2]);
    if (!why) return Malformed();
    if (MayFail(fields[0])) return absl::OkStatus();
    return GuestFailure(absl::StrCat("service \"", fields[0], "\" could not be started: ", *why));
  }
  const std::optional<int> status = ParseStatus(fields[2]);
  if (fields[1] != "exited" || !status) return Malformed();
  // Services are killed at shutdown, and a one-shot service may end well.
  if (*status == 0 || powering_off_ || MayFail(fields[0])) return absl::OkStatus();
  return GuestFailure(absl::StrCat("service \"", fields[0], "\" ended with status ", *status));
}

absl::Status GuestChannel::OnReady(Fields fields) {
  if (!fields.empty()) return Malformed();
  if (stage_ != Stage::kBooting) return OutOfOrder("a second time");
  stage_ = Stage::kReady;
  return absl::OkStatus();
}

absl::Status GuestChannel::CheckCommandId(std::string_view id) const {
  if (running_ && id == absl::StrCat(commands_)) return absl::OkStatus();
  return OutOfOrder(running_ ? absl::StrCat("while command ", commands_, " runs")
                             : "while no command runs");
}

absl::Status GuestChannel::OnOut(Fields fields) {
  if (fields.size() != 2) return Malformed();
  ABSL_RETURN_IF_ERROR(CheckCommandId(fields[0]));
  const std::optional<std::string> text = Decode(fields[1]);
  if (!text) return Malformed();
  if (result_.output.size() < kOutputLimit) result_.output += *text;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnExit(Fields fields) {
  if (fields.size() != 2) return Malformed();
  ABSL_RETURN_IF_ERROR(CheckCommandId(fields[0]));
  const std::optional<int> status = ParseStatus(fields[1]);
  if (!status) return Malformed();
  result_.status = *status;
  finished_ = std::exchange(result_, {});
  running_ = false;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnShutdown(Fields fields) {
  if (fields.size() != 1) return Malformed();
  if (!powering_off_) {
    return GuestFailure(
        absl::StrCat("the guest shuts down (", fields[0], ") without being asked to"));
  }
  if (stage_ != Stage::kReady) return OutOfOrder("a second time");
  if (fields[0] != "poweroff") {
    return Failure(FailureClass::kShutdown,
                   absl::StrCat("asked to power off, the guest does: ", fields[0]));
  }
  stage_ = Stage::kShuttingDown;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnOnshutdown(Fields fields) {
  if (fields.size() != 2) return Malformed();
  if (stage_ != Stage::kShuttingDown) return OutOfOrder("outside the shutdown");
  if (fields[1] == "0" || MayFail(fields[0])) return absl::OkStatus();
  if (fields[1] != "failed" && !ParseStatus(fields[1])) return Malformed();
  return Failure(
      FailureClass::kShutdown,
      absl::StrCat("onshutdown container \"", fields[0], "\"",
                   fields[1] == "failed" ? " could not be run"
                                         : absl::StrCat(" ended with status ", fields[1])));
}

absl::Status GuestChannel::OnUnmounted(Fields fields) {
  if (fields.size() != 1) return Malformed();
  if (stage_ != Stage::kShuttingDown) return OutOfOrder("outside the shutdown");
  stage_ = Stage::kUnmounted;
  if (fields[0] == "clean") return absl::OkStatus();
  std::string_view path = fields[0];
  if (!absl::ConsumePrefix(&path, "busy:")) return Malformed();
  return Failure(FailureClass::kShutdown,
                 absl::StrCat("the guest could not unmount ", path, ": it is busy"));
}

absl::Status GuestChannel::OnBye(Fields fields) {
  if (!fields.empty()) return Malformed();
  if (stage_ != Stage::kUnmounted) return OutOfOrder("before UNMOUNTED");
  stage_ = Stage::kGone;
  return absl::OkStatus();
}

std::string GuestChannel::Progress() const {
  if (stage_ == Stage::kSilent) {
    return "it never said HELLO on the test channel (is PID 1 //runtime:init, and does the kernel "
           "have virtio_console?)";
  }
  return absl::StrCat("its last message was ", Quote(last_line_));
}

void GuestChannel::Execute(const PlannedCommand& command) {
  ++commands_;
  running_ = true;
  absl::StrAppend(&outgoing(), nonce_, " EXEC ", commands_, " ", command.container, " ",
                  Encode(command.shell), "\n");
}

std::optional<CommandResult> GuestChannel::TakeResult() {
  return std::exchange(finished_, std::nullopt);
}

bool GuestChannel::PowerOff() {
  powering_off_ = true;
  absl::StrAppend(&outgoing(), nonce_, " POWEROFF\n");
  return true;
}

absl::Status GuestChannel::CheckShutdown(bool) const {
  if (stage_ == Stage::kGone) return absl::OkStatus();
  return Failure(
      FailureClass::kShutdown,
      absl::StrCat("the machine went off before the guest said BYE; its last message was ",
                   Quote(last_line_)));
}

}  // namespace linuxkit
