// Chooses files of this machine to make images of: real programs, libraries and texts, so that they
// compress as images do. The same machine gives the same files.
//
//   ABSL_ASSIGN_OR_RETURN(FileSampler sampler, FileSampler::Scan("/usr/lib", 830 << 20));
//   ABSL_ASSIGN_OR_RETURN(const std::vector<SampleFile> files, sampler.Take(64 << 20));
#ifndef TESTS_PERF_FILE_SAMPLER_H_
#define TESTS_PERF_FILE_SAMPLER_H_

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct SampleFile {
  std::string path;
  uint64_t size = 0;

  friend auto operator<=>(const SampleFile&, const SampleFile&) = default;
};

class FileSampler {
 public:
  // All files below `root` that can be read, in an order that spreads `bytes` of them over all;
  // several times if they have less.
  static absl::StatusOr<FileSampler> Scan(const std::string& root, uint64_t bytes);
  // The next ones that fit into that size together; an error if they are less than nine tenths of
  // it.
  absl::StatusOr<std::vector<SampleFile>> Take(uint64_t bytes);

 private:
  std::string root_;
  std::vector<SampleFile> files_;  // not taken yet
};

}  // namespace linuxkit

#endif  // TESTS_PERF_FILE_SAMPLER_H_
