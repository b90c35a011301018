#include "tools/disk/image_view.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::Status ImageView::CheckInside(std::string_view what, uint64_t offset, uint64_t size) const {
  if (offset <= size_ && size <= size_ - offset) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what, " takes ", size, " bytes at ", offset,
                                          ", but the image ends after ", size_));
}

absl::StatusOr<std::string> ImageView::Read(std::string_view what, uint64_t offset,
                                            size_t size) const {
  ABSL_RETURN_IF_ERROR(CheckInside(what, offset, size));
  std::string bytes(size, '\0');
  ABSL_ASSIGN_OR_RETURN(const size_t count, file_.ReadAt(offset_ + offset, absl::MakeSpan(bytes)));
  if (count == size) return bytes;
  return absl::DataLossError(absl::StrCat(file_.path(), " ended while it was read"));
}

absl::StatusOr<ImageView> ImageView::Part(std::string_view what, uint64_t offset,
                                          uint64_t size) const {
  ABSL_RETURN_IF_ERROR(CheckInside(what, offset, size));
  return ImageView(file_, offset_ + offset, size);
}

}  // namespace linuxkit
