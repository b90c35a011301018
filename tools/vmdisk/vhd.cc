// A dynamic VHD is: copy of the footer, header, block table, blocks in the disk's order, footer. A
// block is a sector of bits, which tell what of it is there, and 2 MiB of data.
#include "tools/vmdisk/vhd.h"

#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "tools/disk/fields.h"
#include "tools/vmdisk/block_runs.h"
#include "tools/vmdisk/disk_id.h"
#include "tools/vmdisk/limits.h"
#include "tools/vmdisk/vhd_format.h"

namespace linuxkit {
namespace {

constexpr uint64_t kVhdMaxSize = uint64_t{2040} << 30;
constexpr uint64_t kVhdBlock = 2 << 20;
constexpr uint64_t kVhdBitmap = kVhdBlock / kVhdSector / 8;
static_assert(kVhdBitmap == kVhdSector);
constexpr uint64_t kVhdTableOffset = sizeof(VhdFooter) + sizeof(VhdHeader);

VhdFooter MakeFooter(const Extents& disk, VhdType type) {
  VhdFooter footer = {// Readers tell by the creator which size counts. With Virtual PC's own it is
                      // cylinders times heads times sectors; with that of Windows the exact one.
                      .creator = TextField<4>("win "),
                      .original_size = disk.size(),
                      .current_size = disk.size(),
                      .geometry = VhdGeometryOf(disk.size()),
                      .type = type,
                      .id = DeriveDiskId(disk, "VHD")};
  if (type == kVhdDynamic) footer.data_offset = sizeof(VhdFooter);
  footer.checksum = VhdChecksum(footer);
  return footer;
}

VhdHeader MakeHeader(uint64_t blocks) {
  VhdHeader header = {.table_offset = kVhdTableOffset,
                      .entries = static_cast<uint32_t>(blocks),
                      .block_size = static_cast<uint32_t>(kVhdBlock)};
  header.checksum = VhdChecksum(header);
  return header;
}

// The sector of each block, filled up to whole sectors.
std::string BlockTable(const std::vector<BlockRun>& runs, uint64_t blocks) {
  std::vector<Big<uint32_t>> table(RoundUp(blocks, kVhdSector / sizeof(uint32_t)), kVhdHole);
  uint64_t offset = kVhdTableOffset + table.size() * sizeof(uint32_t);
  for (const BlockRun& run : runs) {
    for (uint64_t block = run.first; block < run.end(); ++block) {
      table[block] = static_cast<uint32_t>(offset / kVhdSector);
      offset += kVhdBitmap + kVhdBlock;
    }
  }
  return {reinterpret_cast<const char*>(table.data()), table.size() * sizeof(uint32_t)};
}

absl::Status AppendBlocks(const Extents& disk, const BlockRun& run, OutputFile& output) {
  const std::string bitmap(kVhdBitmap, '\xff');
  for (uint64_t block = run.first; block < run.end(); ++block) {
    ABSL_RETURN_IF_ERROR(output.Append(bitmap));
    ABSL_RETURN_IF_ERROR(WriteExtentRange(disk, block * kVhdBlock, kVhdBlock, output));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFixedVhd(const Extents& disk, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(CheckDiskSize("a fixed VHD", disk.size(), kFixedVhdUnit, kVhdMaxSize));
  ABSL_RETURN_IF_ERROR(WriteExtents(disk, output));
  return output.Append(BytesOf(MakeFooter(disk, kVhdFixed)));
}

absl::Status WriteDynamicVhd(const Extents& disk, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(CheckDiskSize("a dynamic VHD", disk.size(), kVhdSector, kVhdMaxSize));
  const std::vector<BlockRun> runs = AllocatedRuns(disk, kVhdBlock);
  const uint64_t blocks = DivideUp(disk.size(), kVhdBlock);
  const VhdFooter footer = MakeFooter(disk, kVhdDynamic);
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(footer)));
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(MakeHeader(blocks))));
  ABSL_RETURN_IF_ERROR(output.Append(BlockTable(runs, blocks)));
  for (const BlockRun& run : runs) ABSL_RETURN_IF_ERROR(AppendBlocks(disk, run, output));
  return output.Append(BytesOf(footer));
}

}  // namespace linuxkit
