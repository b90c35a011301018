#include "tools/tar/tar_stream.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/status/status_macros.h"
#include "tools/compress/decompressor.h"

namespace linuxkit {

TarStream::TarStream(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSource> plain,
                     const std::string& name)
    : source_(std::move(source)),
      plain_(std::move(plain)),
      skipping_(*plain_),
      reader_(name, skipping_) {}

absl::StatusOr<std::unique_ptr<TarStream>> TarStream::Open(std::unique_ptr<ByteSource> source,
                                                           const std::string& name) {
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> plain, Decompress(*source, name));
  return std::unique_ptr<TarStream>(new TarStream(std::move(source), std::move(plain), name));
}

absl::StatusOr<std::optional<TarEntry>> TarStream::Next() {
  ABSL_ASSIGN_OR_RETURN(std::optional<TarEntry> entry, reader_.Next());
  if (!entry) {
    ABSL_RETURN_IF_ERROR(skipping_.Skip(std::numeric_limits<uint64_t>::max()).status());
  }
  return entry;
}

}  // namespace linuxkit
