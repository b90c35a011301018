#include "tools/qemu/make_channel.h"

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/printable.h"
#include "tools/qemu/console_channel.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/guest_channel.h"

namespace linuxkit {
namespace {

// Ready at once: the ports and the serial log say whether the guest runs. If there is a port for
// the guest's words, it must stay silent.
class NoChannel : public Channel {
 public:
  absl::Status Receive(std::string_view bytes) override {
    NoteHeard(FirstLine(bytes));
    return Failure(FailureClass::kExpectation,
                   absl::StrCat("the guest opened the test channel, which should be off; it said: ",
                                Printable(FirstLine(bytes))));
  }
  bool Ready() const override { return true; }
  std::string Progress() const override { return ""; }
  void Execute(const PlannedCommand&) override {}
  std::optional<CommandResult> TakeResult() override { return std::nullopt; }
  bool PowerOff() override { return false; }
  absl::Status CheckShutdown(bool) const override { return absl::OkStatus(); }
};

}  // namespace

std::unique_ptr<Channel> MakeChannel(const TestPlan& plan, const std::string& nonce,
                                     const std::string& logs_directory) {
  switch (plan.channel) {
    case ChannelKind::kGuest:
      return std::make_unique<GuestChannel>(nonce, plan.allow_failed, logs_directory);
    case ChannelKind::kConsole:
      return std::make_unique<ConsoleChannel>(nonce, *plan.console_prompt, plan.poweroff_command);
    case ChannelKind::kNone:
    case ChannelKind::kOff:
      break;
  }
  return std::make_unique<NoChannel>();
}

}  // namespace linuxkit
