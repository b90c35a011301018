// Images to measure with, made of the files of this machine: real programs, libraries and texts, so
// that they compress as images do. The same machine gives the same images.
//
//   ABSL_ASSIGN_OR_RETURN(const FileSampler sampler, FileSampler::Scan("/usr/lib", 830 << 20));
//   ABSL_ASSIGN_OR_RETURN(const SampleImage image, MakeImage(sampler.Take(64 << 20), "/tmp/0"));
#ifndef TESTS_PERF_SAMPLE_IMAGE_H_
#define TESTS_PERF_SAMPLE_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"

namespace linuxkit {

struct SampleFile {
  std::string path;
  uint64_t size = 0;
};

// Chooses files.
class FileSampler {
 public:
  // All files below `root` that can be read, in an order that spreads `bytes` of them over all.
  static absl::StatusOr<FileSampler> Scan(const std::string& root, uint64_t bytes);
  // The next ones, of that size together if there are as many.
  std::vector<SampleFile> Take(uint64_t bytes);

 private:
  std::vector<SampleFile> files_;
  size_t next_ = 0;
};

// Writes a tar of the files, with the directories above them.
absl::Status WriteTar(const std::vector<SampleFile>& files, ByteSink& sink);

// An image of one gzip layer, as make_segment takes it.
struct SampleImage {
  // The layer's blob and the message ImageLayers.
  std::string layer;
  std::string layers;
  uint64_t stored_bytes = 0;
  uint64_t tar_bytes = 0;
};

// Makes one whose layer is what `write_tar` writes, in files whose names begin with `stem`.
absl::StatusOr<SampleImage> MakeImage(const std::function<absl::Status(ByteSink&)>& write_tar,
                                      const std::string& stem, int level);

}  // namespace linuxkit

#endif  // TESTS_PERF_SAMPLE_IMAGE_H_
