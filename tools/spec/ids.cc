#include "tools/spec/ids.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr int64_t kLastId = 4294967294;

}  // namespace

absl::StatusOr<IdTable> ParseIdTable(absl::Span<const std::string> words) {
  IdTable ids;
  for (const std::string_view word : words) {
    // The last "=", since a name may hold one.
    const size_t equals = word.rfind('=');
    uint32_t number = 0;
    if (equals == word.npos || !absl::SimpleAtoi(word.substr(equals + 1), &number)) {
      return absl::InvalidArgumentError(absl::StrCat("--id=", word, ": expected --id=NAME=NUMBER"));
    }
    ids[std::string(word.substr(0, equals))] = number;
  }
  return ids;
}

absl::Status CheckId(const Id& id) {
  if (id.value_case() != Id::kNumber) return absl::OkStatus();
  if (id.number() >= 0 && id.number() <= kLastId) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("found ", id.number(), "; expected a number from 0 to ", kLastId));
}

absl::StatusOr<uint32_t> ResolveId(const Id& id, const IdTable& ids) {
  ABSL_RETURN_IF_ERROR(CheckId(id));
  if (id.value_case() == Id::kNumber) return static_cast<uint32_t>(id.number());
  const std::string& name = id.name();
  if (name.empty() || name == "root") return 0;
  const auto found = ids.find(name);
  if (found != ids.end()) return found->second;
  const bool numeric = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return absl::InvalidArgumentError(absl::StrCat(
      "cannot find id: ", name, "; ",
      numeric ? "in quotes it is a name; write the number without quotes"
              : "expected a number, \"root\", or the name of an entry of onboot, onshutdown or "
                "services"));
}

}  // namespace linuxkit
