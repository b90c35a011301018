#include "tools/tar/pax_records.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// Cuts the first record ("25 path=usr/share/file\n") off `text`.
bool TakeRecord(std::string_view& text, std::string_view& key, std::string_view& value) {
  size_t length = 0;
  const size_t space = text.find(' ');
  if (space == std::string_view::npos || !absl::SimpleAtoi(text.substr(0, space), &length)) {
    return false;
  }
  if (length > text.size() || length < space + 2 || text[length - 1] != '\n') return false;
  const std::string_view record = text.substr(space + 1, length - space - 2);
  text.remove_prefix(length);
  const size_t equals = record.find('=');
  if (equals == std::string_view::npos) return false;
  key = record.substr(0, equals);
  value = record.substr(equals + 1);
  return true;
}

}  // namespace

bool ParsePaxRecords(std::string_view text, PaxRecords& records) {
  std::string sparse_map;
  std::string_view key, value;
  while (!text.empty()) {
    if (!TakeRecord(text, key, value)) return false;
    if (key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes") {
      absl::StrAppend(&sparse_map, sparse_map.empty() ? "" : ",", value);
    } else {
      records[std::string(key)] = std::string(value);
    }
  }
  if (!sparse_map.empty()) records["GNU.sparse.map"] = sparse_map;
  return true;
}

bool ParsePaxTime(std::string_view text, int64_t& seconds) {
  const size_t point = text.find('.');
  if (!absl::SimpleAtoi(text.substr(0, point), &seconds)) return false;
  const bool has_fraction = point != std::string_view::npos &&
                            text.find_first_not_of('0', point + 1) != std::string_view::npos;
  if (has_fraction && absl::StartsWith(text, "-")) --seconds;
  return true;
}

}  // namespace linuxkit
