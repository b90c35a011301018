// The file is: header, block map (where in the file each block of the disk is, or that it is not),
// padding to 1 MiB, blocks of 1 MiB in the disk's order.
#include "tools/vmdisk/vdi.h"

#include <array>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "tools/disk/fields.h"
#include "tools/gpt/guid.h"
#include "tools/vmdisk/block_runs.h"
#include "tools/vmdisk/disk_id.h"
#include "tools/vmdisk/limits.h"

namespace linuxkit {
namespace {

constexpr uint32_t kVdiSector = 512;
constexpr uint32_t kVdiBlock = 1 << 20;
// QEMU's limit. The data's offset, a 32-bit number, comes behind four bytes for each block.
constexpr uint64_t kVdiMaxBlocks = 0x1fffffff;
constexpr uint32_t kVdiHole = 0xffffffff;
constexpr std::string_view kVdiText = "<<< Oracle VM VirtualBox Disk Image >>>\n";

struct VdiGeometry {
  Little<uint32_t> cylinders;
  Little<uint32_t> heads;
  Little<uint32_t> sectors;
  Little<uint32_t> sector_size = kVdiSector;
};

struct VdiHeader {
  std::array<char, 64> text = TextField<64>(kVdiText, '\0');  //   0
  Little<uint32_t> signature = 0xbeda107fu;                   //  64
  Little<uint32_t> version = 0x00010001u;                     //  68: 1.1
  Little<uint32_t> header_size = 400u;                        //  72: of what follows, from here on
  Little<uint32_t> type = 1u;                                 //  76: dynamic
  Little<uint32_t> flags;                                     //  80
  std::array<char, 256> description{};                        //  84
  Little<uint32_t> map_offset = 512u;                         // 340
  Little<uint32_t> data_offset;                               // 344
  VdiGeometry old_geometry;                                   // 348: unknown
  Little<uint32_t> reserved;                                  // 364
  Little<uint64_t> disk_size;                                 // 368
  Little<uint32_t> block_size = kVdiBlock;                    // 376
  Little<uint32_t> block_extra;                               // 380
  Little<uint32_t> blocks;                                    // 384
  Little<uint32_t> allocated;                                 // 388
  Guid image;                                                 // 392
  Guid snapshot;                                              // 408
  Guid link;                                                  // 424
  Guid parent;                                                // 440
  VdiGeometry geometry = {.sector_size = 0u};                 // 456: unknown
  std::array<uint8_t, 40> padding{};                          // 472
};
static_assert(sizeof(VdiHeader) == 512);

VdiHeader MakeHeader(const Extents& disk, uint64_t allocated) {
  const uint64_t blocks = DivideUp(disk.size(), kVdiBlock);
  VdiHeader header = {.disk_size = disk.size(),
                      .blocks = static_cast<uint32_t>(blocks),
                      .allocated = static_cast<uint32_t>(allocated),
                      .image = DeriveDiskId(disk, "VDI image"),
                      .snapshot = DeriveDiskId(disk, "VDI snapshot")};
  const uint64_t map_end = header.map_offset + blocks * sizeof(uint32_t);
  header.data_offset = static_cast<uint32_t>(RoundUp(map_end, kVdiBlock));
  return header;
}

absl::Status AppendHoles(uint64_t count, OutputFile& output) {
  const Little<uint32_t> hole = kVdiHole;
  for (uint64_t i = 0; i < count; ++i) ABSL_RETURN_IF_ERROR(output.Append(BytesOf(hole)));
  return absl::OkStatus();
}

absl::Status AppendBlockMap(const std::vector<BlockRun>& runs, uint64_t blocks,
                            OutputFile& output) {
  uint64_t block = 0;
  uint32_t stored = 0;
  for (const BlockRun& run : runs) {
    ABSL_RETURN_IF_ERROR(AppendHoles(run.first - block, output));
    for (block = run.first; block < run.end(); ++block) {
      ABSL_RETURN_IF_ERROR(output.Append(BytesOf(Little<uint32_t>(stored++))));
    }
  }
  return AppendHoles(blocks - block, output);
}

}  // namespace

absl::Status WriteVdi(const Extents& disk, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(
      CheckDiskSize("a VDI image", disk.size(), kVdiSector, kVdiMaxBlocks * kVdiBlock));
  const std::vector<BlockRun> runs = AllocatedRuns(disk, kVdiBlock);
  const VdiHeader header = MakeHeader(disk, CountBlocks(runs));
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(header)));
  ABSL_RETURN_IF_ERROR(AppendBlockMap(runs, header.blocks, output));
  ABSL_RETURN_IF_ERROR(output.AppendHole(header.data_offset - output.size()));
  for (const BlockRun& run : runs) {
    ABSL_RETURN_IF_ERROR(
        WriteExtentRange(disk, run.first * kVdiBlock, run.count * kVdiBlock, output));
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
