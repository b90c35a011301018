#include "tools/flatten/tree_writer.h"

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

using Type = LayerEntry::Type;

absl::Status TreeWriter::WriteAllButFiles(const ImageTree& tree) {
  const ImageTree::Inode& root = *tree.root().inode;
  if (root.layer != ImageTree::Inode::kNoLayer) {
    ABSL_RETURN_IF_ERROR(Write(root, "."));
  }
  ABSL_RETURN_IF_ERROR(Visit(tree.root(), ""));
  for (std::vector<PlannedFile>& files : files_) {
    std::sort(files.begin(), files.end(),
              [](const PlannedFile& a, const PlannedFile& b) { return a.ordinal < b.ordinal; });
  }
  if (std::string note = xattrs_.Note(); !note.empty()) sink_.AddNote(std::move(note));
  return absl::OkStatus();
}

absl::Status TreeWriter::Visit(const ImageTree::Node& node, const std::string& path) {
  for (const auto& [name, child] : node.children) {
    const std::string child_path = path.empty() ? name : absl::StrCat(path, "/", name);
    ABSL_RETURN_IF_ERROR(Write(*child->inode, child_path));
    ABSL_RETURN_IF_ERROR(Visit(*child, child_path));
  }
  return absl::OkStatus();
}

absl::Status TreeWriter::Write(const ImageTree::Inode& inode, const std::string& path) {
  const LayerEntry& entry = inode.entry;
  if (entry.type != Type::kFile) xattrs_.Add(path, entry.xattrs);
  switch (entry.type) {
    case Type::kDirectory:
      return sink_.AddDirectory(path, entry.attributes);
    case Type::kSymlink:
      return sink_.AddSymlink(path, entry.link, entry.attributes);
    case Type::kCharacterDevice:
      return sink_.AddNode(path, SegmentEntry::CHARACTER_DEVICE, entry.device_major,
                           entry.device_minor, entry.attributes);
    case Type::kBlockDevice:
      return sink_.AddNode(path, SegmentEntry::BLOCK_DEVICE, entry.device_major, entry.device_minor,
                           entry.attributes);
    case Type::kFifo:
      return sink_.AddNode(path, SegmentEntry::FIFO, 0, 0, entry.attributes);
    default:
      break;
  }
  if (inode.layer == ImageTree::Inode::kNoLayer) {
    return sink_.AddFile(path, entry.attributes, inode.content);
  }
  PlanFile(inode, path);
  return absl::OkStatus();
}

// Of hard links other than files the kernel knows nothing: those became entries of their own.
void TreeWriter::PlanFile(const ImageTree::Inode& inode, const std::string& path) {
  std::vector<PlannedFile>& files = files_[inode.layer];
  const auto [position, is_new] = positions_.try_emplace(&inode, files.size());
  if (is_new) {
    files.push_back({.ordinal = inode.ordinal,
                     .size = inode.entry.size,
                     .attributes = inode.entry.attributes,
                     .names = {}});
    xattrs_.Add(path, inode.entry.xattrs);
  }
  files[position->second].names.push_back(path);
}

}  // namespace linuxkit
