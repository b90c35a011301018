#include "tools/compress/compressed_input.h"

#include <cstring>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace linuxkit {

absl::Status CompressedInput::Need(size_t count) {
  while (size_ < count) {
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, size_);
    begin_ = 0;
    ABSL_ASSIGN_OR_RETURN(const size_t got, source_.Read(absl::MakeSpan(buffer_).subspan(size_)));
    if (got == 0) break;
    size_ += got;
  }
  return absl::OkStatus();
}

void CompressedInput::Take(size_t count) {
  begin_ += count;
  size_ -= count;
  offset_ += count;
}

absl::Status CompressedInput::Error(absl::StatusCode code, std::string_view message) const {
  return absl::Status(code, absl::StrCat(name_, name_.empty() ? "" : ": ", message));
}

absl::Status CompressedInput::Damaged(std::string_view format, std::string_view reason) const {
  return Error(absl::StatusCode::kDataLoss,
               absl::StrCat(format, " data is damaged at byte ", offset_, ": ", reason));
}

absl::Status CompressedInput::CutOff(std::string_view format) const {
  return Error(absl::StatusCode::kDataLoss,
               absl::StrCat(format, " data is cut off: it ends at byte ", offset_ + size_));
}

}  // namespace linuxkit
