// Writes a planned tree: at once what needs no layer, and for each layer a list of the files to
// take from it.
#ifndef TOOLS_FLATTEN_TREE_WRITER_H_
#define TOOLS_FLATTEN_TREE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "tools/flatten/image_tree.h"
#include "tools/flatten/lost_xattrs.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

struct PlannedFile {
  // Which of the layer's entries holds the content.
  uint32_t ordinal = 0;
  uint64_t size = 0;
  Attributes attributes;
  // All names of the file, sorted.
  std::vector<std::string> names;
};

class TreeWriter {
 public:
  TreeWriter(size_t layers, EntrySink& sink) : sink_(sink), files_(layers) {}

  // Writes directories, links, nodes, files that come from no layer, and the note on extended
  // attributes.
  absl::Status WriteAllButFiles(const ImageTree& tree);
  // What remains to be written, in the order of the layer's entries.
  const std::vector<PlannedFile>& FilesOfLayer(size_t layer) const { return files_[layer]; }

 private:
  absl::Status Visit(const ImageTree::Node& node, const std::string& path);
  absl::Status Write(const ImageTree::Inode& inode, const std::string& path);
  void PlanFile(const ImageTree::Inode& inode, const std::string& path);

  EntrySink& sink_;
  LostXattrs xattrs_;
  std::vector<std::vector<PlannedFile>> files_;
  // Where in files_ an inode is.
  absl::flat_hash_map<const ImageTree::Inode*, size_t> positions_;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_TREE_WRITER_H_
