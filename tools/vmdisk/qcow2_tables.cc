#include "tools/vmdisk/qcow2_tables.h"

#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"

namespace linuxkit {
namespace {

constexpr uint64_t kTableEntries = kQcow2Cluster / sizeof(uint64_t);
constexpr uint64_t kRefcountsInBlock = kQcow2Cluster / sizeof(uint16_t);

// The numbers one after the other, filled up with zeros to whole clusters.
template <typename T>
absl::Status AppendClusters(std::vector<T> numbers, OutputFile& output) {
  numbers.resize(RoundUp(numbers.size(), kQcow2Cluster / sizeof(T)));
  return output.Append({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)});
}

}  // namespace

void Qcow2Tables::SetEntry(uint64_t cluster, uint64_t entry) {
  Table& table = l2_tables_[cluster / kTableEntries];
  table.resize(kTableEntries);
  table[cluster % kTableEntries] = entry;
}

void Qcow2Tables::Count(uint64_t offset, uint64_t size) {
  const uint64_t end = DivideUp(offset + size, kQcow2Cluster);
  if (refcounts_.size() < end) refcounts_.resize(end);
  for (uint64_t cluster = offset / kQcow2Cluster; cluster < end; ++cluster) {
    // Cannot overflow: no compression gets 64 KiB into a single byte.
    refcounts_[cluster] = static_cast<uint16_t>(refcounts_[cluster] + 1);
  }
}

void Qcow2Tables::AddCluster(uint64_t cluster, uint64_t offset) {
  SetEntry(cluster, offset | kQcow2Copied);
  Count(offset, kQcow2Cluster);
}

void Qcow2Tables::AddCompressedCluster(uint64_t cluster, uint64_t offset, uint64_t size) {
  const uint64_t more_sectors = (offset + size - 1) / kQcow2Sector - offset / kQcow2Sector;
  SetEntry(cluster, offset | more_sectors << kQcow2SectorCountShift | kQcow2Compressed);
  Count(offset, size);
}

absl::Status Qcow2Tables::AppendTable(Table table, OutputFile& output) {
  Count(output.size(), table.size() * sizeof(uint64_t));
  return AppendClusters(std::move(table), output);
}

absl::Status Qcow2Tables::AppendL2Tables(Table& l1, OutputFile& output) {
  for (auto& [number, table] : l2_tables_) {
    l1[number] = output.size() | kQcow2Copied;
    ABSL_RETURN_IF_ERROR(AppendTable(std::move(table), output));
  }
  return absl::OkStatus();
}

// Blocks and their table count themselves too, so their number is the smallest that suffices.
absl::Status Qcow2Tables::AppendRefcounts(Qcow2Header& header, OutputFile& output) {
  const uint64_t start = output.size();
  uint64_t blocks = 0;
  uint64_t total = start / kQcow2Cluster;
  while (blocks * kRefcountsInBlock < total) {
    ++blocks;
    total = start / kQcow2Cluster + blocks + DivideUp(blocks, kTableEntries);
  }
  Count(start, total * kQcow2Cluster - start);
  ABSL_RETURN_IF_ERROR(AppendClusters(std::move(refcounts_), output));
  header.refcount_table_offset = output.size();
  header.refcount_table_clusters = static_cast<uint32_t>(DivideUp(blocks, kTableEntries));
  Table table;
  for (uint64_t i = 0; i < blocks; ++i) table.push_back(start + i * kQcow2Cluster);
  return AppendClusters(std::move(table), output);
}

absl::StatusOr<Qcow2Header> Qcow2Tables::Append(OutputFile& output) {
  Count(0, sizeof(Qcow2Header));
  Table l1(DivideUp(disk_size_, kTableEntries * kQcow2Cluster));
  ABSL_RETURN_IF_ERROR(AppendL2Tables(l1, output));
  Qcow2Header header = {.disk_size = disk_size_,
                        .l1_entries = static_cast<uint32_t>(l1.size()),
                        .l1_offset = output.size()};
  ABSL_RETURN_IF_ERROR(AppendTable(std::move(l1), output));
  ABSL_RETURN_IF_ERROR(AppendRefcounts(header, output));
  return header;
}

}  // namespace linuxkit
