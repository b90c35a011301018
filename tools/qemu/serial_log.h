// What the guest wrote to its serial console: split into lines, matched as it arrives against what
// is expected and what is forbidden, kept in a file, up to 32 MiB, and as the last lines in memory.
#ifndef TOOLS_QEMU_SERIAL_LOG_H_
#define TOOLS_QEMU_SERIAL_LOG_H_

#include <cstddef>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/qemu/pattern.h"

namespace linuxkit {

// What the kernel's own complaints (a panic, files that it lost) mean.
enum class KernelComplaints { kForbidden, kIgnored };

class SerialLog {
 public:
  // The patterns must outlive this. `path`: the file of the full log, empty for none.
  SerialLog(const std::vector<Pattern>& expect, const std::vector<Pattern>& forbid,
            const std::string& path, KernelComplaints complaints = KernelComplaints::kForbidden);

  // Takes what arrived. An unfinished last line is matched too: a prompt has no newline.
  void Append(std::string_view bytes);

  // The first line in which the kernel complains, as a failure; OK while there is none.
  absl::Status complaint() const;
  // The first line that each forbidden expression matched, as failures.
  std::vector<absl::Status> forbidden() const;
  // The expressions that have not been seen.
  std::vector<std::string> Missing() const;
  bool AllSeen() const { return Missing().empty(); }
  // True once a line came that is not the firmware's.
  bool KernelSpoke() const { return kernel_spoke_; }
  // True once a line came that has the time which kernels put before theirs. Boot loaders write,
  // too.
  bool KernelStamped() const { return kernel_stamped_; }
  // The line in which the firmware said that it found nothing to boot; empty while there is none.
  const std::string& firmware_gave_up() const { return firmware_gave_up_; }
  // True once the kernel said that it powers off.
  bool PoweredDown() const { return powered_down_; }
  const std::string& partial() const { return partial_; }
  // The last 50 lines.
  std::string Tail() const;

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  // A line that must not come. What was found in a line that has not ended yet is looked for again
  // when it has.
  struct Found {
    std::string line;
    bool is_partial = false;
  };
  void Match(std::string_view line, bool is_partial);
  void MatchComplaints(std::string_view line, bool is_partial);
  void MatchForbidden(std::string_view line, bool is_partial);
  void FinishLine();
  // Writes to the file what it has room for.
  void Keep(std::string_view bytes);

  // Of the file: a guest may write without end.
  static constexpr size_t kFileLimit = size_t{32} << 20;

  const std::vector<Pattern>& expect_;
  const std::vector<Pattern>& forbid_;
  const KernelComplaints complaints_;
  std::vector<bool> seen_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  size_t file_size_ = 0;
  std::deque<std::string> tail_;
  std::string partial_;
  std::optional<Found> complaint_;
  std::vector<std::optional<Found>> forbidden_;  // for each expression
  bool kernel_spoke_ = false;
  bool kernel_stamped_ = false;
  bool powered_down_ = false;
  std::string firmware_gave_up_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_SERIAL_LOG_H_
