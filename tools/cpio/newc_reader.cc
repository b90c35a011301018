#include "tools/cpio/newc_reader.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::Status NewcReader::Error(std::string_view message) const {
  return absl::DataLossError(absl::StrCat("cpio archive, byte ", offset_, ": ", message));
}

absl::Status NewcReader::ReadExactly(absl::Span<char> buffer) {
  while (!buffer.empty()) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(buffer));
    if (count == 0) {
      return Error(absl::StrCat("the archive ends here; expected ", buffer.size(), " bytes more"));
    }
    offset_ += count;
    buffer.remove_prefix(count);
  }
  return absl::OkStatus();
}

absl::Status NewcReader::SkipPadding() {
  std::array<char, kNewcAlignment> zeros = {};
  const size_t count = NewcPadding(offset_);
  ABSL_RETURN_IF_ERROR(ReadExactly(absl::MakeSpan(zeros).first(count)));
  if (zeros != std::array<char, kNewcAlignment>{}) return Error("the padding is not zero");
  return absl::OkStatus();
}

absl::StatusOr<size_t> NewcReader::Read(absl::Span<char> buffer) {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(data_left_, buffer.size()));
  ABSL_RETURN_IF_ERROR(ReadExactly(buffer.first(wanted)));
  data_left_ -= wanted;
  if (wanted > 0 && data_left_ == 0) {
    ABSL_RETURN_IF_ERROR(SkipPadding());
  }
  return wanted;
}

absl::Status NewcReader::SkipData() {
  if (data_left_ == 0) return absl::OkStatus();
  std::vector<char> buffer(kBufferSize);
  while (data_left_ > 0) ABSL_RETURN_IF_ERROR(Read(absl::MakeSpan(buffer)).status());
  return absl::OkStatus();
}

absl::StatusOr<std::string> NewcReader::ReadName(const NewcHeader& header) {
  if (header.name_size < 2 || header.name_size > kNewcMaxName + 1) {
    return Error(absl::StrCat("the name takes ", header.name_size, " bytes; expected 2 to ",
                              kNewcMaxName + 1));
  }
  std::string name(header.name_size, '\0');
  ABSL_RETURN_IF_ERROR(ReadExactly(absl::MakeSpan(name)));
  if (name.find('\0') != name.size() - 1) {
    return Error(
        absl::StrCat("the name \"", absl::CHexEscape(name), "\" must have one NUL, at its end"));
  }
  name.pop_back();
  ABSL_RETURN_IF_ERROR(SkipPadding());
  return name;
}

absl::Status NewcReader::CheckOnlyZerosFollow() {
  std::vector<char> buffer(kBufferSize);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source_.Read(absl::MakeSpan(buffer)));
    if (count == 0) return absl::OkStatus();
    for (size_t i = 0; i < count; ++i, ++offset_) {
      if (buffer[i] != '\0') return Error("only zeros may follow the trailer");
    }
  }
}

absl::StatusOr<std::optional<NewcMember>> NewcReader::Next() {
  ABSL_RETURN_IF_ERROR(SkipData());
  std::string bytes(kNewcHeaderSize, '\0');
  ABSL_RETURN_IF_ERROR(ReadExactly(absl::MakeSpan(bytes)));
  absl::StatusOr<NewcHeader> header = DecodeNewcHeader(bytes);
  if (!header.ok()) return Error(header.status().message());
  ABSL_ASSIGN_OR_RETURN(std::string name, ReadName(*header));
  if (name == kNewcTrailer) {
    ABSL_RETURN_IF_ERROR(CheckOnlyZerosFollow());
    return std::nullopt;
  }
  data_left_ = header->file_size;
  return NewcMember{.header = *header, .name = std::move(name)};
}

}  // namespace linuxkit
