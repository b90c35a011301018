// The sending side of one TFTP transfer, without sockets and clocks of its own: packets and times
// go in, packets come out.
//
// Blocks count from 1 in 64 bits; on the wire they have 16, and go on with 0 behind 65535, as boot
// loaders do it for files of more than 32 MB. An acknowledgement is of the window that is under
// way, so its full number follows.
//
// A client that is silent is given up after six repetitions, one that has not said anything after
// its request after three. A timeout above eight seconds is refused: it counts as not sent.
//
// Memory: one block.
#ifndef TOOLS_NETBOOT_SERVE_TFTP_TRANSFER_H_
#define TOOLS_NETBOOT_SERVE_TFTP_TRANSFER_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "tools/base/file.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/tftp_packet.h"

namespace linuxkit {

class TftpTransfer {
 public:
  // Sends one datagram. Those that do not get through are as good as lost on their way.
  using Sender = absl::FunctionRef<void(std::string_view packet)>;

  TftpTransfer(InputFile file, const TftpReadRequest& request);

  // Sends the first packet. The others are answers and repetitions.
  void Start(Instant now, Sender sender);
  void HandlePacket(std::string_view packet, Instant now, Sender sender);
  void HandleTimeout(Instant now, Sender sender);

  // When the client has made progress for the last time, or the transfer has begun.
  Instant still_since() const { return still_since_; }
  // When HandleTimeout is due.
  Instant deadline() const { return deadline_; }
  // Over, well or not.
  bool done() const { return done_; }
  // The client has all blocks.
  bool succeeded() const { return done_ && acked_ == block_count_; }

 private:
  void HandleAck(uint16_t number, Instant now, Sender sender);
  void Progress(Instant now);
  void Send(Instant now, Sender sender);
  void SendBlock(uint64_t block, Sender sender);
  std::string OptionAck() const;

  InputFile file_;
  TftpReadRequest request_;
  uint64_t block_size_;
  uint64_t window_size_;
  // The last block is short, and may be empty.
  uint64_t block_count_;
  uint64_t acked_ = 0;
  // The last block of the window that is under way.
  uint64_t sent_ = 0;
  // The client has not answered to our options yet.
  bool options_pending_;
  // The window was repeated because the client asked for it, with no progress since.
  bool repeated_ = false;
  // The client has acknowledged something.
  bool answered_ = false;
  int retries_ = 0;
  std::chrono::milliseconds wait_;
  Instant deadline_;
  Instant still_since_;
  bool done_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_TFTP_TRANSFER_H_
