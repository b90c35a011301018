#include "tools/iso/validate_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::string_view kDot("\0", 1);
constexpr std::string_view kDotDot("\1", 1);
// More is a mistake; directories are read into memory.
constexpr uint32_t kMaxDirectorySize = 64 << 20;
// A path table entry without its identifier [9.4].
template <bool kIsBig>
struct PathEntry {
  uint8_t identifier_length = 0;
  uint8_t attribute_length = 0;
  Field<uint32_t, kIsBig> block;
  Field<uint16_t, kIsBig> parent;
};
static_assert(sizeof(PathEntry<true>) == 8);

struct Directory {
  std::string path;
  uint32_t block = 0;
  uint32_t size = 0;
  uint32_t parent = 0;  // its block
};

class TreeChecker {
 public:
  TreeChecker(const ImageView& image, const IsoVolumeDescriptor& descriptor)
      : image_(image),
        descriptor_(descriptor),
        tree_(descriptor.type == kPrimaryDescriptor ? "ISO primary tree" : "ISO Joliet tree") {}

  absl::Status Check() {
    const uint32_t root = descriptor_.root.block;
    directories_.push_back(
        {.path = "/", .block = root, .size = descriptor_.root.size, .parent = root});
    while (!directories_.empty()) {
      const Directory directory = std::move(directories_.back());
      directories_.pop_back();
      if (!seen_.insert(directory.block).second) {
        return Broken(directory.path, absl::StrCat("the directory at block ", directory.block,
                                                   " is in the tree twice"));
      }
      ABSL_RETURN_IF_ERROR(CheckDirectory(directory));
    }
    ABSL_RETURN_IF_ERROR(CheckPathTable<false>(descriptor_.path_table));
    return CheckPathTable<true>(descriptor_.big_path_table);
  }

 private:
  absl::Status Broken(std::string_view path, std::string_view problem) const {
    return absl::DataLossError(absl::StrCat(tree_, ": ", path, ": ", problem));
  }

  absl::Status CheckExtent(std::string_view path, const IsoRecord& record) const {
    if (!record.block.Agree() || !record.size.Agree()) {
      return Broken(path, "block and size differ between byte orders");
    }
    const uint64_t end = record.block + DivideUp(record.size, kIsoBlock);
    if (record.size == 0 || end <= descriptor_.blocks) return absl::OkStatus();
    return Broken(path,
                  absl::StrCat("it ends at block ", end, " of ", uint32_t{descriptor_.blocks}));
  }

  absl::Status CheckDirectory(const Directory& directory) {
    if (directory.size == 0 || directory.size % kIsoBlock != 0 ||
        directory.size > kMaxDirectorySize) {
      return Broken(directory.path, absl::StrCat("the directory has ", directory.size,
                                                 " bytes; expected a multiple of ", kIsoBlock));
    }
    ABSL_ASSIGN_OR_RETURN(const std::string bytes,
                          image_.Read(absl::StrCat(tree_, ": ", directory.path),
                                      uint64_t{directory.block} * kIsoBlock, directory.size));
    std::string previous;
    for (size_t at = 0, index = 0; at < bytes.size();) {
      const std::string_view rest = std::string_view(bytes).substr(at, kIsoBlock - at % kIsoBlock);
      if (rest[0] == '\0') {  // the rest of the block is empty
        at += rest.size();
        continue;
      }
      ABSL_RETURN_IF_ERROR(CheckRecord(directory, rest, index++, previous));
      at += static_cast<uint8_t>(rest[0]);
    }
    return absl::OkStatus();
  }

  // `bytes` begin with a record and end with its block.
  absl::Status CheckRecord(const Directory& directory, std::string_view bytes, size_t index,
                           std::string& previous) {
    const size_t length = static_cast<uint8_t>(bytes[0]);
    if (length < sizeof(IsoRecord) || length > bytes.size()) {
      return Broken(directory.path, absl::StrCat("record ", index, " has ", length,
                                                 " bytes; expected 33 to ", bytes.size()));
    }
    const auto record = FromBytes<IsoRecord>(bytes);
    if (sizeof(IsoRecord) + record.identifier_length > length) {
      return Broken(directory.path,
                    absl::StrCat("record ", index, " has an identifier of ",
                                 int{record.identifier_length}, " bytes in ", length));
    }
    const std::string identifier(bytes.substr(sizeof(IsoRecord), record.identifier_length));
    const std::string path = directory.path + absl::CHexEscape(identifier);
    ABSL_RETURN_IF_ERROR(CheckExtent(path, record));
    if (index < 2) return CheckDot(directory, record, identifier, index);
    if (index > 2 && identifier <= previous) {
      return Broken(path, absl::StrCat("it comes behind ", absl::CHexEscape(previous)));
    }
    previous = identifier;
    if ((record.flags & kIsoDirectoryFlag) != 0) {
      directories_.push_back({.path = path + "/",
                              .block = record.block,
                              .size = record.size,
                              .parent = directory.block});
    }
    return absl::OkStatus();
  }

  absl::Status CheckDot(const Directory& directory, const IsoRecord& record,
                        std::string_view identifier, size_t index) const {
    const uint32_t expected = index == 0 ? directory.block : directory.parent;
    if (identifier == (index == 0 ? kDot : kDotDot) && record.block == expected) {
      return absl::OkStatus();
    }
    return Broken(directory.path,
                  absl::StrCat("record ", index, " points to block ", uint32_t{record.block},
                               "; expected \"", index == 0 ? "." : "..", "\" and ", expected));
  }

  // Every directory is in the table once, behind its parent.
  template <bool kIsBig>
  absl::Status CheckPathTable(uint32_t block) const {
    constexpr std::string_view kName =
        kIsBig ? "the big-endian path table" : "the little-endian path table";
    if (descriptor_.path_table_size > kMaxDirectorySize) {
      return Broken(kName, absl::StrCat("it has ", uint32_t{descriptor_.path_table_size},
                                        " bytes; expected at most ", kMaxDirectorySize));
    }
    ABSL_ASSIGN_OR_RETURN(const std::string bytes,
                          image_.Read(absl::StrCat(tree_, ": ", kName), uint64_t{block} * kIsoBlock,
                                      descriptor_.path_table_size));
    std::set<uint32_t> listed;
    size_t number = 0;
    for (std::string_view rest = bytes; rest.size() >= sizeof(PathEntry<kIsBig>);) {
      const auto entry = FromBytes<PathEntry<kIsBig>>(rest);
      ++number;
      if (entry.parent > number || !seen_.contains(entry.block) ||
          !listed.insert(entry.block).second) {
        return Broken(kName, absl::StrCat("entry ", number, " has block ", uint32_t{entry.block},
                                          " and parent ", uint16_t{entry.parent},
                                          "; expected a directory of the tree, once"));
      }
      const size_t length = RoundUp(sizeof(entry) + entry.identifier_length, 2);
      rest.remove_prefix(std::min(length, rest.size()));
    }
    if (listed.size() == seen_.size()) return absl::OkStatus();
    return Broken(
        kName, absl::StrCat("it lists ", listed.size(), " directories; expected ", seen_.size()));
  }

  const ImageView& image_;
  const IsoVolumeDescriptor& descriptor_;
  const std::string_view tree_;
  std::vector<Directory> directories_;
  std::set<uint32_t> seen_;  // blocks of directories
};

}  // namespace

absl::Status ValidateIsoTree(const ImageView& image, const IsoVolumeDescriptor& descriptor) {
  return TreeChecker(image, descriptor).Check();
}

}  // namespace linuxkit
