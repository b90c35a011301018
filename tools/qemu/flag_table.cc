#include "tools/qemu/flag_table.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "tools/base/param_file.h"

namespace linuxkit {
namespace {

// Levenshtein's distance.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

absl::Status UnknownFlag(absl::Span<const Flag> flags, std::string_view name) {
  const Flag* nearest = nullptr;
  size_t nearest_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const Flag& flag : flags) {
    const size_t distance = EditDistance(name, flag.name);
    if (distance >= nearest_distance) continue;
    nearest = &flag;
    nearest_distance = distance;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown flag --", name,
                   nearest == nullptr ? "" : absl::StrCat("; did you mean --", nearest->name, "?"),
                   nearest == nullptr ? "; --help lists the flags" : ""));
}

const Flag* FindFlag(absl::Span<const Flag> flags, std::string_view name) {
  for (const Flag& flag : flags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

absl::StatusOr<std::string> SwitchValue(std::string_view name, std::string_view value) {
  bool on = false;
  if (!absl::SimpleAtob(value, &on)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, "=", value, ": expected true or false"));
  }
  return std::string(on ? "true" : "false");
}

}  // namespace

absl::Status ApplyFlags(absl::Span<const Flag> flags, const std::vector<FlagWord>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const FlagWord& word = words[i];
    std::string_view rest = word.text;
    if (!absl::ConsumePrefix(&rest, "--") || rest.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("unexpected argument \"", word.text,
                                                     "\"; expected --flag=value, see --help"));
    }
    const size_t equals = rest.find('=');
    const std::string_view name = rest.substr(0, equals);
    const Flag* const flag = FindFlag(flags, name);
    if (flag == nullptr) return UnknownFlag(flags, name);
    FlagUse use{.value = "true", .from_rule = word.from_rule};
    if (equals != std::string_view::npos) {
      use.value = rest.substr(equals + 1);
    } else if (!flag->value.empty()) {
      if (i + 1 == words.size() || words[i + 1].from_rule != word.from_rule) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", name, " needs a value: --", name, "=", flag->value));
      }
      use.value = words[++i].text;
    }
    if (flag->value.empty()) {
      ABSL_ASSIGN_OR_RETURN(use.value, SwitchValue(name, use.value));
    }
    ABSL_RETURN_IF_ERROR(flag->apply(use));
  }
  return absl::OkStatus();
}

std::string FlagHelp(absl::Span<const Flag> flags) {
  std::string help;
  for (const Flag& flag : flags) {
    const std::string left =
        absl::StrCat("--", flag.name, flag.value.empty() ? "" : "=", flag.value);
    absl::StrAppendFormat(&help, "  %-34s %s\n", left, flag.help);
  }
  return help;
}

absl::StatusOr<std::vector<FlagWord>> ReadParamsFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(std::vector<std::string> texts, ReadParamFile(path));
  std::vector<FlagWord> words;
  for (std::string& text : texts) words.push_back({std::move(text), /*from_rule=*/true});
  return words;
}

}  // namespace linuxkit
