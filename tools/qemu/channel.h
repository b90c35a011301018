// How a boot test talks with its guest. A channel knows when the guest is ready, runs commands in
// it and makes it go down; it is fed bytes and yields bytes, and does no I/O of its own.
//
//   guest    PID 1 of //runtime:init over a virtio-serial port, docs/guest-protocol.md
//   (guest_channel.h) console  a shell on the serial console, for any other init
//   (console_channel.h) none     nothing but the serial log and the ports; the machine is stopped
//   from outside
#ifndef TOOLS_QEMU_CHANNEL_H_
#define TOOLS_QEMU_CHANNEL_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {

struct CommandResult {
  int status = 0;
  std::string output;
};

class Channel {
 public:
  virtual ~Channel() = default;

  // Bytes from the guest. A failure ends the test.
  virtual absl::Status Receive(std::string_view bytes) = 0;
  // Nothing came for a while before the guest was ready.
  virtual void OnQuiet() {}
  virtual bool Ready() const = 0;
  // What has been heard and what is awaited, for the message of a missed deadline.
  virtual std::string Progress() const = 0;
  // Starts a command; one at a time.
  virtual void Execute(const PlannedCommand& command) = 0;
  // The result of the command started last, once, when it has ended.
  virtual std::optional<CommandResult> TakeResult() = 0;
  // Asks the guest to go down. False if this channel cannot.
  virtual bool PowerOff() = 0;
  // After QEMU has ended: whether the guest went down as it should. `powered_down`: the kernel said
  // so on the console.
  virtual absl::Status CheckShutdown(bool powered_down) const = 0;

  // Bytes for the guest, removed by who sends them.
  std::string& outgoing() { return outgoing_; }

 private:
  std::string outgoing_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_CHANNEL_H_
