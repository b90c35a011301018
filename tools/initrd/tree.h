// The file system that an initrd unpacks to, without the bytes: who put which kind of thing where.
#ifndef TOOLS_INITRD_TREE_H_
#define TOOLS_INITRD_TREE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

class Tree {
 public:
  struct Node {
    SegmentEntry::Type type = SegmentEntry::DIRECTORY;
    size_t segment = 0;   // which segment put it there
    size_t inode = 0;     // equal for the names of a hard link
    size_t children = 0;  // of a directory
    uint64_t size = 0;
    std::string_view link;  // of a symlink; the entry has the bytes
    // Where the attributes come from, and the content of a file: for all names of a hard link the
    // entry that holds it. Nothing for the root's own.
    const SegmentEntry* entry = nullptr;
  };

  Tree();

  // Makes room for this many paths.
  void Reserve(size_t paths) { nodes_.reserve(paths); }

  // The node at `path`, none of whose components is followed. The root is "".
  const Node* Find(std::string_view path) const;
  // Where `path` leads if all its components, the last included, are followed; nothing if it leads
  // nowhere or in circles.
  std::optional<std::string> Resolve(std::string_view path) const;

  // Puts a node in place of whatever is at `path`; the parent must be a directory.
  void Put(const std::string& path, Node node);
  // Gives the directory at `path` the attributes of an entry, which must outlive the tree.
  void SetAttributes(std::string_view path, const SegmentEntry& entry);
  // How many names the content of the file at `path` has.
  size_t LinkCount(const Node& file) const;

  const absl::flat_hash_map<std::string, Node>& nodes() const { return nodes_; }

 private:
  absl::flat_hash_map<std::string, Node> nodes_;
  absl::flat_hash_map<size_t, size_t> names_of_inode_;
};

// Splits "a/b/c" into "a/b" and "c"; a name without slash has the parent "".
struct SplitPath {
  std::string_view parent, name;
};
SplitPath Split(std::string_view path);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_TREE_H_
