// Measures the cold assembly of a system, from layers to initrd, against what libraries take for
// the same bytes (library_limit.h), in the same run:
//
//   ./bazelw run //tests/perf:assembly
//
// The system has 13 images, made of files below /usr: the smallest of 9 MB, the largest of 118.
// A segment is made of each, as many at a time as there are cores, and an initrd of the segments. A
// layer with one file of 2 GiB follows, for the memory it takes. Everything runs several times, by
// turns with the limit; the fastest run counts. Needs 3 GB below $TEST_TMPDIR or /tmp. Options:
//
//   --mib, --images   the system's size unpacked, 830, and into how many images it is cut, 13
//   --big_mib         the large layer's size; 2048 by default, 0 for none
//   --level           of zstd, may be repeated; 1 and 3 by default
//   --runs            how often each scenario runs; 3 by default
//   --jobs            how many actions run at a time; 2 by default
//   --threads         how many threads each of them may use; by default what the tool does
//   --tool            NAME=PATH of a tool; the BUILD file gives them
//   --limit_layer, --limit_level, --limit_threads, --limit_output   run the limit alone and end
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tests/perf/file_sampler.h"
#include "tests/perf/library_limit.h"
#include "tests/perf/measure.h"
#include "tests/perf/sample_image.h"
#include "tools/base/args.h"
#include "tools/base/stream.h"
#include "tools/package/tar_writer.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {
namespace {

constexpr int kGzipLevel = 6;
// The large layer only has to be large.
constexpr int kFastGzipLevel = 1;

struct Options {
  uint64_t bytes = 0;
  uint64_t images = 0;
  uint64_t big_bytes = 0;
  std::vector<int> levels;
  int64_t runs = 0;
  int jobs = 0;
  int64_t threads = 0;
  std::map<std::string, std::string> tools;
};

absl::StatusOr<Options> ParseOptions(Args& args) {
  Options options = {.bytes = static_cast<uint64_t>(args.IntOr("mib", 830)) << 20,
                     .images = static_cast<uint64_t>(args.IntOr("images", 13)),
                     .big_bytes = static_cast<uint64_t>(args.IntOr("big_mib", 2048)) << 20,
                     .runs = args.IntOr("runs", 3),
                     .jobs = static_cast<int>(args.IntOr("jobs", 2)),
                     .threads = args.IntOr("threads", 0),
                     .tools = ToolFlags(args)};
  for (const std::string& word : args.All("level")) {
    if (!absl::SimpleAtoi(word, &options.levels.emplace_back())) {
      return absl::InvalidArgumentError(absl::StrCat("--level=", word, ": expected a number"));
    }
  }
  if (options.levels.empty()) options.levels = {1, 3};
  return options;
}

// Blocks that do not compress and blocks of zeros, by turns.
class HalfNoise : public ByteSource {
 public:
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    zeros_ = !zeros_;
    for (char& c : buffer) c = zeros_ ? '\0' : static_cast<char>(random_());
    return buffer.size();
  }

 private:
  bool zeros_ = false;
  std::minstd_rand random_;
};

class Bench {
 public:
  Bench(Options options, std::string directory)
      : options_(std::move(options)), directory_(std::move(directory)) {}

  absl::StatusOr<std::vector<SampleImage>> MakeSystem() const;
  absl::StatusOr<SampleImage> MakeBigImage() const;
  absl::Status Measure(std::string_view name, const std::vector<SampleImage>& images, int level,
                       bool assemble) const;

 private:
  std::string In(std::string_view name) const { return absl::StrCat(directory_, "/", name); }
  std::string Output(std::string_view name) const { return absl::StrCat(In("out/"), name); }
  // As Bazel does before an action: to replace a file may write its successor to the disk first.
  void RemoveOutputs() const {
    std::filesystem::remove_all(In("out"));
    std::filesystem::create_directory(In("out"));
  }
  Words SegmentCommand(const SampleImage& image, int level, size_t number) const;
  absl::StatusOr<Cost> RunOurs(const std::vector<SampleImage>& images, int level,
                               bool assemble) const;
  absl::StatusOr<Cost> RunLimit(const std::vector<SampleImage>& images, int level) const;

  Options options_;
  std::string directory_;
};

// Image number i has a share of 1 to `images`, in an order that mixes them.
absl::StatusOr<std::vector<SampleImage>> Bench::MakeSystem() const {
  ABSL_ASSIGN_OR_RETURN(FileSampler sampler, FileSampler::Scan("/usr", options_.bytes));
  const uint64_t count = options_.images;
  const uint64_t share = options_.bytes / (count * (count + 1) / 2);
  std::vector<SampleImage> images;
  for (uint64_t i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<SampleFile> files,
                          sampler.Take(share * (i * 5 % count + 1)));
    ABSL_ASSIGN_OR_RETURN(const SampleImage image,
                          MakeImage([&](ByteSink& sink) { return WriteTar(files, sink); },
                                    In(absl::StrCat("image", i)), kGzipLevel));
    images.push_back(image);
  }
  return images;
}

absl::StatusOr<SampleImage> Bench::MakeBigImage() const {
  return MakeImage(
      [&](ByteSink& sink) -> absl::Status {
        TarWriter tar(sink);
        HalfNoise noise;
        ABSL_RETURN_IF_ERROR(
            tar.Add({.path = "big", .mode = 0644, .size = options_.big_bytes}, noise));
        return tar.Finish();
      },
      In("big"), kFastGzipLevel);
}

Words Bench::SegmentCommand(const SampleImage& image, int level, size_t number) const {
  Words words = {options_.tools.at("make_segment"),
                 "--kind=container",
                 "--prefix=containers/images/{chain_id}/rootfs",
                 absl::StrCat("--level=", level),
                 absl::StrCat("--layers=", image.layers),
                 absl::StrCat("--layer=", image.layer),
                 absl::StrCat("--output=", Output("segment"), number),
                 absl::StrCat("--index=", Output("index"), number)};
  if (options_.threads > 0) words.push_back(absl::StrCat("--threads=", options_.threads));
  return words;
}

absl::StatusOr<Cost> Bench::RunOurs(const std::vector<SampleImage>& images, int level,
                                    bool assemble) const {
  std::atomic<size_t> next = 0;
  std::vector<absl::StatusOr<Cost>> costs(images.size());
  const auto start = std::chrono::steady_clock::now();
  const auto work = [&] {
    for (size_t i = next++; i < images.size(); i = next++) {
      costs[i] = RunTimed(SegmentCommand(images[i], level, i));
    }
  };
  std::vector<std::thread> jobs;
  for (int i = 0; i < options_.jobs; ++i) jobs.emplace_back(work);
  for (std::thread& job : jobs) job.join();
  if (assemble) {
    Words words = {options_.tools.at("make_initrd"), absl::StrCat("--output=", Output("initrd")),
                   absl::StrCat("--info=", Output("info"))};
    for (size_t i = 0; i < images.size(); ++i) {
      words.push_back(absl::StrCat("--segment=", Output("segment"), i));
      words.push_back(absl::StrCat("--index=", Output("index"), i));
      words.push_back("--apk_database=");
    }
    costs.push_back(RunTimed(words));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  Cost all = {.seconds = elapsed.count(), .cpu_seconds = 0, .rss_kib = 0};
  for (const absl::StatusOr<Cost>& cost : costs) {
    if (!cost.ok()) return cost.status();
    all.cpu_seconds += cost->cpu_seconds;
    all.rss_kib = std::max(all.rss_kib, cost->rss_kib);
  }
  return all;
}

absl::StatusOr<Cost> Bench::RunLimit(const std::vector<SampleImage>& images, int level) const {
  Words words = {"/proc/self/exe", absl::StrCat("--limit_level=", level),
                 absl::StrCat("--limit_threads=", options_.jobs),
                 absl::StrCat("--limit_output=", Output("limit"))};
  for (const SampleImage& image : images) {
    words.push_back(absl::StrCat("--limit_layer=", image.layer));
  }
  return RunTimed(words);
}

absl::Status Bench::Measure(std::string_view name, const std::vector<SampleImage>& images,
                            int level, bool assemble) const {
  Cost ours;
  Cost limit;
  for (int64_t i = 0; i < options_.runs; ++i) {
    RemoveOutputs();
    ABSL_ASSIGN_OR_RETURN(const Cost cost, RunOurs(images, level, assemble));
    ours.TakeBetter(cost);
    RemoveOutputs();
    ABSL_ASSIGN_OR_RETURN(const Cost theirs, RunLimit(images, level));
    limit.TakeBetter(theirs);
  }
  PrintRow(absl::StrCat(name, ", zstd ", level), ours, limit);
  return absl::OkStatus();
}

void PrintSizes(const std::vector<SampleImage>& images) {
  uint64_t stored = 0, unpacked = 0;
  for (const SampleImage& image : images) {
    stored += image.stored_bytes;
    unpacked += image.tar_bytes;
  }
  std::printf("%zu layers of %.0f MB, %.0f MB unpacked\n", images.size(),
              static_cast<double>(stored) / 1e6, static_cast<double>(unpacked) / 1e6);
}

absl::Status Run(const Options& options) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ScratchDirectory> scratch,
                        ScratchDirectory::Create("assembly"));
  const Bench bench(options, scratch->path());
  ABSL_ASSIGN_OR_RETURN(const std::vector<SampleImage> images, bench.MakeSystem());
  PrintSizes(images);
  PrintHead("scenario");
  for (const int level : options.levels) {
    ABSL_RETURN_IF_ERROR(bench.Measure("cold assembly", images, level, /*assemble=*/true));
  }
  if (options.big_bytes == 0) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const SampleImage big, bench.MakeBigImage());
  return bench.Measure("large layer", {big}, options.levels.front(), /*assemble=*/false);
}

absl::Status Main(Args& args) {
  const std::vector<std::string> layers = args.All("limit_layer");
  if (!layers.empty()) {
    const LimitOptions options = {.level = static_cast<int>(args.IntOr("limit_level", 3)),
                                  .threads = static_cast<int>(args.IntOr("limit_threads", 2))};
    return RunLibraryLimit(layers, options, args.Required("limit_output"));
  }
  ABSL_ASSIGN_OR_RETURN(const Options options, ParseOptions(args));
  ABSL_RETURN_IF_ERROR(args.Finish());
  return Run(options);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "assembly", linuxkit::Main);
}
