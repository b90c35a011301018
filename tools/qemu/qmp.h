// QEMU's monitor protocol (QMP), as much of it as tells whether a guest runs and why it does not.
// Is fed bytes and yields bytes, and does no I/O of its own.
//
//   Qmp qmp;
//   qmp.Receive(bytes_of_qemu);   // {"QMP": {...}}
//   send(qmp.outgoing());         // qmp_capabilities, query-status
//   qmp.run_state();              // "running"; later "internal-error"
#ifndef TOOLS_QEMU_QMP_H_
#define TOOLS_QEMU_QMP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "nlohmann/json_fwd.hpp"

namespace linuxkit {

class Qmp {
 public:
  // An error means that these bytes are not QMP; nothing more is understood then.
  absl::Status Receive(std::string_view bytes);
  // Bytes for QEMU, removed by who sends them.
  std::string& outgoing() { return outgoing_; }
  const std::string& outgoing() const { return outgoing_; }

  // Asks how often the guest's processors have gone idle, which only KVM knows.
  void AskHalts();
  // The last answer to that; 0 until there is one.
  uint64_t halts() const { return halts_; }

  // QEMU's word: "running", "internal-error", "io-error", "guest-panicked", "paused" and others;
  // empty until QEMU has said one.
  const std::string& run_state() const { return run_state_; }
  // What the last event said about a stop: "disk0: write: No space left on device". May be empty.
  const std::string& stop_detail() const { return stop_detail_; }
  // Why QEMU ends: "guest-shutdown", "guest-reset", "host-signal" and others; empty while it runs.
  const std::string& shutdown_reason() const { return shutdown_reason_; }

 private:
  absl::Status OnLine(std::string_view line);
  void OnEvent(const std::string& event, const nlohmann::json& data);
  void OnAnswer(const nlohmann::json& answer);
  void Execute(std::string_view command);

  std::string line_;  // the unfinished one
  std::string outgoing_;
  std::string run_state_;
  std::string stop_detail_;
  std::string shutdown_reason_;
  uint64_t halts_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_QMP_H_
