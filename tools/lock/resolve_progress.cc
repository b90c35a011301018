#include "tools/lock/resolve_progress.h"

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Back to the first column, and nothing of the line is left.
constexpr char kClearLine[] = "\r\033[K";

void Write(std::FILE* out, const std::string& text) {
  std::fputs(text.c_str(), out);
  std::fflush(out);
}

}  // namespace

ResolveProgress::ResolveProgress(std::FILE* out, bool is_terminal, size_t images)
    : out_(out), is_terminal_(is_terminal), images_(images) {
  if (is_terminal_) Write(out_, absl::StrCat("resolving: 0 of ", images_, " images"));
}

ResolveProgress::~ResolveProgress() {
  if (is_terminal_) Write(out_, kClearLine);
}

void ResolveProgress::FinishOne(const std::string& reference, bool is_resolved) {
  const std::lock_guard lock(mutex_);
  ++finished_;
  if (is_terminal_) {
    Write(out_, absl::StrCat(kClearLine, "resolving: ", finished_, " of ", images_, " images, ",
                             reference));
  } else {
    Write(out_, absl::StrCat(is_resolved ? "resolved " : "failed ", finished_, " of ", images_,
                             ": ", reference, "\n"));
  }
}

}  // namespace linuxkit
