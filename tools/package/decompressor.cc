#include "tools/package/decompressor.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

// What libarchive reads from. A failure is kept here, since its callbacks can only return a number.
struct Decompressor::Input {
  std::string name;
  ByteSource& source;
  std::vector<char> buffer = std::vector<char>(kBufferSize);
  absl::Status status = absl::OkStatus();

  static la_ssize_t Read(archive*, void* self, const void** data) {
    Input& input = *static_cast<Input*>(self);
    const absl::StatusOr<size_t> count = input.source.Read(absl::MakeSpan(input.buffer));
    *data = input.buffer.data();
    if (count.ok()) return static_cast<la_ssize_t>(*count);
    input.status = count.status();
    return ARCHIVE_FATAL;
  }
};

void Decompressor::Close::operator()(archive* reader) const { archive_read_free(reader); }

Decompressor::Decompressor(std::unique_ptr<Input> input)
    : input_(std::move(input)), reader_(archive_read_new()) {
  // Named one by one: "all" would also try programs of the machine.
  archive_read_support_filter_gzip(reader_.get());
  archive_read_support_filter_xz(reader_.get());
  archive_read_support_filter_zstd(reader_.get());
  archive_read_support_filter_bzip2(reader_.get());
  archive_read_support_filter_lzma(reader_.get());
  archive_read_support_filter_lz4(reader_.get());
  archive_read_support_format_raw(reader_.get());
  archive_read_support_format_empty(reader_.get());
}

Decompressor::~Decompressor() = default;

absl::Status Decompressor::Error() const {
  if (!input_->status.ok()) return input_->status;
  const char* const reason = archive_error_string(reader_.get());
  return absl::DataLossError(absl::StrCat(
      input_->name, ": cannot decompress: ", reason == nullptr ? "unknown error" : reason));
}

absl::StatusOr<std::unique_ptr<Decompressor>> Decompressor::Open(std::string name,
                                                                 ByteSource& source) {
  std::unique_ptr<Decompressor> result(new Decompressor(
      std::unique_ptr<Input>(new Input{.name = std::move(name), .source = source})));
  archive* const reader = result->reader_.get();
  archive_entry* entry = nullptr;
  if (archive_read_open(reader, result->input_.get(), nullptr, Input::Read, nullptr) !=
      ARCHIVE_OK) {
    return result->Error();
  }
  const int header = archive_read_next_header(reader, &entry);
  if (header != ARCHIVE_OK && header != ARCHIVE_EOF) return result->Error();
  return result;
}

absl::StatusOr<size_t> Decompressor::Read(absl::Span<char> buffer) {
  const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
  if (count < 0) return Error();
  return static_cast<size_t>(count);
}

absl::Status Decompressor::Skip(uint64_t count) {
  std::vector<char> buffer(static_cast<size_t>(std::min<uint64_t>(count, kBufferSize)));
  while (count > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(count, buffer.size()));
    ABSL_ASSIGN_OR_RETURN(const size_t done, Read(absl::MakeSpan(buffer).first(wanted)));
    if (done == 0) return absl::OkStatus();
    count -= done;
  }
  return absl::OkStatus();
}

absl::Status Decompressor::Drain() { return Skip(std::numeric_limits<uint64_t>::max()); }

}  // namespace linuxkit
