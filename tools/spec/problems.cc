#include "tools/spec/problems.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/spec/excerpt.h"

namespace linuxkit {
namespace {

// More than this at once nobody reads.
constexpr size_t kMaxShown = 20;

}  // namespace

void Problems::Add(Position position, std::string_view path, std::string_view message) {
  problems_.push_back({position, std::string(path), std::string(message)});
}

bool Problems::Mentions(std::string_view path) const {
  return std::any_of(problems_.begin(), problems_.end(), [path](const Problem& problem) {
    return problem.path == path || absl::StartsWith(problem.path, absl::StrCat(path, "["));
  });
}

std::string Problems::Place(Position position) const {
  if (!source_.positions) return source_.name;
  const Position shown = InCharacters(source_.text, position);
  return absl::StrCat(source_.name, ":", shown.line, ":", shown.column);
}

std::string Problems::Format(const Problem& problem) const {
  const std::string place = Place(problem.position);
  return absl::StrCat(place, place.empty() ? "" : ": ", problem.path,
                      problem.path.empty() ? "" : ": ", problem.message,
                      source_.text.empty() ? "" : Excerpt(source_.text, problem.position));
}

std::vector<Problems::Problem> Problems::Sorted() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.position < b.position; });
  return sorted;
}

absl::Status Problems::ToStatus() const { return linuxkit::ToStatus({this}); }

absl::Status ToStatus(absl::Span<const Problems* const> documents) {
  std::vector<std::string> lines;
  size_t count = 0;
  for (const Problems* document : documents) {
    for (const Problems::Problem& problem : document->Sorted()) {
      if (count++ < kMaxShown) lines.push_back(document->Format(problem));
    }
  }
  if (count == 0) return absl::OkStatus();
  if (count > kMaxShown) lines.push_back(absl::StrCat("and ", count - kMaxShown, " more"));
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

}  // namespace linuxkit
