#include "tools/qemu/make_channel.h"

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "tools/qemu/console_channel.h"
#include "tools/qemu/guest_channel.h"

namespace linuxkit {
namespace {

// Ready at once: the ports and the serial log say whether the guest runs.
class NoChannel : public Channel {
 public:
  absl::Status Receive(std::string_view) override { return absl::OkStatus(); }
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
      break;
  }
  return std::make_unique<NoChannel>();
}

}  // namespace linuxkit
