// The tables of a qcow2 image: collected while clusters are appended to the file, then appended
// behind them.
#ifndef TOOLS_VMDISK_QCOW2_TABLES_H_
#define TOOLS_VMDISK_QCOW2_TABLES_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/disk/fields.h"
#include "tools/vmdisk/qcow2_format.h"

namespace linuxkit {

class Qcow2Tables {
 public:
  explicit Qcow2Tables(uint64_t disk_size) : disk_size_(disk_size) {}

  // Cluster number `cluster` of the disk is at `offset` of the file, at a cluster's start.
  void AddCluster(uint64_t cluster, uint64_t offset);
  // It is compressed to `size` bytes, anywhere.
  void AddCompressedCluster(uint64_t cluster, uint64_t offset, uint64_t size);

  // Appends the tables to a file that ends with a cluster and returns the header, whose place is
  // the file's first cluster. To be called once.
  absl::StatusOr<Qcow2Header> Append(OutputFile& output);

 private:
  using Table = std::vector<Big<uint64_t>>;

  void SetEntry(uint64_t cluster, uint64_t entry);
  // Counts a use of each cluster of the file that has bytes of [offset, offset + size).
  void Count(uint64_t offset, uint64_t size);
  absl::Status AppendTable(Table table, OutputFile& output);
  absl::Status AppendL2Tables(Table& l1, OutputFile& output);
  absl::Status AppendRefcounts(Qcow2Header& header, OutputFile& output);

  const uint64_t disk_size_;
  // By their number in the L1 table.
  std::map<uint64_t, Table> l2_tables_;
  // By number of the file's cluster.
  std::vector<Big<uint16_t>> refcounts_;
};

}  // namespace linuxkit

#endif  // TOOLS_VMDISK_QCOW2_TABLES_H_
