// One pass over the bytes, from hole to hole where the file system has any (lseek(2), SEEK_DATA).
#include "tools/disk/sparse_file.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/zeros.h"

namespace linuxkit {
namespace {

constexpr uint64_t kBlock = 64 << 10;

// The block of the first byte at or behind `offset` that may be other than zero, or the file's
// size. File systems that know nothing of holes say `offset`.
uint64_t NextData(const std::optional<InputFile>& file, uint64_t offset) {
  if (!file) return offset;
  const off_t data = lseek(file->fd(), static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0) return errno == ENXIO ? file->size() : offset;
  return static_cast<uint64_t>(data) / kBlock * kBlock;
}

absl::StatusOr<std::optional<InputFile>> FileOf(const Content& content) {
  if (!content.is_file() || content.size() != content.file_size()) return std::nullopt;
  return OpenUnchanged(content);
}

}  // namespace

absl::Status AddWithoutZeros(uint64_t offset, const Content& content, Extents& extents) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<InputFile> file, FileOf(content));
  Extents whole;
  ABSL_RETURN_IF_ERROR(whole.Add(0, content));
  ExtentReader reader(whole);
  std::string block(kBlock, '\0');
  uint64_t start = 0;  // of the run of blocks that ends at `end`
  uint64_t end = 0;
  for (uint64_t at = NextData(file, 0); at < content.size();) {
    block.resize(std::min(kBlock, content.size() - at));
    ABSL_RETURN_IF_ERROR(reader.Read(at, absl::MakeSpan(block)));
    const uint64_t next = at + block.size();
    if (IsZero(block)) {
      at = std::max(next, NextData(file, next));
      continue;
    }
    if (at != end) {
      ABSL_RETURN_IF_ERROR(extents.Add(offset + start, content.Part(start, end - start)));
      start = at;
    }
    at = end = next;
  }
  return extents.Add(offset + start, content.Part(start, end - start));
}

}  // namespace linuxkit
