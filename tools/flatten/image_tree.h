// The tree that unpacking the layers of an image in order gives, without the bytes of its files.
//
// Within one layer all whiteouts act first, on the tree of the layers below, wherever they stand;
// then the entries in order, the last one of a name wins. Paths that lead through a symbolic link
// land where the link points, seen from the image's root. Memory grows with the number of entries.
#ifndef TOOLS_FLATTEN_IMAGE_TREE_H_
#define TOOLS_FLATTEN_IMAGE_TREE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/flatten/layer_reader.h"

namespace linuxkit {

class ImageTree {
 public:
  // What one entry of a layer made. Hard links share it.
  struct Inode {
    LayerEntry entry;
    // Which layer, and which of its entries, counted from 0. Inodes that come from no layer have
    // neither.
    static constexpr uint32_t kNoLayer = 0xffffffff;
    uint32_t layer = kNoLayer;
    uint32_t ordinal = 0;
    // kFile without a layer: the content. Lives as long as the program.
    std::string_view content = {};

    bool IsDirectory() const { return entry.type == LayerEntry::Type::kDirectory; }
    bool IsSymlink() const { return entry.type == LayerEntry::Type::kSymlink; }
  };
  struct Node {
    Inode* inode = nullptr;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  };

  // Components of paths that may be walked in all, those of links included. A million entries take
  // some ten million; a hostile link takes 80,000 each time.
  static constexpr uint64_t kMaxSteps = uint64_t{1} << 27;

  explicit ImageTree(uint64_t max_steps = kMaxSteps);

  // Unpacks the next layer, counted from 0 at the bottom.
  absl::Status AddLayer(uint32_t layer, std::deque<LayerEntry> entries);

  const Node& root() const { return root_; }

  // Changes from outside, on clean paths. The entry at `path` itself is meant, not what it links
  // to; its parents are followed through links, and made where they are missing.
  absl::Status Put(LayerEntry entry, std::string_view content = {});
  // Makes `path` a directory with these attributes: the one that is there, or that a link there
  // leads to. Where that is impossible (a file, a loop), a new directory takes the place.
  absl::Status PutDirectory(std::string_view path, const Attributes& attributes);
  // Null if there is nothing.
  Node* Find(std::string_view path);
  // Removes the entry at `path`. A directory that has children stays, but with made-up attributes.
  void Drop(std::string_view path);

 private:
  enum class Missing { kCreate, kGiveUp };
  struct Walk;

  Inode* NewInode(LayerEntry entry, uint32_t layer, uint32_t ordinal);
  Node* NewDirectory(Node& parent, std::string_view name);
  absl::StatusOr<Node*> Directory(std::string_view path, Missing missing);
  absl::Status Step(Walk& walk, Missing missing);
  absl::Status StepsError() const;
  absl::StatusOr<Node*> FollowedParent(std::string_view path);
  bool LeadsThroughReplacedLink(std::string_view path,
                                const absl::flat_hash_set<std::string_view>& new_directories);
  absl::Status ApplyWhiteouts(const std::deque<LayerEntry>& entries);
  absl::Status Apply(LayerEntry entry, uint32_t layer, uint32_t ordinal);
  absl::Status ApplyHardLink(const LayerEntry& entry);

  uint64_t max_steps_;
  uint64_t steps_ = 0;
  std::deque<Inode> inodes_;
  Node root_;
};

// The directory part of a clean path, "." for a name at the top; and its last component.
std::string_view ParentOf(std::string_view path);
std::string_view BaseOf(std::string_view path);

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_IMAGE_TREE_H_
