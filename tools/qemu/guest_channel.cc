#include "tools/qemu/guest_channel.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/base/ending.h"
#include "runtime/base/printable.h"
#include "runtime/channel/protocol.h"

namespace linuxkit {
namespace {

// Enough of a command's output to match and to show.
constexpr size_t kOutputLimit = 1 << 20;
// A guest may send without end. The logs of containers, 2 MiB of each stream, are most of what one
// sends that works.
constexpr size_t kReceivedLimit = size_t{512} << 20;
constexpr int kContainerMessageLimit = 10000;
// Of a line, a name and a reason, in a message.
constexpr size_t kLineShown = 200;
constexpr size_t kNameShown = 260;
constexpr size_t kReasonShown = 4 << 10;

absl::Status GuestFailure(std::string_view message) {
  return Failure(FailureClass::kGuest, message);
}

// The start of a line for a message.
std::string Quote(std::string_view line) {
  return absl::StrCat("\"", Printable(line, kLineShown), "\"");
}

// Removes the field at the start of `rest` and the space behind it.
std::string_view TakeField(std::string_view& rest) {
  const std::string_view field = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  return field;
}

// A number of [low, high] in digits alone.
std::optional<int> ParseNumber(std::string_view text, int low, int high) {
  int number = 0;
  const bool is_digits = std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (!is_digits || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number < low || number > high ? std::nullopt : std::optional(number);
}

// 0-255, as a shell gives it.
std::optional<int> ParseStatus(std::string_view text) { return ParseNumber(text, 0, 255); }

// "exited STATUS" or "killed SIGNAL".
std::optional<Ending> ParseEnding(std::string_view how, std::string_view number) {
  const bool killed = how == "killed";
  if (!killed && how != "exited") return std::nullopt;
  const std::optional<int> value = killed ? ParseNumber(number, 1, 64) : ParseStatus(number);
  if (!value) return std::nullopt;
  return killed ? Ending{.status = 0, .signal = *value} : Ending{.status = *value, .signal = 0};
}

// Containers that run one after the other have names of the form "000-NAME" in the guest.
std::string_view WithoutNumber(std::string_view name) {
  const bool numbered = name.size() > 4 && name[3] == '-' &&
                        std::all_of(name.begin(), name.begin() + 3, absl::ascii_isdigit);
  return numbered ? name.substr(4) : name;
}

}  // namespace

GuestChannel::GuestChannel(std::string nonce, std::vector<std::string> allow_failed,
                           std::string logs_directory)
    : nonce_(std::move(nonce)),
      allow_failed_(std::move(allow_failed)),
      logs_(std::move(logs_directory)) {}

absl::Status GuestChannel::Receive(std::string_view bytes) {
  received_ += bytes.size();
  if (received_ > kReceivedLimit) {
    return GuestFailure(absl::StrCat("the guest sent more than ", kReceivedLimit >> 20,
                                     " MiB on the test channel"));
  }
  absl::StrAppend(&buffer_, bytes);
  size_t start = 0;
  for (size_t end; (end = buffer_.find('\n', start)) != std::string::npos; start = end + 1) {
    ABSL_RETURN_IF_ERROR(OnLine(std::string_view(buffer_).substr(start, end - start)));
  }
  buffer_.erase(0, start);
  if (buffer_.size() < kMaxChannelLine) return absl::OkStatus();
  return GuestFailure(absl::StrCat("the guest sent a line of more than ", kMaxChannelLine,
                                   " bytes on the test channel: ", Quote(buffer_)));
}

absl::Status GuestChannel::OnLine(std::string_view line) {
  std::string_view rest = line;
  if (!absl::ConsumePrefix(&rest, nonce_) || !absl::ConsumePrefix(&rest, " ")) {
    return GuestFailure(absl::StrCat(
        "a line on the test channel does not begin with this test's nonce: ", Quote(line)));
  }
  line_ = rest;
  rest = line_;
  const std::string_view verb = TakeField(rest);
  // Logs are files of their own.
  if (verb != "LOG") NoteHeard(line_);
  if (stage_ == Stage::kGone) return OutOfOrder("after BYE");
  if (stage_ == Stage::kSilent && verb != "HELLO") return OutOfOrder("before HELLO");
  ABSL_RETURN_IF_ERROR(OnMessage(verb, rest));
  if (verb != "OUT" && verb != "LOG") last_line_ = line_;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnMessage(std::string_view verb, std::string_view rest) {
  if (verb == "HELLO") return OnHello(rest);
  if (verb == "ONBOOT") return OnOnboot(rest);
  if (verb == "SERVICE") return OnService(rest);
  if (verb == "READY") return OnReady(rest);
  if (verb == "SETTLED") return OnSettled(rest);
  if (verb == "OUT") return OnOut(rest);
  if (verb == "EXIT") return OnExit(rest);
  if (verb == "SHUTDOWN") return OnShutdown(rest);
  if (verb == "ONSHUTDOWN") return OnOnshutdown(rest);
  if (verb == "LOG") return OnLog(rest);
  if (verb == "UNMOUNTED") return OnUnmounted(rest);
  if (verb == "BYE") return OnBye(rest);
  return GuestFailure(absl::StrCat("unknown message on the test channel: ", Quote(line_)));
}

absl::Status GuestChannel::Malformed() const {
  return GuestFailure(absl::StrCat("malformed message on the test channel: ", Quote(line_)));
}

absl::Status GuestChannel::OutOfOrder(std::string_view when) const {
  return GuestFailure(absl::StrCat("the guest sent ", Quote(line_), " ", when));
}

bool GuestChannel::MayFail(const Container& container) const {
  const auto is_allowed = [this](std::string_view name) {
    return std::find(allow_failed_.begin(), allow_failed_.end(), name) != allow_failed_.end();
  };
  if (is_allowed(container.name)) return true;
  return container.section != "services" && is_allowed(WithoutNumber(container.name));
}

void GuestChannel::SetService(const Container& container, std::string state) {
  if (container.section == "services") services_[container.name] = std::move(state);
}

absl::Status GuestChannel::OnHello(std::string_view rest) {
  if (stage_ != Stage::kSilent) return OutOfOrder("a second time; did PID 1 restart?");
  if (rest != kProtocolVersion) {
    return GuestFailure(absl::StrCat("the guest speaks version ", Quote(rest),
                                     " of the test protocol, this test version ", kProtocolVersion,
                                     "; build both from one version of the rules"));
  }
  stage_ = Stage::kBooting;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnOnboot(std::string_view rest) {
  if (stage_ != Stage::kBooting) return OutOfOrder("after READY");
  return OnContainer(FailureClass::kGuest, "onboot", "onboot container", rest);
}

absl::Status GuestChannel::OnService(std::string_view rest) {
  return OnContainer(FailureClass::kGuest, "services", "service", rest);
}

absl::Status GuestChannel::OnContainer(FailureClass failure_class, std::string_view section,
                                       std::string_view kind, std::string_view rest) {
  const absl::StatusOr<std::string> name = DecodeText(TakeField(rest));
  if (!name.ok() || name->empty()) return Malformed();
  if (++container_messages_ > kContainerMessageLimit) {
    return GuestFailure(absl::StrCat("the guest sent more than ", kContainerMessageLimit,
                                     " messages about containers, the last one ", Quote(line_)));
  }
  Container container{std::string(section), *name};
  const std::string_view how = TakeField(rest);
  if (how != "started") return OnEnding(failure_class, kind, std::move(container), how, rest);
  if (section != "services" || !rest.empty()) return Malformed();
  SetService(container, "runs");
  return absl::OkStatus();
}

absl::Status GuestChannel::OnEnding(FailureClass failure_class, std::string_view kind,
                                    Container container, std::string_view how,
                                    std::string_view text) {
  const std::string what = absl::StrCat(kind, " \"", Printable(container.name, kNameShown), "\" ");
  if (how == "failed") {
    const absl::StatusOr<std::string> why = DecodeText(text);
    if (!why.ok()) return Malformed();
    const std::string message =
        absl::StrCat("could not be started: ", Printable(*why, kReasonShown));
    SetService(container, message);
    // It has never run, so its log has nothing of it.
    if (!MayFail(container)) {
      problems_.push_back({failure_class, absl::StrCat(what, message), std::nullopt});
    }
    return absl::OkStatus();
  }
  const std::optional<Ending> ending = ParseEnding(how, text);
  if (!ending) return Malformed();
  // Services are killed at shutdown, and a one-shot service may end well.
  if (container.section == "services" && (powering_off_ || GoingDown())) return absl::OkStatus();
  SetService(container, Describe(*ending));
  if (ending->good() || MayFail(container)) return absl::OkStatus();
  problems_.push_back({failure_class, absl::StrCat(what, Describe(*ending)), std::move(container)});
  return absl::OkStatus();
}

absl::Status GuestChannel::OnReady(std::string_view rest) {
  if (!rest.empty()) return Malformed();
  if (stage_ != Stage::kBooting) return OutOfOrder("a second time");
  stage_ = Stage::kReady;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnSettled(std::string_view rest) {
  if (!rest.empty()) return Malformed();
  if (stage_ != Stage::kReady) return OutOfOrder("before READY or after SHUTDOWN");
  if (std::exchange(settled_, true)) return OutOfOrder("a second time");
  return absl::OkStatus();
}

absl::Status GuestChannel::CheckCommandId(std::string_view id) const {
  if (running_ && id == absl::StrCat(commands_)) return absl::OkStatus();
  return OutOfOrder(running_ ? absl::StrCat("while command ", commands_, " runs")
                             : "while no command runs");
}

absl::Status GuestChannel::OnOut(std::string_view rest) {
  ABSL_RETURN_IF_ERROR(CheckCommandId(TakeField(rest)));
  const absl::StatusOr<std::string> text = DecodeText(rest);
  if (!text.ok()) return Malformed();
  if (result_.output.size() < kOutputLimit) result_.output += *text;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnExit(std::string_view rest) {
  ABSL_RETURN_IF_ERROR(CheckCommandId(TakeField(rest)));
  const std::optional<int> status = ParseStatus(rest);
  if (!status) return Malformed();
  result_.status = *status;
  finished_ = std::exchange(result_, {});
  running_ = false;
  return absl::OkStatus();
}

absl::Status GuestChannel::OnShutdown(std::string_view rest) {
  if (rest != "poweroff" && rest != "reboot" && rest != "halt") return Malformed();
  if (GoingDown()) return OutOfOrder("a second time");
  stage_ = Stage::kShuttingDown;
  if (!powering_off_) {
    problems_.push_back({FailureClass::kGuest,
                         absl::StrCat("the guest shuts down (", rest, ") without being asked to"),
                         std::nullopt});
  } else if (rest != "poweroff") {
    problems_.push_back({FailureClass::kShutdown,
                         absl::StrCat("asked to power off, the guest does: ", rest), std::nullopt});
  }
  return absl::OkStatus();
}

absl::Status GuestChannel::OnOnshutdown(std::string_view rest) {
  if (stage_ != Stage::kShuttingDown) return OutOfOrder("outside the shutdown");
  return OnContainer(FailureClass::kShutdown, "onshutdown", "onshutdown container", rest);
}

absl::Status GuestChannel::OnLog(std::string_view rest) {
  const std::string_view section = TakeField(rest);
  const absl::StatusOr<std::string> name = DecodeText(TakeField(rest));
  const std::string_view stream = TakeField(rest);
  const absl::StatusOr<std::string> bytes = DecodeText(rest);
  const bool good = (section == "onboot" || section == "services" || section == "onshutdown") &&
                    name.ok() && !name->empty() && (stream == "out" || stream == "err") &&
                    bytes.ok();
  return good ? logs_.Append(section, *name, stream == "err", *bytes) : Malformed();
}

absl::Status GuestChannel::OnUnmounted(std::string_view rest) {
  if (stage_ != Stage::kShuttingDown) return OutOfOrder("outside the shutdown");
  stage_ = Stage::kUnmounted;
  if (rest == "clean") return absl::OkStatus();
  if (!absl::ConsumePrefix(&rest, "busy:")) return Malformed();
  const absl::StatusOr<std::string> path = DecodeText(rest);
  if (!path.ok()) return Malformed();
  problems_.push_back(
      {FailureClass::kShutdown,
       absl::StrCat("the guest could not unmount ", Printable(*path, kReasonShown), ": it is busy"),
       std::nullopt});
  return absl::OkStatus();
}

absl::Status GuestChannel::OnBye(std::string_view rest) {
  if (!rest.empty()) return Malformed();
  if (stage_ != Stage::kUnmounted) return OutOfOrder("before UNMOUNTED");
  stage_ = Stage::kGone;
  return absl::OkStatus();
}

std::vector<absl::Status> GuestChannel::Failures() const {
  std::vector<absl::Status> failures;
  for (const Problem& problem : problems_) {
    const std::string output =
        problem.container ? logs_.LastOutput(problem.container->section, problem.container->name)
                          : "";
    failures.push_back(Failure(problem.failure_class, absl::StrCat(problem.message, output)));
  }
  return failures;
}

std::string GuestChannel::Services() const {
  return absl::StrJoin(services_, "; ", [](std::string* text, const auto& service) {
    absl::StrAppend(text, Printable(service.first, kNameShown), " ", service.second);
  });
}

std::string GuestChannel::Progress() const {
  if (stage_ == Stage::kSilent) {
    return "it never said HELLO on the test channel (is PID 1 //runtime:init, and does the kernel "
           "have virtio_console?)";
  }
  return absl::StrCat("its last message was ", Quote(last_line_));
}

void GuestChannel::Say(std::string_view message) {
  NoteSaid(message);
  absl::StrAppend(&outgoing(), nonce_, " ", message, "\n");
}

void GuestChannel::Execute(const PlannedCommand& command) {
  running_ = true;
  Say(absl::StrCat("EXEC ", ++commands_, " ",
                   command.container.empty() ? "-" : EncodeName(command.container), " ",
                   EncodeText(command.shell)));
}

std::optional<CommandResult> GuestChannel::TakeResult() {
  return std::exchange(finished_, std::nullopt);
}

bool GuestChannel::PowerOff() {
  powering_off_ = true;
  Say("POWEROFF");
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
