// Order of the clusters: root directory (FAT32), the other directories, parents before children,
// then the files. Each is one run, so that a table entry is the next cluster or the end mark.
#include "tools/fat/fat_image.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/civil_time.h"
#include "tools/fat/fat_format.h"
#include "tools/fat/fat_names.h"

namespace linuxkit {
namespace {

// A directory or file on its way into the image.
struct Node {
  const FileTree* tree = nullptr;
  const Node* parent = nullptr;
  FatNames::Entry names;
  std::vector<std::unique_ptr<Node>> children;
  uint64_t size = 0;  // of a file's data or a directory's entries
  uint32_t cluster = 0;

  bool is_directory() const { return tree->is_directory(); }
  bool is_root() const { return parent == nullptr; }
};

struct FatTimestamp {
  uint16_t date = 0;
  uint16_t time = 0;
};

FatTimestamp ToFatTimestamp(int64_t seconds) {
  constexpr int64_t kFirst = 315532800;  // 1980-01-01 00:00:00
  constexpr int64_t kLast = 4354819198;  // 2107-12-31 23:59:58
  const CivilTime time = ToCivilTime(std::clamp(seconds, kFirst, kLast));
  return {.date = static_cast<uint16_t>((time.year - 1980) << 9 | time.month << 5 | time.day),
          .time = static_cast<uint16_t>(time.hour << 11 | time.minute << 5 | time.second / 2)};
}

absl::Status At(const FileTree& tree, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("/", tree.path, ": ", status.message()));
}

uint64_t SlotCount(const Node& node) {
  return node.names.long_name_slots.size() / sizeof(FatEntry) + 1;
}

// The label or "." and ".." come before the children.
uint64_t EntryCount(const Node& directory) {
  uint64_t count = directory.is_root() ? 1 : 2;
  for (const auto& child : directory.children) count += SlotCount(*child);
  return count;
}

absl::StatusOr<std::unique_ptr<Node>> BuildNode(const FileTree& tree, const Node* parent) {
  auto node = std::make_unique<Node>();
  node->tree = &tree;
  node->parent = parent;
  if (!tree.is_directory()) {
    node->size = tree.content->size();
    if (node->size <= kFatMaxFileSize) return node;
    return absl::InvalidArgumentError(absl::StrCat("/", tree.path, " has ", node->size,
                                                   " bytes; a FAT file system holds at most ",
                                                   kFatMaxFileSize, " in a file"));
  }
  FatNames names;
  for (const auto& [name, child_tree] : tree.children) {
    absl::StatusOr<FatNames::Entry> entry = names.Add(name);
    if (!entry.ok()) return At(tree, entry.status());
    ABSL_ASSIGN_OR_RETURN(std::unique_ptr<Node> child, BuildNode(*child_tree, node.get()));
    child->names = *std::move(entry);
    node->children.push_back(std::move(child));
  }
  node->size = EntryCount(*node) * sizeof(FatEntry);
  if (node->size / sizeof(FatEntry) <= kFatMaxDirectoryEntries) return node;
  return absl::ResourceExhaustedError(
      absl::StrCat("/", tree.path, " takes ", node->size / sizeof(FatEntry),
                   " directory entries, long names included; a FAT directory has at most ",
                   kFatMaxDirectoryEntries));
}

// All nodes, directories in front, otherwise in the order of the paths.
void Collect(Node& node, bool directories, std::vector<Node*>& nodes) {
  if (node.is_directory() == directories) nodes.push_back(&node);
  for (const auto& child : node.children) Collect(*child, directories, nodes);
}

class FatWriter {
 public:
  FatWriter(const FatOptions& options, Node& root)
      : options_(options), root_(root), timestamp_(ToFatTimestamp(options.time)) {
    Collect(root_, /*directories=*/true, nodes_);
    Collect(root_, /*directories=*/false, nodes_);
  }

  absl::StatusOr<FatImage> Make() {
    ABSL_ASSIGN_OR_RETURN(image_.geometry,
                          ChooseFatGeometry(options_.size, options_.type,
                                            [this](FatType type, uint32_t cluster_bytes) {
                                              return ClustersNeeded(type, cluster_bytes);
                                            }));
    ABSL_RETURN_IF_ERROR(CheckRoot());
    Allocate();
    ABSL_RETURN_IF_ERROR(AddData());
    ABSL_RETURN_IF_ERROR(AddTables());
    ABSL_RETURN_IF_ERROR(AddBootSectors());
    image_.extents.set_size(std::max(options_.size, geometry().total * kFatSector));
    return std::move(image_);
  }

 private:
  const FatGeometry& geometry() const { return image_.geometry; }
  bool is_fat32() const { return geometry().type == FatType::kFat32; }
  // On FAT12 and FAT16 the root directory has its own place.
  bool HasClusters(const Node& node, FatType type) const {
    return node.size > 0 && (!node.is_root() || type == FatType::kFat32);
  }

  uint64_t ClustersNeeded(FatType type, uint32_t cluster_bytes) const {
    uint64_t count = 0;
    for (const Node* node : nodes_) {
      if (HasClusters(*node, type)) count += DivideUp(node->size, cluster_bytes);
    }
    return count;
  }

  absl::Status CheckRoot() const {
    const uint64_t entries = root_.size / sizeof(FatEntry);
    if (is_fat32() || entries <= kFatRootEntries) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("the root directory takes ", entries, " entries, long names included; FAT",
                     static_cast<int>(geometry().type), " has at most ", kFatRootEntries,
                     ". Put files into directories or ask for FAT32."));
  }

  uint32_t ClusterCount(const Node& node) const {
    return static_cast<uint32_t>(DivideUp(node.size, geometry().cluster_bytes()));
  }

  void Allocate() {
    for (Node* node : nodes_) {
      if (!HasClusters(*node, geometry().type)) continue;
      node->cluster = next_cluster_;
      next_cluster_ += ClusterCount(*node);
    }
  }

  FatEntry EntryOf(const FatShortName& name, uint8_t attributes, uint32_t cluster,
                   uint64_t size) const {
    return {.name = name,
            .attributes = attributes,
            .created_time = timestamp_.time,
            .created_date = timestamp_.date,
            .accessed_date = timestamp_.date,
            .cluster_high = static_cast<uint16_t>(cluster >> 16),
            .modified_time = timestamp_.time,
            .modified_date = timestamp_.date,
            .cluster_low = static_cast<uint16_t>(cluster),
            .size = static_cast<uint32_t>(size)};
  }

  void AppendDotEntries(const Node& directory, std::string& bytes) const {
    // The root is cluster 0 here, on FAT32 too.
    const uint32_t parent = directory.parent->is_root() ? 0 : directory.parent->cluster;
    bytes.append(
        BytesOf(EntryOf(TextField<11>("."), kFatDirectory, directory.cluster, /*size=*/0)));
    bytes.append(BytesOf(EntryOf(TextField<11>(".."), kFatDirectory, parent, /*size=*/0)));
  }

  std::string DirectoryBytes(const Node& directory) const {
    std::string bytes;
    if (directory.is_root()) {
      bytes.append(BytesOf(EntryOf(TextField<11>(options_.label), kFatVolumeLabel, 0, 0)));
    } else {
      AppendDotEntries(directory, bytes);
    }
    for (const auto& child : directory.children) {
      bytes.append(child->names.long_name_slots);
      const bool is_directory = child->is_directory();
      bytes.append(
          BytesOf(EntryOf(child->names.short_name, is_directory ? kFatDirectory : kFatArchive,
                          child->cluster, is_directory ? 0 : child->size)));
    }
    return bytes;
  }

  uint64_t OffsetOf(const Node& node) const {
    if (node.cluster != 0) return geometry().OffsetOf(node.cluster);
    return uint64_t{geometry().data_start() - geometry().root_sectors} * kFatSector;
  }

  absl::Status AddData() {
    for (const Node* node : nodes_) {
      if (node->size == 0) continue;
      Content content =
          node->is_directory() ? Content::OfBytes(DirectoryBytes(*node)) : *node->tree->content;
      ABSL_RETURN_IF_ERROR(image_.extents.Add(OffsetOf(*node), std::move(content)));
      if (!node->is_directory()) image_.offsets[node->tree->path] = OffsetOf(*node);
    }
    return absl::OkStatus();
  }

  // The used part of the table; what follows is zero, which means free.
  std::string TableBytes() const {
    const unsigned bits = static_cast<unsigned>(geometry().type);
    std::string table(DivideUp(uint64_t{next_cluster_} * bits, 8), '\0');
    const auto put = [&](uint32_t cluster, uint32_t value) {
      const uint64_t at = uint64_t{cluster} * bits / 8;
      const unsigned shift = cluster * bits % 8;  // 4 for every other entry of FAT12
      for (unsigned i = 0; 8 * i < bits + shift; ++i) {
        table[at + i] = static_cast<char>(static_cast<uint8_t>(table[at + i]) |
                                          static_cast<uint64_t>(value) << shift >> (8 * i));
      }
    };
    const uint32_t end = static_cast<uint32_t>((uint64_t{1} << std::min(bits, 28u)) - 1);
    put(0, (end & ~0xffu) | kFatMedia);
    put(1, end);
    for (const Node* node : nodes_) {
      if (node->cluster == 0) continue;
      const uint32_t last = node->cluster + ClusterCount(*node) - 1;
      for (uint32_t cluster = node->cluster; cluster < last; ++cluster) put(cluster, cluster + 1);
      put(last, end);
    }
    return table;
  }

  absl::Status AddTables() {
    const std::string table = TableBytes();
    for (uint64_t copy = 0; copy < kFatCopies; ++copy) {
      const uint64_t sector = geometry().reserved + copy * geometry().fat_sectors;
      ABSL_RETURN_IF_ERROR(image_.extents.Add(sector * kFatSector, Content::OfBytes(table)));
    }
    return absl::OkStatus();
  }

  uint32_t Serial() const {
    if (options_.serial) return *options_.serial;
    const Sha256Digest digest = image_.extents.Fingerprint();
    return FromBytes<Little<uint32_t>>({reinterpret_cast<const char*>(digest.data()), 4});
  }

  FatBootSector BootSector() const {
    const FatGeometry& g = geometry();
    FatBootSector boot = {
        .jump = {0xeb, static_cast<uint8_t>(is_fat32() ? 0x58 : 0x3c), 0x90},
        .oem_name = TextField<8>("LINUXKIT"),
        .bytes_per_sector = static_cast<uint16_t>(kFatSector),
        .sectors_per_cluster = static_cast<uint8_t>(g.sectors_per_cluster),
        .reserved_sectors = static_cast<uint16_t>(g.reserved),
        .root_entries = static_cast<uint16_t>(is_fat32() ? 0 : kFatRootEntries),
        .sectors_16 = static_cast<uint16_t>(!is_fat32() && g.total <= UINT16_MAX ? g.total : 0),
        .fat_sectors_16 = static_cast<uint16_t>(is_fat32() ? 0 : g.fat_sectors),
        // What the BIOS makes of a disk that has no geometry.
        .sectors_per_track = 63,
        .heads = 255,
        .hidden_sectors = options_.hidden_sectors,
        .boot_signature = kBootSignature};
    if (boot.sectors_16 == 0) boot.sectors_32 = static_cast<uint32_t>(g.total);
    const FatVolumeFields volume = {
        .drive = kFirstHardDisk,
        .signature = kFatVolumeSignature,
        .serial = Serial(),
        .label = TextField<11>(options_.label),
        .type = TextField<8>(absl::StrCat("FAT", static_cast<int>(g.type)))};
    if (!is_fat32()) {
      std::memcpy(reinterpret_cast<char*>(&boot) + kFat16VolumeFields, &volume, sizeof(volume));
      return boot;
    }
    boot.fat_sectors_32 = g.fat_sectors;
    boot.root_cluster = root_.cluster;
    boot.fs_info_sector = static_cast<uint16_t>(kFsInfoSector);
    boot.backup_boot_sector = static_cast<uint16_t>(kBackupBootSector);
    boot.volume = volume;
    return boot;
  }

  absl::Status AddBootSectors() {
    std::string bytes(BytesOf(BootSector()));
    if (!is_fat32()) return image_.extents.Add(0, Content::OfBytes(bytes));
    const uint32_t used = next_cluster_ - kFirstCluster;
    bytes.append(BytesOf(FatFsInfo{.lead = kFsInfoLead,
                                   .structure = kFsInfoStructure,
                                   .free_clusters = geometry().clusters - used,
                                   .next_free = next_cluster_,
                                   .trail = uint32_t{kBootSignature} << 16}));
    const uint64_t backup = uint64_t{kBackupBootSector} * kFatSector;
    ABSL_RETURN_IF_ERROR(image_.extents.Add(0, Content::OfBytes(bytes)));
    return image_.extents.Add(backup, Content::OfBytes(bytes));
  }

  const FatOptions& options_;
  Node& root_;
  const FatTimestamp timestamp_;
  std::vector<Node*> nodes_;
  uint32_t next_cluster_ = kFirstCluster;
  FatImage image_;
};

absl::Status CheckLabel(std::string_view label) {
  for (const char c : label) {
    if (c != ' ' &&
        (!absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::ascii_islower(static_cast<unsigned char>(c))) &&
        c != '_' && c != '-') {
      return absl::InvalidArgumentError(
          absl::StrCat("the volume label \"", label,
                       "\" contains characters other than A-Z, 0-9, space, _ and -"));
    }
  }
  if (!label.empty() && label.size() <= 11) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the volume label \"", label, "\" has ",
                                                 label.size(), " characters; expected 1 to 11"));
}

}  // namespace

absl::StatusOr<FatImage> MakeFatImage(const FatOptions& options, std::vector<ImageFile> files) {
  ABSL_RETURN_IF_ERROR(CheckLabel(options.label));
  ABSL_ASSIGN_OR_RETURN(const FileTree tree, BuildFileTree(std::move(files)));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<Node> root, BuildNode(tree, nullptr));
  return FatWriter(options, *root).Make();
}

}  // namespace linuxkit
