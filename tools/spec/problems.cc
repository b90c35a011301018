#include "tools/spec/problems.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {

void Problems::Add(Position position, std::string_view path, std::string_view message) {
  std::string text = source_.name;
  if (source_.positions) absl::StrAppend(&text, ":", position.line, ":", position.column);
  if (!text.empty()) text += ": ";
  absl::StrAppend(&text, path, path.empty() ? "" : ": ", message);
  problems_.push_back({position, std::string(path), std::move(text)});
}

bool Problems::Mentions(std::string_view path) const {
  return std::any_of(problems_.begin(), problems_.end(), [path](const Problem& problem) {
    return problem.path == path || absl::StartsWith(problem.path, absl::StrCat(path, "["));
  });
}

absl::Status Problems::ToStatus() const {
  if (problems_.empty()) return absl::OkStatus();
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.position < b.position; });
  return absl::InvalidArgumentError(absl::StrJoin(
      sorted, "\n", [](std::string* out, const Problem& problem) { *out += problem.text; }));
}

}  // namespace linuxkit
