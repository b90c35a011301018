// Asks a service of the guest through a forwarded port of 127.0.0.1, again and again until it
// answers as it should: an HTTP GET, or a plain TCP connection.
//
// Driven by a poll() loop: `fd` and `events` say what to wait for, `next_time` when to call at the
// latest. QEMU accepts on the host's side before the guest does, and closes again if the guest
// refuses; that is just another failed attempt.
#ifndef TOOLS_QEMU_SERVICE_PROBE_H_
#define TOOLS_QEMU_SERVICE_PROBE_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "tools/base/file.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {

class ServiceProbe {
 public:
  using Clock = std::chrono::steady_clock;

  // `probe` must outlive this.
  ServiceProbe(const PortProbe& probe, uint16_t host_port);

  // Goes on as far as it can without waiting.
  void Step(Clock::time_point now);
  bool done() const { return done_; }
  int fd() const { return socket_.get(); }
  short events() const;
  Clock::time_point next_time() const { return next_time_; }
  // "port 80: GET /: status 503, expected 200": what the last attempt got.
  std::string Problem() const;

 private:
  enum class State { kIdle, kConnecting, kSending, kReading };

  void Connect(Clock::time_point now);
  void FinishConnect(Clock::time_point now);
  void Send(Clock::time_point now);
  void Read(Clock::time_point now);
  void EndOfAnswer(Clock::time_point now);
  void Retry(Clock::time_point now, std::string problem);
  void Succeed();
  bool AnswerMatches() const;
  std::string HttpProblem() const;

  const PortProbe& probe_;
  const uint16_t host_port_;
  State state_ = State::kIdle;
  FileDescriptor socket_;
  std::string request_;
  std::string answer_;
  std::string problem_ = "no connection yet";
  Clock::time_point next_time_;
  bool done_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_SERVICE_PROBE_H_
