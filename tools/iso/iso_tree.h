// A directory tree as ISO 9660 stores it: directories made of records, and the path table that
// lists them. An image has two trees over the same files, the primary one and Joliet's.
#ifndef TOOLS_ISO_ISO_TREE_H_
#define TOOLS_ISO_ISO_TREE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/file_tree.h"
#include "tools/iso/iso_format.h"
#include "tools/iso/rock_ridge.h"

namespace linuxkit {

// kRockRidge is a primary tree whose readers know Rock Ridge: it has no names or depths that only
// others mind.
enum class IsoTreeKind { kPrimary, kJoliet, kRockRidge };

class IsoTree {
 public:
  // Errors: names that ISO 9660 cannot hold, files of 4 GiB and more, directories too deep. A
  // kRockRidge tree may be deeper, which Linux does not mind.
  static absl::StatusOr<IsoTree> Build(IsoTreeKind kind, const FileTree& root, int64_t time);

  // Blocks of the directories and, behind them, of the Rock Ridge continuation area.
  uint32_t blocks() const { return blocks_; }
  uint32_t path_table_size() const { return static_cast<uint32_t>(PathTable<false>().size()); }
  uint32_t path_table_blocks() const {
    return static_cast<uint32_t>(DivideUp(path_table_size(), kIsoBlock));
  }

  // Where a file's data lies, by its path; for empty files it does not matter.
  using BlockOf = std::function<uint32_t(const FileTree& file)>;

  // The tree places its directories from `block` on and returns their bytes.
  std::string Encode(uint32_t block, const BlockOf& block_of);

  // These are valid after Encode.
  std::string LittlePathTable() const { return PathTable<false>(); }
  std::string BigPathTable() const { return PathTable<true>(); }
  IsoRecord RootRecord() const;

 private:
  struct Node {
    const FileTree* tree = nullptr;
    Node* parent = nullptr;  // the root is its own
    std::string identifier;
    std::vector<std::unique_ptr<Node>> children;  // by identifier
    uint32_t block = 0;
    uint32_t size = 0;
    uint16_t number = 0;  // in the path table
    uint32_t subdirectories = 0;
  };

  explicit IsoTree(IsoTreeKind kind, int64_t time);
  absl::Status AddChildren(Node& node);
  absl::Status CheckNode(const FileTree& tree) const;
  absl::Status SortAndNumber();
  std::string EncodeDirectory(const Node& node, RockRidge& rock_ridge, const BlockOf& block_of);
  std::string EncodeAll(uint32_t area_block, const BlockOf& block_of);
  std::string Record(const Node& node, std::string_view identifier, RockRidge& rock_ridge,
                     const BlockOf& block_of, bool is_root_dot) const;
  template <bool kIsBig>
  std::string PathTable() const;

  IsoTreeKind kind_;
  IsoRecordDate date_;
  std::unique_ptr<Node> root_;
  std::vector<Node*> directories_;  // in the order of the path table
  uint32_t directory_blocks_ = 0;
  uint32_t blocks_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_TREE_H_
