// A part of an image file that a validator reads: a whole disk or one partition.
#ifndef TOOLS_DISK_IMAGE_VIEW_H_
#define TOOLS_DISK_IMAGE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/disk/fields.h"

namespace linuxkit {

class ImageView {
 public:
  // `file` must outlive it.
  explicit ImageView(const InputFile& file) : ImageView(file, 0, file.size()) {}
  ImageView(const InputFile& file, uint64_t offset, uint64_t size)
      : file_(file), offset_(offset), size_(size) {}

  uint64_t size() const { return size_; }

  // Exactly `size` bytes; an error names `what` if the image ends before. A caller checks sizes
  // that come from the image: they are allocated.
  absl::StatusOr<std::string> Read(std::string_view what, uint64_t offset, size_t size) const;

  template <typename T>
  absl::StatusOr<T> ReadStruct(std::string_view what, uint64_t offset) const {
    absl::StatusOr<std::string> bytes = Read(what, offset, sizeof(T));
    if (!bytes.ok()) return bytes.status();
    return FromBytes<T>(*bytes);
  }

  // The part [offset, offset + size), which must be inside.
  absl::StatusOr<ImageView> Part(std::string_view what, uint64_t offset, uint64_t size) const;

 private:
  absl::Status CheckInside(std::string_view what, uint64_t offset, uint64_t size) const;

  const InputFile& file_;
  uint64_t offset_;
  uint64_t size_;
};

}  // namespace linuxkit

#endif  // TOOLS_DISK_IMAGE_VIEW_H_
