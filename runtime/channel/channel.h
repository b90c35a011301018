// The guest's end of the test channel: a virtio-serial port that PID 1 reads and writes without
// blocking. docs/guest-protocol.md says when it is on.
#ifndef RUNTIME_CHANNEL_CHANNEL_H_
#define RUNTIME_CHANNEL_CHANNEL_H_

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/command_line.h"
#include "runtime/base/fd.h"
#include "runtime/channel/protocol.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

// The nonce from the kernel command line; if the word is not on it, or its value is "smbios", from
// the SMBIOS table whose bytes `smbios` returns. Empty if there is none, and wherever the word's
// value is "off": the channel is off.
std::string FindNonce(const KernelCommandLine& command_line,
                      const std::function<std::string()>& smbios);

class Channel {
 public:
  using OnCommand = std::function<void(const HostCommand&)>;

  // Who sends much waits while more than this has not been taken: enough to keep the port busy,
  // little enough for any guest.
  static constexpr size_t kMaxBacklog = size_t{256} << 10;

  // Does nothing at all without a nonce (FindNonce). With one it opens the port; if that is not
  // there yet (the driver names a port some time after it has found it), Attach can be called
  // again.
  Channel(EventLoop& loop, const KernelCommandLine& command_line, OnCommand on_command);
  ~Channel();

  // True if a host wants to listen.
  bool IsOn() const { return !nonce_.empty(); }
  // True if the channel is wanted and the port has not been found yet.
  bool IsWaiting() const { return !nonce_.empty() && !port_.ok(); }
  void Attach(const std::string& ports_directory = "/sys/class/virtio-ports");

  // Sends `NONCE FIELD...`; keeps it until the port is there and takes it. Nothing if the channel
  // is off.
  void Send(std::initializer_list<std::string_view> fields);
  // Bytes that wait for the host.
  size_t backlog() const { return outgoing_.size(); }
  // Called whenever the backlog has become empty.
  void OnDrained(std::function<void()> on_drained) { on_drained_ = std::move(on_drained); }
  // Runs the loop until at most `most` bytes wait. False if the host does not take them.
  bool Drain(size_t most);
  // Runs the loop until the host has everything; gives up when it does not take it.
  void Flush();

 private:
  void HandleReady();
  void Read();
  void Write();
  void HandleLine(std::string_view line);

  EventLoop& loop_;
  std::string nonce_;
  OnCommand on_command_;
  std::function<void()> on_drained_;
  Fd port_;
  std::string incoming_;
  // Too long a line: ignore what comes until its end.
  bool skipping_ = false;
  std::string outgoing_;
};

}  // namespace linuxkit

#endif  // RUNTIME_CHANNEL_CHANNEL_H_
