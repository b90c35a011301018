#include "tools/tar/sparse_map.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/tar/tar_header.h"

namespace linuxkit {
namespace {

// As many as fit the longest extended header that is read.
constexpr size_t kMaxParts = 1 << 18;
// So much of a malformed map a message shows.
constexpr size_t kShown = 80;

absl::Status Malformed(std::string_view found, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("malformed map of a sparse file at \"",
                                                 absl::CHexEscape(found.substr(0, kShown)),
                                                 "\"; expected ", expected));
}

// Where the line behind the first `count` ones begins; npos if they are not all there.
size_t FindLine(std::string_view text, size_t count) {
  size_t begin = 0;
  for (; count > 0; --count) {
    begin = text.find('\n', begin);
    if (begin == text.npos) return begin;
    ++begin;
  }
  return begin;
}

std::string_view Find(const PaxRecords& records, std::string_view key) {
  const auto record = records.find(std::string(key));
  return record == records.end() ? std::string_view() : record->second;
}

}  // namespace

absl::Status SparseMap::Add(uint64_t offset, uint64_t size) {
  if (parts_.size() == kMaxParts) {
    return absl::InvalidArgumentError(
        absl::StrCat("this sparse file has more than ", kMaxParts, " parts"));
  }
  if (!parts_.empty() && offset < parts_.back().offset + parts_.back().size) {
    return absl::InvalidArgumentError("the parts of this sparse file overlap");
  }
  if (offset > size_ || size > size_ - offset) {
    return absl::InvalidArgumentError(absl::StrCat("a part of this sparse file, ", size,
                                                   " bytes at ", offset,
                                                   ", lies beyond its size of ", size_));
  }
  // Most writers end the map with a part of no bytes at the end of the file.
  if (size > 0) parts_.push_back({.offset = offset, .size = size});
  stored_ += size;
  return absl::OkStatus();
}

absl::Status SparseMap::AddList(std::string_view list, char separator) {
  const std::vector<std::string_view> numbers = absl::StrSplit(list, separator, absl::SkipEmpty());
  for (size_t i = 0; i < numbers.size(); i += 2) {
    uint64_t offset = 0, size = 0;
    if (i + 1 == numbers.size() || !absl::SimpleAtoi(numbers[i], &offset) ||
        !absl::SimpleAtoi(numbers[i + 1], &size)) {
      return Malformed(numbers[i], "pairs of numbers");
    }
    ABSL_RETURN_IF_ERROR(Add(offset, size));
  }
  return absl::OkStatus();
}

// Pairs of twelve digits, from 386 of the header or 0 of a block, then a byte that tells of more.
absl::StatusOr<bool> SparseMap::AddBlock(const TarBlock& block, bool is_header) {
  constexpr size_t kDigits = 12;
  const size_t begin = is_header ? 386 : 0, end = is_header ? 482 : 504;
  for (size_t at = begin; at < end && block.bytes[at] != '\0'; at += 2 * kDigits) {
    const int64_t offset = block.Number(at, kDigits).value_or(-1);
    const int64_t size = block.Number(at + kDigits, kDigits).value_or(-1);
    if (offset < 0 || size < 0) {
      return Malformed(block.Bytes(at, 2 * kDigits), "two numbers of twelve digits");
    }
    ABSL_RETURN_IF_ERROR(Add(static_cast<uint64_t>(offset), static_cast<uint64_t>(size)));
  }
  return block.bytes[end] != '\0';
}

absl::StatusOr<size_t> SparseMap::LinesOfText(std::string_view first) {
  size_t parts = 0;
  if (!absl::SimpleAtoi(first, &parts) || parts > kMaxParts) {
    return Malformed(first, absl::StrCat("a number up to ", kMaxParts));
  }
  return 1 + 2 * parts;
}

absl::Status SparseMap::AddText(std::string_view text) {
  const size_t first = FindLine(text, 1);
  if (first == text.npos) return Malformed(text, "a line with a number");
  ABSL_ASSIGN_OR_RETURN(const size_t lines, LinesOfText(text.substr(0, first)));
  const size_t end = FindLine(text, lines);
  if (end == text.npos) return Malformed(text.substr(0, first), "that many parts");
  return AddList(text.substr(first, end - first), '\n');
}

SparseMap::Stretch SparseMap::Next() const {
  if (part_ == parts_.size()) return {.is_hole = true, .size = size_ - position_};
  const Part& part = parts_[part_];
  if (position_ < part.offset) return {.is_hole = true, .size = part.offset - position_};
  return {.is_hole = false, .size = part.offset + part.size - position_};
}

void SparseMap::Advance(uint64_t count) {
  position_ += count;
  while (part_ < parts_.size() && position_ == parts_[part_].offset + parts_[part_].size) ++part_;
}

SparseForm SparseFormOf(const TarBlock& header, const PaxRecords& records) {
  if (TypeFlag(header) == 'S') return SparseForm::kBlocks;
  if (Find(records, "GNU.sparse.major") == "1" && Find(records, "GNU.sparse.minor") == "0") {
    return SparseForm::kText;
  }
  return Find(records, "GNU.sparse.size").empty() ? SparseForm::kNone : SparseForm::kRecords;
}

absl::StatusOr<SparseMap> ParseSparseMap(const TarBlock& header, const PaxRecords& records) {
  const SparseForm form = SparseFormOf(header, records);
  int64_t size = -1;
  if (form == SparseForm::kBlocks) {
    size = header.Number(483, 12).value_or(-1);
  } else if (!absl::SimpleAtoi(Find(records, form == SparseForm::kText ? "GNU.sparse.realsize"
                                                                       : "GNU.sparse.size"),
                               &size)) {
    size = -1;
  }
  if (size < 0) return absl::InvalidArgumentError("the size of this sparse file is not a number");
  SparseMap map(static_cast<uint64_t>(size));
  if (form == SparseForm::kRecords) {
    ABSL_RETURN_IF_ERROR(map.AddList(Find(records, "GNU.sparse.map"), ','));
  }
  return map;
}

}  // namespace linuxkit
