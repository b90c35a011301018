#include "tools/initrd/tree.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

// As in the kernel (MAXSYMLINKS).
constexpr int kMaxSymlinks = 40;

std::string Join(std::string_view parent, std::string_view name) {
  return parent.empty() ? std::string(name) : absl::StrCat(parent, "/", name);
}

// Components still to be walked, the next one last.
void PushComponents(std::string_view path, std::vector<std::string>& todo) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  todo.insert(todo.end(), parts.rbegin(), parts.rend());
}

}  // namespace

SplitPath Split(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Tree::Tree() { nodes_[""] = Node{}; }

const Tree::Node* Tree::Find(std::string_view path) const {
  const auto it = nodes_.find(path);
  return it == nodes_.end() ? nullptr : &it->second;
}

std::optional<std::string> Tree::Resolve(std::string_view path) const {
  const Node* direct = Find(path);
  // Nearly every path of an image is reached without a symlink, and a directory in the tree proves
  // that its parents are too.
  if (direct != nullptr && direct->type == SegmentEntry::DIRECTORY) return std::string(path);

  std::vector<std::string> todo;
  PushComponents(path, todo);
  std::string at;
  for (int links = 0; !todo.empty();) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    if (name == ".") continue;
    if (name == "..") {
      at = std::string(Split(at).parent);
      continue;
    }
    const std::string next = Join(at, name);
    const Node* node = Find(next);
    if (node == nullptr) return std::nullopt;
    if (node->type != SegmentEntry::SYMLINK) {
      at = next;
      continue;
    }
    if (++links > kMaxSymlinks) return std::nullopt;
    if (node->link.starts_with('/')) at.clear();
    PushComponents(node->link, todo);
  }
  return at;
}

void Tree::Put(const std::string& path, Node node) {
  if (node.inode != 0) ++names_of_inode_[node.inode];
  const auto [it, added] = nodes_.try_emplace(path);
  if (!added && it->second.inode != 0) --names_of_inode_[it->second.inode];
  it->second = std::move(node);
  if (added && !path.empty()) ++nodes_[Split(path).parent].children;
}

void Tree::SetAttributes(std::string_view path, const SegmentEntry& entry) {
  nodes_.find(path)->second.entry = &entry;
}

size_t Tree::LinkCount(const Node& file) const {
  const auto it = names_of_inode_.find(file.inode);
  return it == names_of_inode_.end() ? 0 : it->second;
}

}  // namespace linuxkit
