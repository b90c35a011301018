// What the benchmark reads out of Bazel's documents, and what it draws.
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/perf/action_graph.h"
#include "tests/perf/build_report.h"
#include "tests/perf/scale_plot.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A bundle ran, a segment came from a cache, and a compiler ran.
constexpr char kProfile[] = R"({"otherData": {}, "traceEvents": [
  {"name": "thread_name", "ph": "M", "tid": 1, "args": {"name": "x"}},
  {"cat": "action processing", "tid": 1, "ts": 100, "dur": 500000, "args": {"mnemonic": "LinuxkitBundle"}},
  {"name": "subprocess.run", "tid": 1, "ts": 200, "dur": 300000},
  {"cat": "action processing", "tid": 2, "ts": 100, "dur": 100000, "args": {"mnemonic": "LinuxkitSegment"}},
  {"cat": "action processing", "tid": 3, "ts": 0, "dur": 9, "args": {"mnemonic": "CppCompile"}},
  {"name": "subprocess.run", "tid": 3, "ts": 0, "dur": 9}]})";

TEST(BuildReport, AnActionWithAProgramRanAndOneWithoutCameFromACache) {
  BuildReport report;
  ASSERT_THAT(AddProfile(kProfile, report), IsOk());
  EXPECT_EQ(report.Ran(), "1 Bundle and 1 not ours; 1 from the cache");
}

TEST(BuildReport, TimesAreThoseOfOurActions) {
  BuildReport report;
  ASSERT_THAT(AddProfile(kProfile, report), IsOk());
  EXPECT_DOUBLE_EQ(report.program_seconds, 0.3);
  EXPECT_DOUBLE_EQ(report.action_seconds, 0.6);
}

TEST(BuildReport, NothingRan) {
  BuildReport report;
  ASSERT_THAT(AddProfile(R"({"traceEvents": []})", report), IsOk());
  EXPECT_EQ(report.Ran(), "none");
}

TEST(BuildReport, MetricsAreTakenFromTheirEvent) {
  BuildReport report;
  ASSERT_THAT(
      AddMetrics("{\"id\":{\"started\":{}}}\n"
                 "{\"id\":{\"buildMetrics\":{}},\"buildMetrics\":{\"actionSummary\":"
                 "{\"actionsCreated\":\"12\"},\"targetMetrics\":{\"targetsConfigured\":\"34\"},"
                 "\"timingMetrics\":{\"analysisPhaseTimeInMs\":\"560\"}}}\n",
                 report),
      IsOk());
  EXPECT_EQ(report.actions, 12);
  EXPECT_EQ(report.targets, 34);
  EXPECT_DOUBLE_EQ(report.analysis_seconds, 0.56);
}

TEST(BuildReport, DocumentsWithoutWhatIsWantedAreErrors) {
  BuildReport report;
  EXPECT_THAT(AddProfile("{", report),
              StatusIs(absl::StatusCode::kDataLoss,
                       "found no trace events in a profile; expected what --profile writes"));
  EXPECT_THAT(AddMetrics("{}\n", report),
              StatusIs(absl::StatusCode::kDataLoss,
                       "found no buildMetrics among a build's events; expected one"));
}

TEST(ActionGraph, AnActionHasItsProgramFlagsAndOutputs) {
  const auto actions = ParseActionGraph(R"({
    "artifacts": [{"id": 1, "pathFragmentId": 3}, {"id": 2, "pathFragmentId": 7}],
    "pathFragments": [{"id": 3, "label": "out.cpio", "parentId": 2}, {"id": 2, "label": "bin"},
                      {"id": 4, "label": "bazel-out"}, {"id": 5, "label": "k8", "parentId": 4}, {"id": 6, "label": "bin", "parentId": 5},
                      {"id": 7, "label": "tool", "parentId": 6}],
    "actions": [{"mnemonic": "FileWrite"},
                {"mnemonic": "LinuxkitBundle", "outputIds": [1],
                 "arguments": ["bazel-out/cfg/bin/tool", "--in=bazel-out/cfg/bin/tool", "--output=bin/out.cpio"]}]})");
  ASSERT_THAT(actions, IsOk());
  ASSERT_THAT(*actions, SizeIs(1));
  EXPECT_EQ((*actions)[0].mnemonic, "LinuxkitBundle");
  // Paths without a configuration, as the action sees them, are those of the files.
  EXPECT_EQ((*actions)[0].program, "bazel-out/k8/bin/tool");
  EXPECT_THAT((*actions)[0].outputs, ElementsAre("bin/out.cpio"));
  EXPECT_THAT((*actions)[0].FlagsWithOutputsIn("/s"),
              ElementsAre("--in=bazel-out/k8/bin/tool", "--output=/s/0"));
  EXPECT_FALSE((*actions)[0].HasRun("/nowhere"));
}

TEST(ActionGraph, TextThatIsNoJsonIsAnError) {
  EXPECT_THAT(ParseActionGraph("x"),
              StatusIs(absl::StatusCode::kDataLoss,
                       "found no action graph; expected what bazel aquery writes as JSON"));
}

TEST(PlotSvg, TheCurveLeadsThroughThePointsAndTheLastHasItsNumber) {
  const std::string svg =
      PlotSvg("services",
              {{.title = "actions", .unit = " s", .decimals = 1, .points = {{0, 0}, {500, 2}}}});
  EXPECT_THAT(svg, HasSubstr("<polyline class=\"curve\" points=\"24.0,176.0 234.0,44.0 \"/>"));
  EXPECT_THAT(svg, HasSubstr(">2.0 s</text>"));
}

}  // namespace
}  // namespace linuxkit
