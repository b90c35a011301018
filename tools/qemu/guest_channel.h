// The host's side of docs/guest-protocol.md. Every line must carry the nonce and come in an order
// that a correct guest can produce; anything else fails the test, because then nothing the guest
// says can be trusted.
#ifndef TOOLS_QEMU_GUEST_CHANNEL_H_
#define TOOLS_QEMU_GUEST_CHANNEL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/qemu/channel.h"

namespace linuxkit {

class GuestChannel : public Channel {
 public:
  // `allow_failed`: containers that may fail.
  GuestChannel(std::string nonce, std::vector<std::string> allow_failed);

  absl::Status Receive(std::string_view bytes) override;
  bool Ready() const override { return stage_ == Stage::kReady; }
  std::string Progress() const override;
  void Execute(const PlannedCommand& command) override;
  std::optional<CommandResult> TakeResult() override;
  bool PowerOff() override;
  absl::Status CheckShutdown(bool powered_down) const override;

 private:
  // In the order a guest goes through them.
  enum class Stage { kSilent, kBooting, kReady, kShuttingDown, kUnmounted, kGone };
  using Fields = absl::Span<const std::string_view>;

  absl::Status OnLine(std::string_view line);
  absl::Status OnMessage(std::string_view verb, Fields fields);
  absl::Status OnHello(Fields fields);
  absl::Status OnOnboot(Fields fields);
  absl::Status OnService(Fields fields);
  absl::Status OnReady(Fields fields);
  absl::Status OnOut(Fields fields);
  absl::Status OnExit(Fields fields);
  absl::Status OnShutdown(Fields fields);
  absl::Status OnOnshutdown(Fields fields);
  absl::Status OnUnmounted(Fields fields);
  absl::Status OnBye(Fields fields);
  absl::Status Malformed() const;
  absl::Status OutOfOrder(std::string_view when) const;
  absl::Status CheckCommandId(std::string_view id) const;
  bool MayFail(std::string_view container) const;

  const std::string nonce_;
  const std::vector<std::string> allow_failed_;
  Stage stage_ = Stage::kSilent;
  bool powering_off_ = false;
  std::string buffer_;     // the unfinished line
  std::string line_;       // the line at hand, without nonce, for messages
  std::string last_line_;  // the last good one
  int commands_ = 0;       // started so far; the last one's ID
  bool running_ = false;
  CommandResult result_;
  std::optional<CommandResult> finished_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_GUEST_CHANNEL_H_
