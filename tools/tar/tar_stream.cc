#include "tools/tar/tar_stream.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/compress/decompressor.h"
#include "tools/tar/tar_limits.h"

namespace linuxkit {

TarStream::TarStream(std::unique_ptr<ByteSource> source, std::unique_ptr<ByteSource> plain,
                     const std::string& name)
    : source_(std::move(source)),
      plain_(std::move(plain)),
      name_(name),
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
    const uint64_t limit = TarLimits().expanded_bytes;
    ABSL_ASSIGN_OR_RETURN(const uint64_t skipped, skipping_.Skip(limit));
    if (skipped == limit) {
      return absl::ResourceExhaustedError(
          absl::StrCat(name_, ": behind the end of the archive are at least ", limit,
                       " bytes, which is the limit; write the archive without them"));
    }
  }
  return entry;
}

}  // namespace linuxkit
