#include "tools/spec/page_size.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::pair<int64_t, std::string_view> kUnits[] = {
    {int64_t{1} << 30, "GB"}, {int64_t{1} << 20, "MB"}, {int64_t{1} << 10, "KB"}};

bool IsSize(std::string_view text) {
  for (const auto& [bytes, suffix] : kUnits) {
    if (!absl::EndsWith(text, suffix)) continue;
    const std::string_view digits = text.substr(0, text.size() - suffix.size());
    return !digits.empty() && digits.front() != '0' &&
           std::all_of(digits.begin(), digits.end(),
                       [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  }
  return false;
}

}  // namespace

absl::StatusOr<std::string> PageSizeText(const PageSize& size) {
  for (const auto& [bytes, suffix] : kUnits) {
    if (size.number() > 0 && size.number() % bytes == 0) {
      return absl::StrCat(size.number() / bytes, suffix);
    }
  }
  if (IsSize(size.name())) return size.name();
  return absl::InvalidArgumentError(
      absl::StrCat("found the page size ",
                   size.value_case() == PageSize::kName ? absl::StrCat("\"", size.name(), "\"")
                                                        : absl::StrCat(size.number()),
                   "; expected a number of bytes or a text such as \"2MB\""));
}

}  // namespace linuxkit
