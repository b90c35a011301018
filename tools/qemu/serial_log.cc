#include "tools/qemu/serial_log.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/printable.h"
#include "tools/base/file.h"
#include "tools/qemu/failure.h"

namespace linuxkit {
namespace {

constexpr size_t kTailLines = 50;
// A longer line is cut in two: a guest that writes zeros for ever must not fill the memory.
constexpr size_t kLineLimit = 16 << 10;
constexpr char kLeftOut[] = "\n(more than 32 MiB: the rest of the console is left out)\n";
// Of a line in a message.
constexpr size_t kLineShown = 1000;

// The kernel boots on after some of these, with files missing or memory corrupted: never a good
// boot.
constexpr std::string_view kKernelComplaints[] = {
    "Kernel panic",
    "Initramfs unpacking failed",
    "Out of memory",
    "BUG:",
    "Oops",
    "VFS: Unable to mount",
    "invalid magic at start of compressed archive",
};

// How lines of the firmware begin; SeaBIOS and OVMF. They may come with terminal escapes before
// them.
constexpr std::string_view kFirmwareWords[] = {"SeaBIOS", "iPXE",   "Booting from", "BdsDxe",
                                               "UEFI",    "EDK II", "Machine UUID"};

// The last thing that firmware says when no medium starts: SeaBIOS, OVMF, OVMF's shell, iPXE.
constexpr std::string_view kFirmwareGivesUp[] = {
    "No bootable device.",
    "No bootable option or device was found",
    "UEFI Interactive Shell",
    "No more network devices",
};

bool IsFirmwareLine(std::string_view line) {
  for (const std::string_view word : kFirmwareWords) {
    if (line.find(word) != std::string_view::npos) return true;
  }
  return absl::StripAsciiWhitespace(line).empty() || line.starts_with('\x1b');
}

// "[    0.000000] Linux version ..."
bool HasKernelTime(std::string_view line) {
  const size_t end = line.find(']');
  if (!line.starts_with('[') || end == line.npos) return false;
  const std::string_view time = absl::StripLeadingAsciiWhitespace(line.substr(1, end - 1));
  return time.find('.') != time.npos && time.find_first_not_of("0123456789.") == time.npos;
}

}  // namespace

SerialLog::SerialLog(const std::vector<Pattern>& expect, const std::vector<Pattern>& forbid,
                     const std::string& path, KernelComplaints complaints)
    : expect_(expect),
      forbid_(forbid),
      complaints_(complaints),
      seen_(expect.size(), false),
      forbidden_(forbid.size()) {
  if (path.empty()) return;
  absl::StatusOr<FileDescriptor> file = CreateFile(path);
  if (file.ok()) file_.reset(fdopen(file->Release(), "w"));
}

void SerialLog::Append(std::string_view bytes) {
  Keep(bytes);
  for (const char c : bytes) {
    if (c == '\n' || partial_.size() >= kLineLimit) FinishLine();
    if (c != '\n' && c != '\r') partial_.push_back(c);
  }
  if (!partial_.empty()) Match(partial_, /*is_partial=*/true);
}

void SerialLog::Keep(std::string_view bytes) {
  if (file_ == nullptr) return;
  const std::string_view kept = bytes.substr(0, kFileLimit - file_size_);
  std::fwrite(kept.data(), 1, kept.size(), file_.get());
  file_size_ += kept.size();
  // The log must be there even if we are killed.
  std::fflush(file_.get());
  if (kept.size() == bytes.size()) return;
  std::fputs(kLeftOut, file_.get());
  file_.reset();
}

void SerialLog::FinishLine() {
  if (complaint_ && complaint_->is_partial) complaint_.reset();
  for (std::optional<Found>& found : forbidden_) {
    if (found && found->is_partial) found.reset();
  }
  Match(partial_, /*is_partial=*/false);
  tail_.push_back(std::move(partial_));
  partial_.clear();
  if (tail_.size() > kTailLines) tail_.pop_front();
}

void SerialLog::Match(std::string_view line, bool is_partial) {
  for (size_t i = 0; i < expect_.size(); ++i) {
    if (!seen_[i]) seen_[i] = expect_[i].FoundIn(line);
  }
  MatchComplaints(line, is_partial);
  MatchForbidden(line, is_partial);
  for (const std::string_view last : kFirmwareGivesUp) {
    if (firmware_gave_up_.empty() && line.find(last) != line.npos) firmware_gave_up_ = line;
  }
  kernel_spoke_ = kernel_spoke_ || !IsFirmwareLine(line);
  kernel_stamped_ = kernel_stamped_ || HasKernelTime(line);
  powered_down_ = powered_down_ || line.find("reboot: Power down") != std::string_view::npos;
}

void SerialLog::MatchComplaints(std::string_view line, bool is_partial) {
  if (complaint_ || complaints_ == KernelComplaints::kIgnored) return;
  for (const std::string_view complaint : kKernelComplaints) {
    if (line.find(complaint) == std::string_view::npos) continue;
    complaint_ = Found{std::string(line), is_partial};
    return;
  }
}

void SerialLog::MatchForbidden(std::string_view line, bool is_partial) {
  for (size_t i = 0; i < forbid_.size(); ++i) {
    if (forbidden_[i] || !forbid_[i].FoundIn(line)) continue;
    forbidden_[i] = Found{std::string(line), is_partial};
  }
}

absl::Status SerialLog::complaint() const {
  if (!complaint_) return absl::OkStatus();
  return Failure(FailureClass::kKernel, absl::StrCat("the serial console says: ",
                                                     Printable(complaint_->line, kLineShown)));
}

std::vector<absl::Status> SerialLog::forbidden() const {
  std::vector<absl::Status> failures;
  for (size_t i = 0; i < forbid_.size(); ++i) {
    if (!forbidden_[i]) continue;
    failures.push_back(Failure(
        FailureClass::kExpectation,
        absl::StrCat("the serial console has a line that matches the forbidden \"",
                     forbid_[i].text(), "\": ", Printable(forbidden_[i]->line, kLineShown))));
  }
  return failures;
}

std::vector<std::string> SerialLog::Missing() const {
  std::vector<std::string> missing;
  for (size_t i = 0; i < expect_.size(); ++i) {
    if (!seen_[i]) missing.push_back(expect_[i].text());
  }
  return missing;
}

std::string SerialLog::Tail() const {
  std::string tail = absl::StrJoin(tail_, "\n");
  if (!partial_.empty()) absl::StrAppend(&tail, tail.empty() ? "" : "\n", partial_);
  return tail;
}

}  // namespace linuxkit
