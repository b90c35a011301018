#include "tools/flatten/image_tree.h"

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using Type = LayerEntry::Type;

constexpr char kProblem[] =
    "up to here the paths of this image lead through 100 names, those in symbolic links included, "
    "which is the limit; use shorter targets for the links that paths go through";

// A link of 21 names to the root, so that a path through it takes 22 steps.
std::deque<LayerEntry> Link() {
  std::string target = ".";
  for (int i = 0; i < 20; ++i) absl::StrAppend(&target, "/.");
  return {{.type = Type::kSymlink, .name = "l", .link = target}};
}

TEST(ImageTreeTest, StepsOfPathsAreLimited) {
  ImageTree tree(100);
  std::deque<LayerEntry> entries = Link();
  for (int i = 0; i < 4; ++i) entries.push_back({.name = absl::StrCat("l/f", i)});
  ASSERT_THAT(tree.AddLayer(0, std::move(entries)), IsOk());
  EXPECT_THAT(
      tree.AddLayer(1, {{.name = "l/g"}}),
      StatusIs(absl::StatusCode::kResourceExhausted, absl::StrCat("entry \"l/g\": ", kProblem)));
}

TEST(ImageTreeTest, StepsOfHardLinksAreLimited) {
  ImageTree tree(100);
  std::deque<LayerEntry> entries = Link();
  entries.push_back({.name = "f"});
  for (int i = 0; i < 5; ++i) {
    entries.push_back({.type = Type::kHardLink, .name = absl::StrCat("h", i), .link = "l/f"});
  }
  EXPECT_THAT(
      tree.AddLayer(0, std::move(entries)),
      StatusIs(absl::StatusCode::kResourceExhausted, absl::StrCat("entry \"h4\": ", kProblem)));
}

// A whiteout of nothing is no error, but one beyond the limit is.
TEST(ImageTreeTest, StepsOfWhiteoutsAreLimited) {
  ImageTree tree(100);
  ASSERT_THAT(tree.AddLayer(0, Link()), IsOk());
  std::deque<LayerEntry> whiteouts;
  for (int i = 0; i < 5; ++i) {
    whiteouts.push_back({.type = Type::kWhiteout, .name = absl::StrCat("l/w", i)});
  }
  EXPECT_THAT(
      tree.AddLayer(1, std::move(whiteouts)),
      StatusIs(absl::StatusCode::kResourceExhausted, absl::StrCat("entry \"l/w4\": ", kProblem)));
}

}  // namespace
}  // namespace linuxkit
