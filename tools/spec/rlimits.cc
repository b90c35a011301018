#include "tools/spec/rlimits.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr std::string_view kLimits[] = {
    "RLIMIT_CPU",      "RLIMIT_FSIZE", "RLIMIT_DATA",   "RLIMIT_STACK",
    "RLIMIT_CORE",     "RLIMIT_RSS",   "RLIMIT_NPROC",  "RLIMIT_NOFILE",
    "RLIMIT_MEMLOCK",  "RLIMIT_AS",    "RLIMIT_LOCKS",  "RLIMIT_SIGPENDING",
    "RLIMIT_MSGQUEUE", "RLIMIT_NICE",  "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
};

absl::StatusOr<uint64_t> ParseLimit(std::string_view text) {
  if (absl::EqualsIgnoreCase(text, "unlimited")) return std::numeric_limits<uint64_t>::max();
  uint64_t value = 0;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (!digits || !absl::SimpleAtoi(text, &value)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot parse ", text, " as uint64: expected a decimal number or \"unlimited\""));
  }
  return value;
}

absl::StatusOr<Rlimit> ParseRlimit(const std::string& text, const StringList& list) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, absl::MaxSplits(',', 2));
  if (parts.size() < 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot parse rlimit: [", absl::StrJoin(list.values(), " "), "]; found \"",
                     text, "\"; expected NAME,SOFT,HARD such as \"nofile,1024,unlimited\""));
  }
  Rlimit limit;
  ABSL_ASSIGN_OR_RETURN(limit.soft, ParseLimit(absl::StripAsciiWhitespace(parts[1])));
  ABSL_ASSIGN_OR_RETURN(limit.hard, ParseLimit(absl::StripAsciiWhitespace(parts[2])));
  limit.type = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(parts[0]));
  if (!absl::StartsWith(limit.type, "RLIMIT_")) limit.type.insert(0, "RLIMIT_");
  if (std::find(std::begin(kLimits), std::end(kLimits), limit.type) == std::end(kLimits)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown limit: ", limit.type, "; expected one of: ", absl::StrJoin(kLimits, ", ")));
  }
  if (limit.soft > limit.hard) {
    return absl::InvalidArgumentError(absl::StrCat("found the soft limit of \"", text,
                                                   "\" above the hard one; expected at most that"));
  }
  return limit;
}

}  // namespace

absl::StatusOr<std::vector<Rlimit>> ParseRlimits(const StringList& list) {
  std::vector<Rlimit> limits;
  for (const std::string& text : list.values()) {
    ABSL_ASSIGN_OR_RETURN(Rlimit limit, ParseRlimit(text, list));
    limits.push_back(std::move(limit));
  }
  return limits;
}

}  // namespace linuxkit
