// The packages that the benchmark of Bazel's part builds: a system of 13 images, and systems of any
// number of services from 20 tiny images. They lie in a directory of their own, which Bazel takes
// for a part of this repository (--package_path), so that the tools are those of every other build.
//
// The images are made of files that this machine has, such as those below /usr/lib, by the tools
// that linuxkit_package runs. They take about half of their size on the disk.
//
//   absl::Status status = workspace.Prepare();
//   status = workspace.WriteSystem({.service = 1});   // as a user edits BUILD.bazel
//   ... build //bench:system, //bench:system_iso
//   status = workspace.WriteScale(500, 0);
//   ... build //bench/scale/500:system
#ifndef TESTS_PERF_BENCH_WORKSPACE_H_
#define TESTS_PERF_BENCH_WORKSPACE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tests/perf/file_sampler.h"

namespace linuxkit {

// What the user has edited so far; another number is another edit.
struct SystemEdits {
  int service = 0;  // environment of one service
  int cmdline = 0;  // kernel command line
  int image = 0;    // 0 or 1: which build of the image of 5 MB
};

class BenchWorkspace {
 public:
  struct Options {
    std::string directory;   // for --package_path; made if it is not there
    std::string make_layer;  // path of //tools/package:make_layer
    std::string make_image;  // path of //tools/package:make_image
    std::string source;      // where the images' files come from
    int64_t mib = 830;       // of all images together
  };

  explicit BenchWorkspace(Options options) : options_(std::move(options)) {}

  const std::string& directory() const { return options_.directory; }
  // Everything but the systems. Images that are there already are not made again.
  absl::Status Prepare() const;
  absl::Status WriteSystem(const SystemEdits& edits) const;
  // A system in the package //bench/scale/COUNT, one of whose services has `edit` in its
  // environment.
  absl::Status WriteScale(int count, int edit) const;

 private:
  absl::Status MakeImages() const;
  // Packs files into an image; `variant` stands in one more file.
  absl::Status MakeImage(const std::string& name, const std::vector<SampleFile>& files,
                         const std::string& variant) const;
  absl::Status RunTool(const std::string& tool, const std::vector<std::string>& flags) const;
  absl::Status Write(const std::string& name, const std::string& text) const;
  std::string In(const std::string& name) const;

  Options options_;
};

}  // namespace linuxkit

#endif  // TESTS_PERF_BENCH_WORKSPACE_H_
