// The layout is in vhdx_format.h. Present blocks lie in the file in the order of the disk, so the
// blocks of a piece are neighbours and the piece is copied at once.
//
// The BAT has an entry for each payload block, and behind every "chunk" of them one for the sector
// bitmap of a differencing disk, which stays 0 here (2.5).
#include "tools/vmdisk/vhdx.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/crc/crc32c.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/disk/extent_reader.h"
#include "tools/gpt/guid.h"
#include "tools/vmdisk/disk_id.h"
#include "tools/vmdisk/limits.h"
#include "tools/vmdisk/vhdx_format.h"

namespace linuxkit {
namespace {

constexpr uint64_t kHeaderSlot = 64 << 10;
constexpr uint64_t kLogOffset = kVhdxAlignment;
constexpr uint64_t kMetadataOffset = 2 * kVhdxAlignment;
constexpr uint64_t kBatOffset = 3 * kVhdxAlignment;
constexpr uint32_t kItemsOffset = 64 << 10;
constexpr uint64_t kMaxBlocks = 1 << 20;

uint64_t BlockSizeFor(uint64_t disk_size) {
  uint64_t block = kVhdxAlignment;
  while (DivideUp(disk_size, block) > kMaxBlocks) block *= 2;
  return block;
}
static_assert(kVhdxMaxSize / kMaxBlocks <= kVhdxMaxBlock);

// Fills in the structure's checksum.
template <typename T>
void Seal(T& structure) {
  structure.checksum = 0;
  structure.checksum = static_cast<uint32_t>(absl::ComputeCrc32c(BytesOf(structure)));
}

absl::Status AppendAt(uint64_t offset, std::string_view bytes, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(output.AppendHole(offset - output.size()));
  return output.Append(bytes);
}

class VhdxWriter {
 public:
  VhdxWriter(const Extents& disk, uint64_t size, OutputFile& output)
      : disk_(disk),
        output_(output),
        size_(size),
        block_(BlockSizeFor(size)),
        blocks_(DivideUp(size, block_)),
        chunk_(kVhdxBitmapSectors * kVhdxLogicalSector / block_) {}

  absl::Status Write() {
    ABSL_RETURN_IF_ERROR(WriteHeaders());
    ABSL_RETURN_IF_ERROR(WriteRegionTables());
    ABSL_RETURN_IF_ERROR(WriteMetadata());
    ABSL_RETURN_IF_ERROR(WriteBat());
    return WritePayload();
  }

 private:
  uint64_t bat_entries() const { return blocks_ + (blocks_ - 1) / chunk_; }
  uint64_t bat_size() const {
    return RoundUp(bat_entries() * sizeof(Little<uint64_t>), kVhdxAlignment);
  }
  uint64_t payload_offset() const { return kBatOffset + bat_size(); }

  absl::Status WriteHeaders() {
    VhdxFileIdentifier identifier = {.signature = TextField<8>("vhdxfile")};
    std::copy_n("rules_linuxkit", 14, identifier.creator.begin());
    ABSL_RETURN_IF_ERROR(output_.Append(BytesOf(identifier)));
    for (const uint64_t sequence_number : {1, 2}) {
      VhdxHeader header = {.signature = TextField<4>("head"),
                           .sequence_number = sequence_number,
                           .file_write = DeriveDiskId(disk_, "VHDX file"),
                           .data_write = DeriveDiskId(disk_, "VHDX data"),
                           .version = 1,
                           .log_length = static_cast<uint32_t>(kVhdxAlignment),
                           .log_offset = kLogOffset};
      Seal(header);
      ABSL_RETURN_IF_ERROR(AppendAt(sequence_number * kHeaderSlot, BytesOf(header), output_));
    }
    return absl::OkStatus();
  }

  absl::Status WriteRegionTables() {
    ABSL_ASSIGN_OR_RETURN(const Guid bat, ParseGuid(kVhdxBatRegion));
    ABSL_ASSIGN_OR_RETURN(const Guid metadata, ParseGuid(kVhdxMetadataRegion));
    VhdxRegionTable table = {.signature = TextField<4>("regi"),
                             .count = 2,
                             .regions = {VhdxRegion{.id = bat,
                                                    .offset = kBatOffset,
                                                    .length = static_cast<uint32_t>(bat_size()),
                                                    .required = 1},
                                         VhdxRegion{.id = metadata,
                                                    .offset = kMetadataOffset,
                                                    .length = static_cast<uint32_t>(kVhdxAlignment),
                                                    .required = 1}}};
    Seal(table);
    ABSL_RETURN_IF_ERROR(AppendAt(3 * kHeaderSlot, BytesOf(table), output_));
    return output_.Append(BytesOf(table));
  }

  absl::StatusOr<VhdxMetadataTable> MetadataTable() const {
    struct Item {
      std::string_view id;
      uint32_t length;
      uint32_t flags;
    };
    constexpr uint32_t kOfDisk = kVhdxOfVirtualDisk | kVhdxRequired;
    // In the order of VhdxMetadata.
    constexpr std::array<Item, 5> kItems = {{{kVhdxFileParameters, 8, kVhdxRequired},
                                             {kVhdxDiskSize, 8, kOfDisk},
                                             {kVhdxPage83, 16, kOfDisk},
                                             {kVhdxLogicalSectorSize, 4, kOfDisk},
                                             {kVhdxPhysicalSectorSize, 4, kOfDisk}}};
    VhdxMetadataTable table = {.signature = TextField<8>("metadata"), .count = kItems.size()};
    uint32_t offset = kItemsOffset;
    for (size_t i = 0; i < kItems.size(); ++i) {
      const auto& [text, length, flags] = kItems[i];
      ABSL_ASSIGN_OR_RETURN(const Guid id, ParseGuid(text));
      table.entries[i] = {.id = id, .offset = offset, .length = length, .flags = flags};
      offset += length;
    }
    return table;
  }

  absl::Status WriteMetadata() {
    ABSL_ASSIGN_OR_RETURN(const VhdxMetadataTable table, MetadataTable());
    ABSL_RETURN_IF_ERROR(AppendAt(kMetadataOffset, BytesOf(table), output_));
    const VhdxMetadata items = {.block_size = static_cast<uint32_t>(block_),
                                .disk_size = size_,
                                .page_83 = DeriveDiskId(disk_, "VHDX disk"),
                                .logical_sector = kVhdxLogicalSector,
                                .physical_sector = kVhdxPhysicalSector};
    return AppendAt(kMetadataOffset + kItemsOffset, BytesOf(items), output_);
  }

  absl::Status WriteBat() {
    ABSL_RETURN_IF_ERROR(output_.AppendHole(kBatOffset - output_.size()));
    const ExtentReader reader(disk_);
    uint64_t next = payload_offset();
    for (uint64_t block = 0; block < blocks_; ++block) {
      if (block > 0 && block % chunk_ == 0) {
        ABSL_RETURN_IF_ERROR(output_.Append(BytesOf(Little<uint64_t>())));
      }
      const bool is_hole = reader.IsHole(block * block_, block_);
      const Little<uint64_t> entry = is_hole ? kVhdxBlockZero : next | kVhdxBlockPresent;
      ABSL_RETURN_IF_ERROR(output_.Append(BytesOf(entry)));
      if (!is_hole) next += block_;
    }
    return absl::OkStatus();
  }

  absl::Status WritePayload() {
    uint64_t next = payload_offset();  // where the next new block goes
    uint64_t last = UINT64_MAX;        // the block before it, as the disk counts
    for (const auto& [offset, content] : disk_.pieces()) {
      const uint64_t first = offset / block_;
      const uint64_t start = first == last ? next - block_ : next;
      ABSL_RETURN_IF_ERROR(output_.AppendHole(start + offset % block_ - output_.size()));
      ABSL_RETURN_IF_ERROR(AppendContent(content, output_));
      last = (offset + content.size() - 1) / block_;
      next = start + (last - first + 1) * block_;
    }
    return output_.AppendHole(next - output_.size());
  }

  const Extents& disk_;
  OutputFile& output_;
  const uint64_t size_;
  const uint64_t block_;
  const uint64_t blocks_;
  const uint64_t chunk_;  // payload blocks to a sector bitmap: the "chunk ratio"
};

}  // namespace

absl::Status WriteVhdx(const Extents& disk, OutputFile& output) {
  ABSL_ASSIGN_OR_RETURN(const uint64_t size,
                        RoundedDiskSize("a VHDX", disk, kVhdxLogicalSector, kVhdxMaxSize));
  return VhdxWriter(disk, size, output).Write();
}

}  // namespace linuxkit
