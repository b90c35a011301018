// Measures what a user of Bazel waits for:
//
//   ./bazelw run //tests/perf:bench
//
// makes a system of 13 images of 830 MB and edits it, then systems of 1 to 500 services from 20
// images. Each scenario runs several times; the fastest counts. The tables have
//
//   wall      seconds of the command, as its user waits
//   programs  of these, in the programs of our actions (added up: two may run at once)
//   actions   the same with what Bazel does before and after a program: sandbox, digests, caches
//   ran       the actions of ours whose programs ran; all others were up to date
//
// It works in an output base of its own, whose tools come from the disk cache if there is one, and
// needs about 5 GB in a directory below $TEST_TMPDIR or /tmp. Options:
//
//   --parts       system, scale or both, "system,scale", the default
//   --mib         size of the 13 images; 830 by default
//   --source      where their files come from; /usr/lib by default
//   --runs        how often a scenario runs; 10 by default, as a new server is slower
//   --counts      numbers of services; "1,10,100,250,500" by default
//   --directory   where to work; it is kept, and its images are used again
//   --disk_cache  the cache that another output base finds; the one of the rc files by default
//   --plot        an SVG file for the curves of the systems' growth, relative to the workspace
//   --make_layer, --make_image  the tools; the BUILD file gives them
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/perf/bazel_driver.h"
#include "tests/perf/bench_workspace.h"
#include "tests/perf/build_report.h"
#include "tests/perf/measure.h"
#include "tests/perf/scale_plot.h"
#include "tests/perf/timed_process.h"
#include "tools/base/args.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

// Our actions neither ask a cache nor fill it, while tools come from there: what an edit made
// before is made again.
constexpr char kUncached[] = "--modify_execution_info=^Linuxkit.*=+no-cache";

struct Settings {
  BenchWorkspace workspace;
  std::string checkout;
  std::string directory;
  Words cached;  // flags of builds with the disk cache
  int64_t runs = 3;
};

void PrintRow(std::string_view name, const BuildReport& report) {
  std::printf("%-36s %7.2f %9.2f %8.2f  %s\n", std::string(name).c_str(), report.seconds,
              report.program_seconds, report.action_seconds, report.Ran().c_str());
  std::fflush(stdout);
}

BazelDriver Driver(const Settings& settings, const std::string& base, const Words& flags) {
  Words all = {absl::StrCat("--package_path=%workspace%:", settings.workspace.directory())};
  all.insert(all.end(), settings.cached.begin(), settings.cached.end());
  all.insert(all.end(), flags.begin(), flags.end());
  return BazelDriver({.program = settings.checkout + "/bazelw",
                      .workspace = settings.checkout,
                      .scratch = settings.directory,
                      .startup = {absl::StrCat("--output_user_root=", settings.directory, "/user"),
                                  absl::StrCat("--output_base=", settings.directory, "/", base)},
                      .flags = std::move(all)});
}

// The fastest of several builds, before each of which something happens.
absl::StatusOr<BuildReport> Best(const Settings& settings, const BazelDriver& bazel,
                                 const Words& words, const std::function<absl::Status()>& before) {
  BuildReport best;
  for (int64_t run = 0; run < settings.runs; ++run) {
    ABSL_RETURN_IF_ERROR(before());
    ABSL_ASSIGN_OR_RETURN(BuildReport report, bazel.Build(words));
    if (run == 0 || report.seconds < best.seconds) best = std::move(report);
  }
  return best;
}

class SystemBench {
 public:
  explicit SystemBench(const Settings& settings)
      : settings_(settings),
        bazel_(Driver(settings, "base", {kUncached})),
        cached_(Driver(settings, "base", {})) {}

  absl::Status Run() {
    ABSL_RETURN_IF_ERROR(settings_.workspace.WriteSystem(edits_));
    ABSL_RETURN_IF_ERROR(bazel_.Build({"//bench:system", "//bench:system_iso"}).status());
    std::printf("%-36s %7s %9s %8s  %s\n", "13 images", "wall", "programs", "actions", "ran");
    std::fflush(stdout);
    ABSL_RETURN_IF_ERROR(
        Row("cold assembly", bazel_, "//bench:system", [this] { return RemoveOutputs(); }));
    ABSL_RETURN_IF_ERROR(Edits());
    ABSL_RETURN_IF_ERROR(Actions());
    return Cached();
  }

 private:
  absl::Status Row(std::string_view name, const BazelDriver& bazel, const std::string& target,
                   const std::function<absl::Status()>& before) {
    ABSL_ASSIGN_OR_RETURN(const BuildReport report, Best(settings_, bazel, {target}, before));
    PrintRow(name, report);
    return absl::OkStatus();
  }

  absl::Status Edit(int SystemEdits::* field) {
    edits_.*field = field == &SystemEdits::image ? 1 - edits_.image : edits_.*field + 1;
    return settings_.workspace.WriteSystem(edits_);
  }

  // Outputs of the system alone go away: tools lie elsewhere.
  absl::Status RemoveOutputs() const {
    ABSL_ASSIGN_OR_RETURN(const std::string outputs, bazel_.Info("bazel-bin"));
    return RunTimed({"rm", "-rf", outputs + "/bench"}).status();
  }

  absl::Status Edits() {
    const auto row = [this](std::string_view name, int SystemEdits::* field) {
      return Row(name, bazel_, "//bench:system", [this, field] { return Edit(field); });
    };
    ABSL_RETURN_IF_ERROR(Row("no-op", bazel_, "//bench:system", [] { return absl::OkStatus(); }));
    ABSL_RETURN_IF_ERROR(row("one service entry changed", &SystemEdits::service));
    ABSL_RETURN_IF_ERROR(row("command line changed", &SystemEdits::cmdline));
    ABSL_RETURN_IF_ERROR(row("one image of 5 MB changed", &SystemEdits::image));
    ABSL_RETURN_IF_ERROR(bazel_.Build({"//bench:system_iso"}).status());
    return Row("ISO after one change", bazel_, "//bench:system_iso",
               [this] { return Edit(&SystemEdits::service); });
  }

  // With the disk cache: an edit whose outputs are stored there, and a new server in another output
  // base, which must load and analyze everything while no program runs.
  absl::Status Cached() {
    ABSL_RETURN_IF_ERROR(cached_.Build({"//bench:system"}).status());
    ABSL_RETURN_IF_ERROR(Row("one service entry, to the disk cache", cached_, "//bench:system",
                             [this] { return Edit(&SystemEdits::service); }));
    const BazelDriver second = Driver(settings_, "base2", {});
    ABSL_ASSIGN_OR_RETURN(const BuildReport report, second.Build({"//bench:system"}));
    PrintRow("another output base, all cached", report);
    ABSL_RETURN_IF_ERROR(second.Shutdown());
    return RunTimed({"rm", "-rf", settings_.directory + "/base2"}).status();
  }

  // What each program needs by itself, once more for all that ran.
  absl::Status Actions() {
    ABSL_ASSIGN_OR_RETURN(
        const std::vector<ActionCost> costs,
        bazel_.RunActions("//bench:system_iso",
                          {"LinuxkitImport", "LinuxkitSegment", "LinuxkitKernel", "LinuxkitSpec",
                           "LinuxkitBundle", "LinuxkitInitrd", "LinuxkitIso"}));
    std::map<std::string, std::pair<int, double>> sums;  // how many, and their time
    std::map<std::string, Cost> largest;
    for (const auto& [mnemonic, cost] : costs) {
      ++sums[mnemonic].first;
      sums[mnemonic].second += cost.seconds;
      const auto [at, added] = largest.try_emplace(mnemonic, cost);
      if (added) continue;
      at->second.seconds = std::max(at->second.seconds, cost.seconds);
      at->second.rss_kib = std::max(at->second.rss_kib, cost.rss_kib);
    }
    std::printf("\n%-20s %6s %12s %12s %14s\n", "program by itself", "runs", "all", "slowest",
                "peak RSS");
    for (const auto& [mnemonic, sum] : sums) {
      const Cost& cost = largest[mnemonic];
      std::printf("%-20s %6d %10.3f s %10.3f s %10.1f MiB\n", mnemonic.c_str(), sum.first,
                  sum.second, cost.seconds, static_cast<double>(cost.rss_kib) / 1024);
    }
    std::fflush(stdout);
    return absl::OkStatus();
  }

  const Settings& settings_;
  BazelDriver bazel_, cached_;
  // An edit of an earlier run of the benchmark would be in the cache.
  SystemEdits edits_ = {.service = static_cast<int>(getpid()) * 100};
};

class ScaleBench {
 public:
  explicit ScaleBench(const Settings& settings)
      : settings_(settings), bazel_(Driver(settings, "base", {kUncached})) {}

  absl::Status Run(const std::vector<int>& counts, const std::string& plot) {
    // What all systems share is loaded, analyzed and compiled before: a system like them.
    ABSL_RETURN_IF_ERROR(settings_.workspace.WriteScale(2, 0));
    ABSL_RETURN_IF_ERROR(bazel_.Build({"//bench/scale/2:system"}).status());
    std::printf("\n%8s %8s %8s %9s %9s %11s %9s %9s %11s  %s\n", "services", "actions", "targets",
                "analysis", "heap", "first build", "one edit", "programs", "initrd RSS", "ran");
    for (const int count : counts) ABSL_RETURN_IF_ERROR(Measure(count));
    return plot.empty() ? absl::OkStatus() : WriteFile(plot, Plot());
  }

 private:
  absl::Status Measure(int count) {
    const std::string system = absl::StrCat("//bench/scale/", count, ":system");
    ABSL_RETURN_IF_ERROR(settings_.workspace.WriteScale(count, 0));
    ABSL_ASSIGN_OR_RETURN(const int64_t before, bazel_.HeapMib());
    ABSL_ASSIGN_OR_RETURN(const BuildReport analysis, bazel_.Build({"--nobuild", system}));
    ABSL_ASSIGN_OR_RETURN(const int64_t after, bazel_.HeapMib());
    ABSL_ASSIGN_OR_RETURN(const BuildReport first, bazel_.Build({system}));
    int edit = 0;
    const auto next = [&] { return settings_.workspace.WriteScale(count, --edit); };
    ABSL_ASSIGN_OR_RETURN(const BuildReport edited, Best(settings_, bazel_, {system}, next));
    ABSL_ASSIGN_OR_RETURN(const std::vector<ActionCost> initrd,
                          bazel_.RunActions(system, {"LinuxkitInitrd"}));
    const long rss_kib = initrd.empty() ? 0 : initrd.front().cost.rss_kib;
    std::printf("%8d %8d %8d %7.2f s %5d MiB %9.2f s %7.2f s %7.2f s %7.1f MiB  %s\n", count,
                static_cast<int>(analysis.actions), static_cast<int>(analysis.targets),
                analysis.analysis_seconds, static_cast<int>(after - before), first.seconds,
                edited.seconds, edited.program_seconds, static_cast<double>(rss_kib) / 1024,
                edited.Ran().c_str());
    std::fflush(stdout);
    actions_.emplace_back(count, analysis.actions);
    analysis_.emplace_back(count, analysis.analysis_seconds);
    edit_.emplace_back(count, edited.seconds);
    return absl::OkStatus();
  }

  std::string Plot() const {
    return PlotSvg(
        "services",
        {{.title = "actions", .points = actions_},
         {.title = "first analysis", .unit = " s", .decimals = 2, .points = analysis_},
         {.title = "build after one edit", .unit = " s", .decimals = 2, .points = edit_}});
  }

  const Settings& settings_;
  BazelDriver bazel_;
  std::vector<std::pair<double, double>> actions_, analysis_, edit_;
};

absl::StatusOr<std::vector<int>> ParseCounts(const std::string& text) {
  std::vector<int> counts;
  for (const std::string_view word : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(word, &counts.emplace_back()) || counts.back() < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("--counts: found \"", word, "\"; expected numbers of services"));
    }
  }
  return counts;
}

absl::StatusOr<std::string> Checkout() {
  const char* const directory = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (directory != nullptr) return std::string(directory);
  return absl::FailedPreconditionError(
      "BUILD_WORKSPACE_DIRECTORY is not set; expected to be run by Bazel: ./bazelw run "
      "//tests/perf:bench");
}

absl::Status Main(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const std::string checkout, Checkout());
  const Words parts = absl::StrSplit(args.OptionalOr("parts", "system,scale"), ',');
  const std::string kept = args.OptionalOr("directory", "");
  const std::string cache = args.OptionalOr("disk_cache", "");
  const std::string plot = args.OptionalOr("plot", "");
  const std::string source = args.OptionalOr("source", "/usr/lib");
  const int64_t runs = args.IntOr("runs", 10), mib = args.IntOr("mib", 830);
  ABSL_ASSIGN_OR_RETURN(const std::vector<int> counts,
                        ParseCounts(args.OptionalOr("counts", "1,10,100,250,500")));
  const std::string make_layer = fs::absolute(args.Required("make_layer"));
  const std::string make_image = fs::absolute(args.Required("make_image"));
  ABSL_RETURN_IF_ERROR(args.Finish());
  std::unique_ptr<ScratchDirectory> scratch;
  if (kept.empty()) {
    ABSL_ASSIGN_OR_RETURN(scratch, ScratchDirectory::Create("bench"));
  }
  const std::string directory = scratch ? scratch->path() : kept;
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  const Settings settings = {
      .workspace = BenchWorkspace({.directory = directory + "/packages",
                                   .make_layer = make_layer,
                                   .make_image = make_image,
                                   .source = source,
                                   .mib = mib}),
      .checkout = checkout,
      .directory = directory,
      .cached = cache.empty() ? Words() : Words{absl::StrCat("--disk_cache=", cache)},
      .runs = runs};
  const absl::Cleanup shutdown = [&] { (void)Driver(settings, "base", {}).Shutdown(); };
  ABSL_RETURN_IF_ERROR(settings.workspace.Prepare());
  for (const std::string& part : parts) {
    ABSL_RETURN_IF_ERROR(part == "scale"
                             ? ScaleBench(settings).Run(
                                   counts, plot.empty() ? "" : absl::StrCat(checkout, "/", plot))
                             : SystemBench(settings).Run());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "bench", linuxkit::Main); }
