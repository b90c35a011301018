#include "tools/netboot/serve/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace linuxkit {
namespace {

// A position; one that does not fit is behind the end of every file.
std::optional<uint64_t> ParsePosition(std::string_view digits) {
  const bool is_number = std::all_of(digits.begin(), digits.end(),
                                     [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (digits.empty() || !is_number) return std::nullopt;
  uint64_t position = 0;
  if (absl::SimpleAtoi(digits, &position)) return position;
  return std::numeric_limits<uint64_t>::max();
}

ByteRange Part(uint64_t offset, uint64_t size) {
  return {.kind = ByteRange::Kind::kPart, .offset = offset, .size = size};
}

ByteRange LastBytes(std::string_view digits, uint64_t file_size) {
  const std::optional<uint64_t> length = ParsePosition(digits);
  if (!length) return {.size = file_size};
  if (*length == 0 || file_size == 0) return {.kind = ByteRange::Kind::kUnsatisfiable};
  const uint64_t size = std::min(*length, file_size);
  return Part(file_size - size, size);
}

}  // namespace

ByteRange ResolveByteRange(std::string_view field, uint64_t file_size) {
  const ByteRange whole = {.size = file_size};
  if (!absl::StartsWithIgnoreCase(field, "bytes=")) return whole;
  const std::string_view range = absl::StripAsciiWhitespace(field.substr(6));
  const size_t dash = range.find('-');
  if (dash == range.npos) return whole;
  if (dash == 0) return LastBytes(range.substr(1), file_size);
  const std::optional<uint64_t> first = ParsePosition(range.substr(0, dash));
  std::optional<uint64_t> last = std::numeric_limits<uint64_t>::max();
  if (dash + 1 < range.size()) last = ParsePosition(range.substr(dash + 1));
  if (!first || !last || *first > *last) return whole;
  if (*first >= file_size) return {.kind = ByteRange::Kind::kUnsatisfiable};
  return Part(*first, std::min(*last, file_size - 1) - *first + 1);
}

}  // namespace linuxkit
