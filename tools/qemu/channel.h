// How a boot test talks with its guest. A channel knows when the guest is ready, runs commands in
// it and makes it go down; it is fed bytes and yields bytes, and does no I/O of its own.
//
//   guest    PID 1 of //runtime:init over a virtio-serial port, docs/guest-protocol.md
//            (guest_channel.h)
//   console  a shell on the serial console, for any other init (console_channel.h)
//   none     nothing but the serial log and the ports; the machine is stopped from outside
//   off      the same, and the guest must not use the virtio-serial port that is there
#ifndef TOOLS_QEMU_CHANNEL_H_
#define TOOLS_QEMU_CHANNEL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/qemu/test_plan.h"
#include "tools/qemu/transcript.h"

namespace linuxkit {

struct CommandResult {
  int status = 0;
  std::string output;
};

class Channel {
 public:
  virtual ~Channel() = default;

  // Bytes from the guest. An error ends the test: nothing the guest says can be trusted.
  virtual absl::Status Receive(std::string_view bytes) = 0;
  // Nothing came for a while before the guest was ready.
  virtual void OnQuiet() {}
  virtual bool Ready() const = 0;
  // True once it is known which services go on running.
  virtual bool Settled() const { return true; }
  // True while the guest can be asked to go down, ready or not.
  virtual bool Obeys() const { return Ready(); }
  // True once the guest goes down, asked or not.
  virtual bool GoingDown() const { return false; }
  // What the guest itself says has failed, in the order of its words.
  virtual std::vector<absl::Status> Failures() const { return {}; }
  // What became of the services, a line for people; empty if it is not known.
  virtual std::string Services() const { return ""; }
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
  const Transcript& transcript() const { return transcript_; }

 protected:
  // For the transcript: a line of the guest's, and one of ours.
  void NoteHeard(std::string_view line) { transcript_.Heard(line); }
  void NoteSaid(std::string_view line) { transcript_.Said(line); }

 private:
  std::string outgoing_;
  Transcript transcript_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_CHANNEL_H_
