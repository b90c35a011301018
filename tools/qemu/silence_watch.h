// Decides when a console has been silent for so long that the person before it should be told why,
// and what to tell.
//
// That is of use before the system is up. A console that waits at a prompt is not disturbed, nor is
// that of a system whose init has said that its services run.
#ifndef TOOLS_QEMU_SILENCE_WATCH_H_
#define TOOLS_QEMU_SILENCE_WATCH_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tools/qemu/command_line.h"
#include "tools/qemu/pattern.h"
#include "tools/qemu/serial_log.h"

namespace linuxkit {

class SilenceWatch {
 public:
  using Clock = std::chrono::steady_clock;

  SilenceWatch(std::chrono::milliseconds limit, Clock::time_point start);

  // What came on the console.
  void Append(std::string_view bytes, Clock::time_point now);
  const SerialLog& console() const { return console_; }
  // When to tell unless something comes before.
  Clock::time_point next_time() const;
  // Whether to tell now; once for each silence.
  bool Due(Clock::time_point now);
  // One line: what is known about `machine`, and what to try.
  std::string Report(const Machine& machine, std::string_view run_state) const;

 private:
  const std::chrono::milliseconds limit_;
  const std::vector<Pattern> system_is_up_;
  const std::vector<Pattern> nothing_;
  SerialLog console_;
  Clock::time_point last_;
  bool told_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_SILENCE_WATCH_H_
