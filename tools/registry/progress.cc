#include "tools/registry/progress.h"

#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

// Back to the line's begin, and nothing in it.
constexpr char kClearLine[] = "\r\x1b[K";

double Megabytes(double bytes) { return bytes / 1e6; }

}  // namespace

Progress::Progress(std::FILE* out, bool is_terminal, Clock& clock, int blobs, uint64_t bytes)
    : out_(out), is_terminal_(is_terminal), clock_(clock), blobs_(blobs), bytes_(bytes) {}

Progress::~Progress() {
  if (!is_terminal_ || shown_at_ == 0) return;
  std::fputs(kClearLine, out_);
  std::fflush(out_);
}

void Progress::Show() {
  if (!is_terminal_) return;
  shown_at_ = clock_.Now();
  absl::FPrintF(out_, "%sfetching: %d of %d blobs, %.1f of %.1f MB", kClearLine, finished_, blobs_,
                Megabytes(static_cast<double>(fetched_)), Megabytes(static_cast<double>(bytes_)));
  std::fflush(out_);
}

void Progress::AddBytes(int64_t bytes) {
  const std::lock_guard lock(mutex_);
  fetched_ += bytes;
  if (is_terminal_ && clock_.Now() != shown_at_) Show();
}

void Progress::FinishOne() {
  const std::lock_guard lock(mutex_);
  ++finished_;
  Show();
}

}  // namespace linuxkit
