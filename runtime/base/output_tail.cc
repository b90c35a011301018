#include "runtime/base/output_tail.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

void AppendLines(std::string_view stream, const Tail& tail, std::string& text) {
  if (tail.cut) absl::StrAppend(&text, "\n    ", stream, ": (earlier lines are left out)");
  for (const std::string& line : tail.lines) absl::StrAppend(&text, "\n    ", stream, ": ", line);
}

}  // namespace

std::string DescribeOutput(const Tail& out, const Tail& err) {
  std::string lines;
  AppendLines("out", out, lines);
  AppendLines("err", err, lines);
  return lines.empty() ? "; it wrote nothing" : absl::StrCat("; its last output:", lines);
}

}  // namespace linuxkit
