// Layout in blocks of 2048 bytes:
//
//   0..15   system area: boot record, and for UEFI a GPT (header and entries end at byte 17408)
//   16..    volume descriptors: primary, boot record, Joliet, end
//   then    four path tables (primary and Joliet, each in both byte orders)
//           the primary tree and its continuation area, the Joliet tree
//           the boot catalog
//           files in the order of their paths, large ones at multiples of 4096 bytes
//           the EFI system partition, at a multiple of 1 MiB
//   end     backup GPT; the whole is a multiple of 1 MiB
#include "tools/iso/iso_image.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/fat/fat_image.h"
#include "tools/gpt/gpt.h"
#include "tools/gpt/gpt_format.h"
#include "tools/iso/el_torito.h"
#include "tools/iso/iso_descriptors.h"
#include "tools/iso/iso_format.h"
#include "tools/iso/iso_names.h"
#include "tools/iso/iso_tree.h"

namespace linuxkit {
namespace {

constexpr uint64_t kPartitionAlignment = 1 << 20;
constexpr uint32_t kSectorsPerBlock = kIsoBlock / kDiskSector;
// File systems share data between files by pages of this size.
constexpr uint32_t kReflinkAlignment = 4096;
constexpr size_t kTextField = 128;

absl::Status CheckVolumeId(std::string_view id) {
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isupper(byte) || absl::ascii_isdigit(byte) || c == '_') continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the volume id \"", id, "\" contains characters other than A-Z, 0-9 and _"));
  }
  if (!id.empty() && id.size() <= sizeof(IsoVolumeDescriptor::volume_id)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the volume id \"", id, "\" has ", id.size(), " characters; expected 1 to 32"));
}

absl::Status CheckText(std::string_view what, std::string_view text) {
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c));
  });
  if (is_printable && text.size() <= kTextField) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the ", what, " has ", text.size(),
                   " bytes; expected at most 128, all of them printable ASCII"));
}

// What the dates of a directory record can hold.
absl::Status CheckTime(int64_t time) {
  constexpr int64_t kFirst = -2208988800;  // 1900-01-01
  constexpr int64_t kLast = 5869583999;    // 2155-12-31
  if (time >= kFirst && time <= kLast) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the time is ", time,
                                                 " seconds since 1970; an ISO image has ", kFirst,
                                                 " to ", kLast, ", the years 1900 to 2155"));
}

absl::Status CheckOptions(const IsoOptions& options) {
  ABSL_RETURN_IF_ERROR(CheckVolumeId(options.volume_id));
  ABSL_RETURN_IF_ERROR(CheckText("publisher", options.publisher));
  ABSL_RETURN_IF_ERROR(CheckText("preparer", options.preparer));
  ABSL_RETURN_IF_ERROR(CheckText("application", options.application));
  return CheckTime(options.time);
}

void CollectFiles(const FileTree& tree, std::vector<const FileTree*>& files) {
  if (!tree.is_directory()) files.push_back(&tree);
  for (const auto& [name, child] : tree.children) CollectFiles(*child, files);
}

class IsoWriter {
 public:
  IsoWriter(const IsoOptions& options, const FileTree& root, IsoTree primary, IsoTree joliet,
            std::optional<FatImage> esp, const std::map<std::string, std::string>& esp_paths)
      : options_(options),
        primary_(std::move(primary)),
        joliet_(std::move(joliet)),
        esp_(std::move(esp)),
        esp_paths_(esp_paths) {
    CollectFiles(root, files_);
  }

  absl::StatusOr<Extents> Make() {
    ABSL_RETURN_IF_ERROR(Place());
    ABSL_RETURN_IF_ERROR(AddTrees());
    ABSL_RETURN_IF_ERROR(AddFiles());
    ABSL_RETURN_IF_ERROR(AddDescriptors());
    if (esp_) {
      ABSL_RETURN_IF_ERROR(iso_.AddAll(uint64_t{esp_block_} * kIsoBlock, esp_->extents));
    }
    ABSL_RETURN_IF_ERROR(AddSystemArea());
    iso_.set_size(size_);
    return std::move(iso_);
  }

 private:
  bool is_bootable() const { return options_.bios || esp_; }

  absl::Status AddBlocks(uint32_t block, std::string bytes) {
    return iso_.Add(uint64_t{block} * kIsoBlock, Content::OfBytes(std::move(bytes)));
  }

  uint32_t Take(uint64_t blocks) {
    const uint64_t first = next_;
    next_ += blocks;
    return static_cast<uint32_t>(first);
  }

  // Decides where everything goes.
  absl::Status Place() {
    next_ = kFirstDescriptor + (is_bootable() ? 4 : 3);
    for (PathTables& tables : path_tables_) {
      const IsoTree& tree = &tables == &path_tables_[0] ? primary_ : joliet_;
      tables.little = Take(tree.path_table_blocks());
      tables.big = Take(tree.path_table_blocks());
    }
    primary_block_ = Take(primary_.blocks());
    joliet_block_ = Take(joliet_.blocks());
    if (is_bootable()) catalog_block_ = Take(1);
    PlaceFiles();
    if (esp_) {
      next_ = RoundUp(next_, kPartitionAlignment / kIsoBlock);
      esp_block_ = Take(DivideUp(esp_->extents.size(), kIsoBlock));
    }
    size_ = next_ * kIsoBlock;
    if (esp_) size_ += kGptBackupSectors * kDiskSector;
    size_ = RoundUp(size_, kPartitionAlignment);
    if (size_ / kIsoBlock <= UINT32_MAX) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat("the image has ", size_,
                                                     " bytes; an ISO image has at most ",
                                                     uint64_t{UINT32_MAX} * kIsoBlock));
  }

  void PlaceFiles() {
    for (const FileTree* file : files_) {
      const uint64_t size = file->content->size();
      if (SharedOffset(*file)) continue;
      if (size >= kReflinkAlignment) next_ = RoundUp(next_, kReflinkAlignment / kIsoBlock);
      blocks_[file] = Take(DivideUp(size, kIsoBlock));
    }
  }

  // Where in the EFI system partition the same file of the build is, if the ISO file system can
  // point there.
  std::optional<uint64_t> SharedOffset(const FileTree& file) const {
    const auto path = esp_paths_.find(file.content->path());
    if (path == esp_paths_.end() || IsBiosProgram(file)) return std::nullopt;
    const auto offset = esp_->offsets.find(path->second);
    if (offset == esp_->offsets.end() || offset->second % kIsoBlock != 0) return std::nullopt;
    return offset->second;
  }

  uint32_t BlockOf(const FileTree& file) const {
    if (const auto block = blocks_.find(&file); block != blocks_.end()) return block->second;
    return esp_block_ + static_cast<uint32_t>(*SharedOffset(file) / kIsoBlock);
  }

  absl::Status AddTrees() {
    const auto block_of = [this](const FileTree& file) { return BlockOf(file); };
    ABSL_RETURN_IF_ERROR(AddBlocks(primary_block_, primary_.Encode(primary_block_, block_of)));
    ABSL_RETURN_IF_ERROR(AddBlocks(joliet_block_, joliet_.Encode(joliet_block_, block_of)));
    for (const PathTables& tables : path_tables_) {
      const IsoTree& tree = &tables == &path_tables_[0] ? primary_ : joliet_;
      ABSL_RETURN_IF_ERROR(AddBlocks(tables.little, tree.LittlePathTable()));
      ABSL_RETURN_IF_ERROR(AddBlocks(tables.big, tree.BigPathTable()));
    }
    return absl::OkStatus();
  }

  bool IsBiosProgram(const FileTree& file) const {
    return options_.bios && file.path == absl::StripPrefix(options_.bios->program_path, "/");
  }

  absl::Status AddFiles() {
    for (const FileTree* file : files_) {
      const auto block = blocks_.find(file);
      if (block == blocks_.end()) continue;  // It is in the EFI system partition.
      Content content = *file->content;
      if (IsBiosProgram(*file)) {
        bios_block_ = block->second;
        ABSL_ASSIGN_OR_RETURN(std::string program,
                              PatchedBiosProgram(*options_.bios, *bios_block_));
        content = Content::OfBytes(std::move(program));
      }
      ABSL_RETURN_IF_ERROR(iso_.Add(uint64_t{block->second} * kIsoBlock, std::move(content)));
    }
    if (!is_bootable()) return absl::OkStatus();
    BootCatalog catalog = {.bios_block = bios_block_};
    if (esp_) {
      catalog.efi_block = esp_block_;
      catalog.efi_size = esp_->extents.size();
    }
    return AddBlocks(catalog_block_, EncodeBootCatalog(catalog));
  }

  IsoVolumeDescriptor PrimaryDescriptor() const {
    return MakePrimaryDescriptor(options_, primary_,
                                 {.blocks = static_cast<uint32_t>(size_ / kIsoBlock),
                                  .path_table = path_tables_[0].little,
                                  .big_path_table = path_tables_[0].big});
  }

  IsoVolumeDescriptor JolietDescriptor() const {
    IsoVolumeDescriptor descriptor = PrimaryDescriptor();
    const auto Set = [](auto& field, std::string_view text) {
      JolietText(text, field.size()).copy(field.data(), field.size());
    };
    descriptor.type = kSupplementaryDescriptor;
    descriptor.escapes = TextField<32>(kJolietEscape, '\0');
    descriptor.path_table_size = joliet_.path_table_size();
    descriptor.path_table = path_tables_[1].little;
    descriptor.big_path_table = path_tables_[1].big;
    descriptor.root = joliet_.RootRecord();
    Set(descriptor.system_id, "LINUX");
    Set(descriptor.volume_id, options_.volume_id);
    Set(descriptor.set_id, "");
    Set(descriptor.publisher, options_.publisher);
    Set(descriptor.preparer, options_.preparer);
    Set(descriptor.application, options_.application);
    Set(descriptor.copyright_file, "");
    Set(descriptor.abstract_file, "");
    Set(descriptor.bibliographic_file, "");
    return descriptor;
  }

  absl::Status AddDescriptors() {
    std::string bytes(BytesOf(PrimaryDescriptor()));
    // El Torito wants its descriptor here.
    if (is_bootable()) bytes.append(EncodeBootRecord(catalog_block_));
    bytes.append(BytesOf(JolietDescriptor()));
    bytes.append(EncodeDescriptorSetEnd());
    return AddBlocks(kFirstDescriptor, std::move(bytes));
  }

  absl::Status AddSystemArea() {
    if (!is_bootable()) return absl::OkStatus();
    Mbr mbr;
    if (options_.bios) {
      ABSL_ASSIGN_OR_RETURN(mbr, HybridMbr(*options_.bios, *bios_block_));
    }
    const Sha256Digest digest = iso_.Fingerprint();
    mbr.disk_id = FromBytes<Little<uint32_t>>({reinterpret_cast<const char*>(digest.data()), 4});
    if (!esp_) {
      // BIOSes want an active partition; this one is what isohybrid makes.
      mbr.partitions[0] = MakeMbrPartition(kMbrHiddenIso, 0, size_ / kDiskSector, /*active=*/true);
      return AddBlocks(0, std::string(BytesOf(mbr)));
    }
    ABSL_ASSIGN_OR_RETURN(const Guid type, ParseGuid(kEspType));
    const GptPartition partition = {.type = type,
                                    .first_sector = uint64_t{esp_block_} * kSectorsPerBlock,
                                    .sectors = esp_->extents.size() / kDiskSector,
                                    .name = "EFI System Partition"};
    return AddGpt({.sectors = size_ / kDiskSector, .partitions = {partition}}, mbr, iso_);
  }

  struct PathTables {
    uint32_t little = 0;
    uint32_t big = 0;
  };

  const IsoOptions& options_;
  std::vector<const FileTree*> files_;
  IsoTree primary_;
  IsoTree joliet_;
  std::optional<FatImage> esp_;
  // The path in the EFI system partition by the path of the build.
  const std::map<std::string, std::string>& esp_paths_;

  uint64_t next_ = 0;  // the first free block
  uint64_t size_ = 0;
  PathTables path_tables_[2];
  uint32_t primary_block_ = 0;
  uint32_t joliet_block_ = 0;
  uint32_t catalog_block_ = 0;
  uint32_t esp_block_ = 0;
  std::optional<uint32_t> bios_block_;
  std::map<const FileTree*, uint32_t> blocks_;
  Extents iso_;
};

absl::StatusOr<FatImage> MakeEsp(const IsoOptions& options) {
  const FatOptions fat = {.time = options.time, .type = options.efi_fat_type};
  absl::StatusOr<FatImage> esp = MakeFatImage(fat, options.efi_files);
  if (esp.ok()) return esp;
  return absl::Status(esp.status().code(),
                      absl::StrCat("EFI system partition: ", esp.status().message()));
}

std::map<std::string, std::string> PathsOf(const std::vector<ImageFile>& files) {
  std::map<std::string, std::string> paths;
  for (const ImageFile& file : files) {
    if (file.content.is_file()) {
      paths[file.content.path()] = absl::StripPrefix(file.path, "/");
    }
  }
  return paths;
}

}  // namespace

absl::StatusOr<Extents> MakeIsoImage(IsoOptions options) {
  ABSL_RETURN_IF_ERROR(CheckOptions(options));
  if (options.bios) {
    ABSL_ASSIGN_OR_RETURN(Content program, Content::OfFile(options.bios->program));
    options.files.push_back({options.bios->program_path, std::move(program)});
  }
  std::optional<FatImage> esp;
  if (!options.efi_files.empty()) {
    ABSL_ASSIGN_OR_RETURN(esp, MakeEsp(options));
  }
  const std::map<std::string, std::string> esp_paths = PathsOf(options.efi_files);
  ABSL_ASSIGN_OR_RETURN(const FileTree root, BuildFileTree(std::move(options.files)));
  ABSL_ASSIGN_OR_RETURN(IsoTree primary, IsoTree::Build(IsoTreeKind::kPrimary, root, options.time));
  ABSL_ASSIGN_OR_RETURN(IsoTree joliet, IsoTree::Build(IsoTreeKind::kJoliet, root, options.time));
  return IsoWriter(options, root, std::move(primary), std::move(joliet), std::move(esp), esp_paths)
      .Make();
}

}  // namespace linuxkit
