// Commands typed to a shell on the serial console, for images whose init knows nothing of the test
// channel.
//
// The terminal echoes what is typed, so the typed text must not pass for its own result: each
// command prints the nonce from two halves, `echo aaaa""bbbb EXIT 1 $?`, and only the joined
// `aaaabbbb EXIT 1 0` counts.
#ifndef TOOLS_QEMU_CONSOLE_CHANNEL_H_
#define TOOLS_QEMU_CONSOLE_CHANNEL_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/qemu/channel.h"
#include "tools/qemu/pattern.h"

namespace linuxkit {

class ConsoleChannel : public Channel {
 public:
  // `prompt` must outlive this.
  ConsoleChannel(std::string nonce, const Pattern& prompt, std::string poweroff_command);

  absl::Status Receive(std::string_view bytes) override;
  void OnQuiet() override;
  bool Ready() const override { return ready_; }
  std::string Progress() const override;
  void Execute(const PlannedCommand& command) override;
  std::optional<CommandResult> TakeResult() override;
  bool PowerOff() override;
  absl::Status CheckShutdown(bool powered_down) const override;

 private:
  void OnLine(std::string_view line);
  void OnMarker(std::string_view before, std::string_view marker);
  void AskForReady();
  void Type(std::string_view line);
  // The nonce as it is typed.
  std::string SplitNonce() const;

  const std::string nonce_;
  const Pattern& prompt_;
  const std::string poweroff_command_;
  std::string line_;  // the unfinished one
  bool prompted_ = false;
  bool ready_ = false;
  int commands_ = 0;
  bool collecting_ = false;
  std::string output_;
  std::optional<CommandResult> finished_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_CONSOLE_CHANNEL_H_
