#include "tools/kernel/tar_input.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "tools/base/stream.h"
#include "tools/oci/blob_range.h"
#include "tools/package/deb.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::unique_ptr<TarStream>> OpenTar(const absl::StatusOr<BlobRange>& range) {
  ABSL_RETURN_IF_ERROR(range.status());
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> bytes, OpenRange(*range));
  return TarStream::Open(std::move(bytes), range->path);
}

}  // namespace

TarInput FileTar(const std::string& path) {
  return {.name = path, .open = [path] { return OpenTar(BlobRange::OfFile(path)); }};
}

TarInput DebTar(const std::string& path) {
  return {.name = path, .open = [path] { return OpenTar(FindDebData(path)); }};
}

}  // namespace linuxkit
