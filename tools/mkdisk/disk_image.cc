#include "tools/mkdisk/disk_image.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/disk/fields.h"
#include "tools/disk/sparse_file.h"
#include "tools/fat/fat_image.h"
#include "tools/gpt/gpt.h"
#include "tools/gpt/gpt_format.h"
#include "tools/gpt/guid.h"
#include "tools/gpt/mbr.h"

namespace linuxkit {
namespace {

constexpr uint64_t kMib = 1 << 20;
constexpr uint64_t kFirstPartition = kMib;
// Some firmware reads no smaller FAT32, and a FAT32 of one sector a cluster cannot be smaller than
// 33 MiB.
constexpr uint64_t kLeastBootSize = 64 * kMib;
// A data partition without content or size.
constexpr uint64_t kDefaultDataSize = 64 * kMib;
constexpr size_t kMbrPartitions = 4;
// Where core.img lies: behind the MBR, or in the partition behind the GPT.
constexpr uint64_t kMbrCoreSector = 1;
constexpr uint64_t kGptCoreSector = kGptFirstUsable;

uint64_t CoreSector(PartitionTable table) {
  return table == PartitionTable::kGpt ? kGptCoreSector : kMbrCoreSector;
}

// What follows the last partition.
uint64_t TailSize(PartitionTable table) {
  return table == PartitionTable::kGpt ? kGptBackupSectors * kDiskSector : 0;
}

struct Partition {
  std::string name;
  uint64_t offset = 0;
  uint64_t size = 0;
};

// Places of the boot partition (first) and the data partitions.
class Layout {
 public:
  // `boot_content` is what the boot partition's files take.
  static absl::StatusOr<Layout> Make(const DiskOptions& options, uint64_t boot_content);

  const std::vector<Partition>& partitions() const { return partitions_; }
  uint64_t size() const { return size_; }

 private:
  std::vector<Partition> partitions_;
  uint64_t size_ = 0;
};

uint64_t DataSize(const DataPartition& data) {
  const uint64_t content = data.content ? data.content->size() : 0;
  if (data.size == 0 && content == 0) return kDefaultDataSize;
  return RoundUp(std::max(data.size, content), kMib);
}

absl::Status CheckOptions(const DiskOptions& options) {
  if (options.size % options.size_unit != 0) {
    return absl::InvalidArgumentError(absl::StrCat("the disk's size of ", options.size,
                                                   " bytes is no multiple of ", options.size_unit));
  }
  if (options.table == PartitionTable::kMbr && !options.grub) {
    return absl::InvalidArgumentError("an MBR disk needs a boot program for the BIOS");
  }
  if (options.table == PartitionTable::kMbr && options.data.size() >= kMbrPartitions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "there are ", options.data.size(), " data partitions; an MBR disk has room for ",
        kMbrPartitions - 1, ". Take a GPT disk for more"));
  }
  for (const DataPartition& data : options.data) {
    if (data.content && data.size != 0 && data.size < data.content->size()) {
      return absl::InvalidArgumentError(absl::StrCat("partition \"", data.name, "\" has a size of ",
                                                     data.size, " bytes; its content takes ",
                                                     data.content->size()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Layout> Layout::Make(const DiskOptions& options, uint64_t boot_content) {
  Layout layout;
  uint64_t offset = kFirstPartition;
  const auto add = [&](std::string name, uint64_t size) {
    layout.partitions_.push_back({std::move(name), offset, size});
    offset += size;
  };
  const uint64_t least = RoundUp(std::max(boot_content, kLeastBootSize), kMib);
  add("boot", options.boot_size == 0 ? least : RoundUp(options.boot_size, kMib));
  for (const DataPartition& data : options.data) add(data.name, DataSize(data));
  const uint64_t needed = RoundUp(offset + TailSize(options.table), options.size_unit);
  layout.size_ = options.size == 0 ? needed : options.size;
  if (layout.size_ < needed) {
    return absl::ResourceExhaustedError(absl::StrCat("the disk has a size of ", options.size,
                                                     " bytes; its partitions need ", needed));
  }
  // What is left goes to the last partition that was not given a size.
  const bool grows = options.data.empty() ? options.boot_size == 0 : options.data.back().size == 0;
  if (grows) {
    Partition& last = layout.partitions_.back();
    last.size = (layout.size_ - TailSize(options.table) - last.offset) / kMib * kMib;
  }
  return layout;
}

absl::StatusOr<uint64_t> BootContentSize(const DiskOptions& options) {
  ABSL_ASSIGN_OR_RETURN(
      const FatImage fat,
      MakeFatImage({.label = options.label, .type = FatType::kFat32}, options.files));
  return fat.geometry.total * kDiskSector;
}

absl::Status AddFat(const Partition& partition, FatOptions fat_options,
                    std::vector<ImageFile> files, Extents& disk) {
  fat_options.size = partition.size;
  fat_options.hidden_sectors = static_cast<uint32_t>(partition.offset / kDiskSector);
  const absl::StatusOr<FatImage> fat = MakeFatImage(fat_options, std::move(files));
  if (!fat.ok()) {
    return absl::Status(fat.status().code(), absl::StrCat("partition \"", partition.name,
                                                          "\": ", fat.status().message()));
  }
  return disk.AddAll(partition.offset, fat->extents);
}

absl::Status AddData(const DiskOptions& options, const Layout& layout, Extents& disk) {
  for (size_t i = 0; i < options.data.size(); ++i) {
    const DataPartition& data = options.data[i];
    const Partition& partition = layout.partitions()[i + 1];
    if (data.content) {
      ABSL_RETURN_IF_ERROR(AddWithoutZeros(partition.offset, *data.content, disk));
    } else {
      ABSL_RETURN_IF_ERROR(AddFat(
          partition, {.label = absl::AsciiStrToUpper(data.name), .time = options.time}, {}, disk));
    }
  }
  return absl::OkStatus();
}

absl::Status AddCore(const DiskOptions& options, Extents& disk) {
  const uint64_t sector = CoreSector(options.table);
  ABSL_ASSIGN_OR_RETURN(std::string core, PatchedGrubCore(*options.grub, sector));
  return disk.Add(sector * kDiskSector, Content::OfBytes(std::move(core)));
}

absl::Status AddGptTable(const DiskOptions& options, const Layout& layout, const Mbr& mbr,
                         Extents& disk) {
  GptDisk gpt = {.sectors = layout.size() / kDiskSector};
  for (const Partition& partition : layout.partitions()) {
    const bool is_boot = gpt.partitions.empty();
    ABSL_ASSIGN_OR_RETURN(const Guid type, ParseGuid(is_boot ? kEspType : kLinuxDataType));
    gpt.partitions.push_back({.type = type,
                              .first_sector = partition.offset / kDiskSector,
                              .sectors = partition.size / kDiskSector,
                              .name = is_boot ? "EFI System Partition" : partition.name});
  }
  if (options.grub) {
    // Behind the others, so that the ESP is the first partition, which boot programs know it by.
    ABSL_ASSIGN_OR_RETURN(const Guid type, ParseGuid(kBiosBootType));
    gpt.partitions.push_back({.type = type,
                              .first_sector = kGptCoreSector,
                              .sectors = kFirstPartition / kDiskSector - kGptCoreSector,
                              .name = "BIOS boot"});
  }
  return AddGpt(gpt, mbr, disk);
}

absl::Status AddMbrTable(const Layout& layout, Mbr mbr, Extents& disk) {
  for (size_t i = 0; i < layout.partitions().size(); ++i) {
    const Partition& partition = layout.partitions()[i];
    mbr.partitions[i] =
        MakeMbrPartition(i == 0 ? kMbrFat32 : kMbrLinux, partition.offset / kDiskSector,
                         partition.size / kDiskSector, /*active=*/i == 0);
  }
  mbr.disk_id = FromBytes<Little<uint32_t>>(Hex(disk.Fingerprint()));
  disk.set_size(layout.size());
  return disk.Add(0, Content::OfBytes(std::string(BytesOf(mbr))));
}

}  // namespace

absl::StatusOr<Extents> MakeDiskImage(DiskOptions options) {
  ABSL_RETURN_IF_ERROR(CheckOptions(options));
  ABSL_ASSIGN_OR_RETURN(const uint64_t boot_content, BootContentSize(options));
  ABSL_ASSIGN_OR_RETURN(const Layout layout, Layout::Make(options, boot_content));
  Extents disk;
  ABSL_RETURN_IF_ERROR(
      AddFat(layout.partitions().front(),
             {.label = options.label, .time = options.time, .type = FatType::kFat32},
             std::move(options.files), disk));
  ABSL_RETURN_IF_ERROR(AddData(options, layout, disk));
  Mbr mbr;
  if (options.grub) {
    ABSL_RETURN_IF_ERROR(SetGrubCode(*options.grub, CoreSector(options.table), mbr));
    ABSL_RETURN_IF_ERROR(AddCore(options, disk));
  }
  if (options.table == PartitionTable::kGpt) {
    ABSL_RETURN_IF_ERROR(AddGptTable(options, layout, mbr, disk));
  } else {
    ABSL_RETURN_IF_ERROR(AddMbrTable(layout, mbr, disk));
  }
  return disk;
}

}  // namespace linuxkit
