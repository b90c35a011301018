// One client of the HTTP server: requests in, answers out, never blocking.
//
// A client is dropped if it takes less than 64 KiB of an answer in a minute, if its request takes
// longer than ten seconds to arrive, and if it asks for nothing for a minute.
#ifndef TOOLS_NETBOOT_SERVE_HTTP_CONNECTION_H_
#define TOOLS_NETBOOT_SERVE_HTTP_CONNECTION_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/base/file.h"
#include "tools/netboot/serve/event_loop.h"
#include "tools/netboot/serve/http_answer.h"
#include "tools/netboot/serve/request_log.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/socket_address.h"

namespace linuxkit {

class HttpConnection {
 public:
  // `socket` does not block. `files` and `log` must outlive the connection.
  HttpConnection(FileDescriptor socket, const SocketAddress& client, const ServedFiles& files,
                 const RequestLog& log, Instant now);

  int fd() const { return socket_.get(); }
  // What poll should wait for.
  short events() const;
  // Goes on as far as it can.
  void Handle(Instant now);
  // Between two requests: it can be closed without loss.
  bool idle() const { return state_ == State::kReading && input_.empty(); }
  bool done() const { return state_ == State::kDone; }
  // When EndIfOverdue is due.
  Instant deadline() const { return deadline_; }
  // Makes it done if its deadline has passed and the client does not deserve another one.
  void EndIfOverdue(Instant now);
  // Of SocketAddress.
  const std::string& network() const { return network_; }
  // When a request or an answer has last begun or ended, or bytes of an answer have gone to the
  // system.
  Instant still_since() const { return still_since_; }

 private:
  enum class State {
    // Waits for a request's head.
    kReading,
    // Sends answer_.
    kSending,
    // Has sent the last answer and lets the client take it: to close with unread input resets the
    // connection, which can destroy the answer on its way.
    kDraining,
    kDone,
  };
  void Read(Instant now);
  // Begins the answer to the first request of input_; false if it is not all there.
  bool TakeRequest(Instant now);
  void Begin(HttpAnswer answer, std::string_view request, Instant now);
  void Send(Instant now);
  // Each sends a piece and returns false if it has to wait.
  bool SendBytes(Instant now);
  bool SendFile(Instant now);
  void EndAnswer(Instant now);
  void Drain();
  void Sent(ssize_t count, Instant now);
  // Bytes that the client's system has acknowledged.
  uint64_t Taken() const;

  FileDescriptor socket_;
  std::string client_;
  std::string network_;
  const ServedFiles& files_;
  const RequestLog& log_;
  State state_ = State::kReading;
  Instant deadline_;
  Instant still_since_;
  // Of all answers.
  uint64_t total_sent_ = 0;
  // At the beginning of the minute that deadline_ ends.
  uint64_t taken_before_ = 0;
  // Read and not yet understood; at most kMaxHttpHead and one buffer.
  std::string input_;
  HttpAnswer answer_;
  // Of answer_.bytes.
  size_t sent_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_HTTP_CONNECTION_H_
