#include "tools/qemu/services_line.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "runtime/base/printable.h"

namespace linuxkit {
namespace {

// A longer line is none of ours.
constexpr size_t kLineLimit = 16 << 10;
constexpr size_t kShown = 1000;

// "2 services running: a, b", "1 service running: a" or "no service running".
bool IsSummary(std::string_view text) {
  if (absl::ConsumePrefix(&text, "no service running")) return text.empty() || text[0] == ';';
  const size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == text.npos) return false;
  text.remove_prefix(digits);
  return text.starts_with(" service running: ") || text.starts_with(" services running: ");
}

// What stands behind "init: "; a prompt may stand before it.
std::optional<std::string> Summary(std::string_view line) {
  constexpr std::string_view kProgram = "init: ";
  const size_t at = line.rfind(kProgram);
  if (at == line.npos) return std::nullopt;
  const std::string_view text =
      absl::StripTrailingAsciiWhitespace(line.substr(at + kProgram.size()));
  return IsSummary(text) ? std::optional(Printable(text, kShown)) : std::nullopt;
}

}  // namespace

std::optional<std::string> ServicesLine::See(std::string_view bytes) {
  for (const char c : bytes) {
    if (found_) break;
    if (c != '\n') {
      if (line_.size() < kLineLimit) line_.push_back(c);
      continue;
    }
    const std::optional<std::string> summary = Summary(line_);
    line_.clear();
    found_ = summary.has_value();
    if (found_) return summary;
  }
  return std::nullopt;
}

}  // namespace linuxkit
