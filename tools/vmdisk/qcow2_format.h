// Structures of a qcow2 image (docs/interop/qcow2.rst of QEMU).
//
// The file consists of clusters. Two levels of tables say where each cluster of the disk is: the L1
// table lists L2 tables, and each of these, one cluster large, lists clusters. The refcount table
// lists refcount blocks, which say how often each cluster of the file is used.
#ifndef TOOLS_VMDISK_QCOW2_FORMAT_H_
#define TOOLS_VMDISK_QCOW2_FORMAT_H_

#include <cstdint>

#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr uint32_t kQcow2ClusterBits = 16;
inline constexpr uint64_t kQcow2Cluster = uint64_t{1} << kQcow2ClusterBits;

struct Qcow2Header {
  Big<uint32_t> magic = 0x514649fbu;               //   0: "QFI\xfb"
  Big<uint32_t> version = 3u;                      //   4
  Big<uint64_t> backing_offset;                    //   8
  Big<uint32_t> backing_size;                      //  16
  Big<uint32_t> cluster_bits = kQcow2ClusterBits;  //  20
  Big<uint64_t> disk_size;                         //  24
  Big<uint32_t> encryption;                        //  32
  Big<uint32_t> l1_entries;                        //  36
  Big<uint64_t> l1_offset;                         //  40
  Big<uint64_t> refcount_table_offset;             //  48
  Big<uint32_t> refcount_table_clusters;           //  56
  Big<uint32_t> snapshots;                         //  60
  Big<uint64_t> snapshots_offset;                  //  64
  Big<uint64_t> incompatible_features;             //  72
  Big<uint64_t> compatible_features;               //  80
  Big<uint64_t> autoclear_features;                //  88
  Big<uint32_t> refcount_order = 4u;               //  96: 16 bits
  Big<uint32_t> header_size = 112u;                // 100
  uint8_t compression = 0;                         // 104: 0 is deflate, 1 is zstd
  uint8_t padding[7] = {};                         // 105
  Big<uint64_t> end_of_extensions;                 // 112
};
static_assert(sizeof(Qcow2Header) == 120);

inline constexpr uint64_t kQcow2CompressionFeature = 1 << 3;  // of incompatible_features
inline constexpr uint8_t kQcow2Zstd = 1;

// Entries of L1 and L2 tables. The first bit says that the cluster is used once.
inline constexpr uint64_t kQcow2Copied = uint64_t{1} << 63;
inline constexpr uint64_t kQcow2Compressed = uint64_t{1} << 62;
// A compressed cluster's entry has the number of 512-byte sectors that it reaches into, besides the
// first, above its offset.
inline constexpr uint32_t kQcow2Sector = 512;
inline constexpr uint32_t kQcow2SectorCountShift = 62 - (kQcow2ClusterBits - 8);
// zlib's name for deflate without a frame in a window of 4 KiB, which is all that readers have.
inline constexpr int kQcow2WindowBits = -12;

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_QCOW2_FORMAT_H_
