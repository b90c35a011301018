// Compresses the clusters of a qcow2 image, each on its own.
#ifndef TOOLS_VMDISK_CLUSTER_COMPRESSOR_H_
#define TOOLS_VMDISK_CLUSTER_COMPRESSOR_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/compress/compressor.h"

namespace linuxkit {

class ClusterCompressor {
 public:
  // `compression` must not be kNone.
  static absl::StatusOr<std::unique_ptr<ClusterCompressor>> Create(const Compression& compression);
  virtual ~ClusterCompressor() = default;

  // What the cluster becomes, until the next call; "" if that is not smaller. A cluster has
  // kQcow2Cluster bytes.
  virtual absl::StatusOr<std::string_view> Compress(std::string_view cluster) = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_CLUSTER_COMPRESSOR_H_
