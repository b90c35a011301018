// The host's side of docs/guest-protocol.md. Every line must carry the nonce and come in an order
// that a correct guest can produce; anything else fails the test at once, because then nothing the
// guest says can be trusted. What the guest says of its containers is collected.
#ifndef TOOLS_QEMU_GUEST_CHANNEL_H_
#define TOOLS_QEMU_GUEST_CHANNEL_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/qemu/channel.h"
#include "tools/qemu/container_logs.h"
#include "tools/qemu/failure.h"

namespace linuxkit {

class GuestChannel : public Channel {
 public:
  // `allow_failed`: containers that may fail. `logs_directory` gets what containers have written;
  // empty for none.
  GuestChannel(std::string nonce, std::vector<std::string> allow_failed,
               std::string logs_directory = "");

  absl::Status Receive(std::string_view bytes) override;
  bool Ready() const override { return stage_ == Stage::kReady; }
  bool Settled() const override { return settled_; }
  bool Obeys() const override { return stage_ == Stage::kBooting || stage_ == Stage::kReady; }
  bool GoingDown() const override { return stage_ > Stage::kReady; }
  std::vector<absl::Status> Failures() const override;
  std::string Services() const override;
  std::string Progress() const override;
  void Execute(const PlannedCommand& command) override;
  std::optional<CommandResult> TakeResult() override;
  bool PowerOff() override;
  absl::Status CheckShutdown(bool powered_down) const override;

 private:
  // In the order a guest goes through them.
  enum class Stage { kSilent, kBooting, kReady, kShuttingDown, kUnmounted, kGone };
  struct Container {
    std::string section;  // "onboot", "services" or "onshutdown"; as in LOG lines
    std::string name;
  };
  struct Problem {
    FailureClass failure_class;
    std::string message;
    // Whose log explains it.
    std::optional<Container> container;
  };

  // In these, `rest` is the line behind its first word.
  absl::Status OnLine(std::string_view line);
  absl::Status OnMessage(std::string_view verb, std::string_view rest);
  absl::Status OnHello(std::string_view rest);
  absl::Status OnOnboot(std::string_view rest);
  absl::Status OnService(std::string_view rest);
  absl::Status OnReady(std::string_view rest);
  absl::Status OnSettled(std::string_view rest);
  absl::Status OnOut(std::string_view rest);
  absl::Status OnExit(std::string_view rest);
  absl::Status OnShutdown(std::string_view rest);
  absl::Status OnOnshutdown(std::string_view rest);
  absl::Status OnLog(std::string_view rest);
  absl::Status OnUnmounted(std::string_view rest);
  absl::Status OnBye(std::string_view rest);
  // NAME and how it ended.
  absl::Status OnContainer(FailureClass failure_class, std::string_view section,
                           std::string_view kind, std::string_view rest);
  absl::Status OnEnding(FailureClass failure_class, std::string_view kind, Container container,
                        std::string_view how, std::string_view text);
  absl::Status Malformed() const;
  absl::Status OutOfOrder(std::string_view when) const;
  absl::Status CheckCommandId(std::string_view id) const;
  bool MayFail(const Container& container) const;
  void SetService(const Container& container, std::string state);
  void Say(std::string_view message);

  const std::string nonce_;
  const std::vector<std::string> allow_failed_;
  ContainerLogs logs_;
  Stage stage_ = Stage::kSilent;
  bool settled_ = false;
  bool powering_off_ = false;
  std::string buffer_;   // the unfinished line
  size_t received_ = 0;  // bytes
  int container_messages_ = 0;
  std::string line_;       // the line at hand, without nonce, for messages
  std::string last_line_;  // the last good one
  int commands_ = 0;       // started so far; the last one's ID
  bool running_ = false;
  CommandResult result_;
  std::optional<CommandResult> finished_;
  std::vector<Problem> problems_;
  std::map<std::string, std::string> services_;  // what became of each
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_GUEST_CHANNEL_H_
