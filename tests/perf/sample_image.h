// Images to measure with, of one layer each.
//
//   ABSL_ASSIGN_OR_RETURN(
//       const SampleImage image,
//       MakeImage([&](ByteSink& sink) { return WriteTar(files, sink); }, "/tmp/0", /*level=*/6));
#ifndef TESTS_PERF_SAMPLE_IMAGE_H_
#define TESTS_PERF_SAMPLE_IMAGE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/perf/file_sampler.h"
#include "tools/base/stream.h"

namespace linuxkit {

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
