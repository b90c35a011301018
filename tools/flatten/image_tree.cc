#include "tools/flatten/image_tree.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

using Type = LayerEntry::Type;

// As many links as the kernel follows (MAXSYMLINKS).
constexpr int kMaxLinks = 40;
// A path with more components has more than 4095 bytes, which no entry of an initramfs can have.
constexpr size_t kMaxDepth = 2048;

absl::Status EntryError(std::string_view name, std::string_view message,
                        absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
  return absl::Status(code, absl::StrCat("entry \"", absl::CHexEscape(name), "\": ", message));
}

std::vector<std::string_view> Components(std::string_view path) {
  if (path == ".") return {};
  return absl::StrSplit(path, '/');
}

LayerEntry MadeUpDirectory() { return {.type = Type::kDirectory, .attributes = kMadeUpDirectory}; }

}  // namespace

std::string_view ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash);
}

std::string_view BaseOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// A path on its way through the tree: where it has come to, and the components still to go.
struct ImageTree::Walk {
  std::vector<Node*> stack;
  std::vector<std::string> trail;  // the names of stack[1], stack[2], ...
  std::deque<std::string> components;
  int links = 0;

  void Push(std::string_view path) {
    std::vector<std::string> parts = absl::StrSplit(path, '/');
    components.insert(components.begin(), parts.begin(), parts.end());
  }
  void Enter(Node* node, std::string name) {
    stack.push_back(node);
    trail.push_back(std::move(name));
  }
  void Leave() {
    if (trail.empty()) return;
    stack.pop_back();
    trail.pop_back();
  }
  void Restart() {
    stack.resize(1);
    trail.clear();
  }
};

ImageTree::ImageTree(uint64_t max_steps) : max_steps_(max_steps) {
  root_.inode = NewInode(MadeUpDirectory(), Inode::kNoLayer, 0);
}

ImageTree::Inode* ImageTree::NewInode(LayerEntry entry, uint32_t layer, uint32_t ordinal) {
  inodes_.push_back({.entry = std::move(entry), .layer = layer, .ordinal = ordinal});
  return &inodes_.back();
}

ImageTree::Node* ImageTree::NewDirectory(Node& parent, std::string_view name) {
  std::unique_ptr<Node>& child = parent.children[std::string(name)];
  child = std::make_unique<Node>();
  child->inode = NewInode(MadeUpDirectory(), Inode::kNoLayer, 0);
  return child.get();
}

absl::Status ImageTree::StepsError() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("up to here the paths of this image lead through ", max_steps_,
                   " names, those in symbolic links included, which is the limit; use shorter "
                   "targets for the links that paths go through"));
}

// Takes one component of the walk. An OK status with an empty stack means: not there.
absl::Status ImageTree::Step(Walk& walk, Missing missing) {
  if (++steps_ > max_steps_) return StepsError();
  std::string name = std::move(walk.components.front());
  walk.components.pop_front();
  if (name.empty() || name == ".") return absl::OkStatus();
  if (name == "..") {
    walk.Leave();
    return absl::OkStatus();
  }
  Node& directory = *walk.stack.back();
  const auto child = directory.children.find(name);
  if (child == directory.children.end()) {
    if (missing == Missing::kGiveUp) {
      walk.stack.clear();
      return absl::OkStatus();
    }
    if (walk.stack.size() > kMaxDepth) return absl::InvalidArgumentError("its path is too deep");
    Node* made = NewDirectory(directory, name);
    walk.Enter(made, std::move(name));
    return absl::OkStatus();
  }
  const Inode& inode = *child->second->inode;
  if (inode.IsDirectory()) {
    walk.Enter(child->second.get(), std::move(name));
    return absl::OkStatus();
  }
  const auto place = [&] {
    walk.trail.push_back(std::move(name));
    return absl::CHexEscape(absl::StrJoin(walk.trail, "/"));
  };
  if (!inode.IsSymlink()) {
    return absl::InvalidArgumentError(
        absl::StrCat("its parent \"", place(), "\" is not a directory"));
  }
  if (++walk.links > kMaxLinks) {
    return absl::InvalidArgumentError(
        absl::StrCat("its parent \"", place(), "\" is a symbolic link in a loop"));
  }
  if (inode.entry.link.starts_with('/')) walk.Restart();
  walk.Push(inode.entry.link);
  return absl::OkStatus();
}

absl::StatusOr<ImageTree::Node*> ImageTree::Directory(std::string_view path, Missing missing) {
  Walk walk;
  walk.stack.push_back(&root_);
  walk.Push(path);
  while (!walk.components.empty()) {
    ABSL_RETURN_IF_ERROR(Step(walk, missing));
    if (walk.stack.empty()) return nullptr;
  }
  return walk.stack.back();
}

absl::StatusOr<ImageTree::Node*> ImageTree::FollowedParent(std::string_view path) {
  absl::StatusOr<Node*> parent = Directory(ParentOf(path), Missing::kCreate);
  if (!parent.ok()) return EntryError(path, parent.status().message(), parent.status().code());
  return parent;
}

// One that goes through a link which this layer replaces with a directory speaks of the new
// directory, and hides nothing.
bool ImageTree::LeadsThroughReplacedLink(
    std::string_view path, const absl::flat_hash_set<std::string_view>& new_directories) {
  for (; path != "."; path = ParentOf(path)) {
    if (!new_directories.contains(path)) continue;
    const Node* below = Find(path);
    if (below != nullptr && below->inode->IsSymlink()) return true;
  }
  return false;
}

// Parents before children, so that a whiteout of a link comes before one that goes through it, in
// whatever order they stand.
absl::Status ImageTree::ApplyWhiteouts(const std::deque<LayerEntry>& entries) {
  std::vector<std::pair<std::vector<std::string_view>, const LayerEntry*>> whiteouts;
  absl::flat_hash_set<std::string_view> new_directories;
  for (const LayerEntry& entry : entries) {
    if (entry.type == Type::kWhiteout || entry.type == Type::kOpaque) {
      whiteouts.emplace_back(Components(entry.name), &entry);
    } else if (entry.type == Type::kDirectory) {
      new_directories.insert(entry.name);
    }
  }
  std::stable_sort(whiteouts.begin(), whiteouts.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [components, whiteout] : whiteouts) {
    const bool opaque = whiteout->type == Type::kOpaque;
    const std::string_view path = opaque ? whiteout->name : ParentOf(whiteout->name);
    if (LeadsThroughReplacedLink(path, new_directories)) continue;
    const absl::StatusOr<Node*> directory = Directory(path, Missing::kGiveUp);
    if (steps_ > max_steps_)
      return EntryError(whiteout->name, StepsError().message(), StepsError().code());
    if (!directory.ok() || *directory == nullptr) continue;
    if (opaque) {
      (*directory)->children.clear();
    } else {
      (*directory)->children.erase(std::string(BaseOf(whiteout->name)));
    }
  }
  return absl::OkStatus();
}

absl::Status ImageTree::AddLayer(uint32_t layer, std::deque<LayerEntry> entries) {
  ABSL_RETURN_IF_ERROR(ApplyWhiteouts(entries));
  uint32_t ordinal = 0;
  for (LayerEntry& entry : entries) {
    const bool matters = !entry.aufs_metadata;
    const absl::Status status = Apply(std::move(entry), layer, ordinal++);
    if (matters) ABSL_RETURN_IF_ERROR(status);
  }
  std::erase_if(root_.children,
                [](const auto& child) { return absl::StartsWith(child.first, kAufsPrefix); });
  return absl::OkStatus();
}

absl::Status ImageTree::Apply(LayerEntry entry, uint32_t layer, uint32_t ordinal) {
  if (entry.type == Type::kWhiteout || entry.type == Type::kOpaque) return absl::OkStatus();
  if (entry.aufs_metadata && entry.type != Type::kFile) return absl::OkStatus();
  if (entry.type == Type::kHardLink) return ApplyHardLink(entry);
  if (entry.name == ".") {
    root_.inode = NewInode(std::move(entry), layer, ordinal);
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(Node* const parent, FollowedParent(entry.name));
  std::unique_ptr<Node>& node = parent->children[std::string(BaseOf(entry.name))];
  const bool merge =
      node != nullptr && node->inode->IsDirectory() && entry.type == Type::kDirectory;
  if (!merge) node = std::make_unique<Node>();
  node->inode = NewInode(std::move(entry), layer, ordinal);
  return absl::OkStatus();
}

absl::Status ImageTree::ApplyHardLink(const LayerEntry& entry) {
  ABSL_ASSIGN_OR_RETURN(Node* const parent, FollowedParent(entry.name));
  // What has the name gives way before the target is looked up, as with link(2): a link to itself
  // finds nothing.
  const std::string base(BaseOf(entry.name));
  parent->children.erase(base);
  Node* const target = Find(entry.link);
  if (steps_ > max_steps_)
    return EntryError(entry.name, StepsError().message(), StepsError().code());
  if (target == nullptr) {
    return EntryError(entry.name, absl::StrCat("hard link to \"", absl::CHexEscape(entry.link),
                                               "\", which is not in this layer or those below"));
  }
  if (target->inode->IsDirectory()) {
    return EntryError(entry.name, absl::StrCat("hard link to \"", absl::CHexEscape(entry.link),
                                               "\", which is a directory"));
  }
  auto node = std::make_unique<Node>();
  node->inode = target->inode;
  parent->children[base] = std::move(node);
  return absl::OkStatus();
}

ImageTree::Node* ImageTree::Find(std::string_view path) {
  const absl::StatusOr<Node*> parent = Directory(ParentOf(path), Missing::kGiveUp);
  if (!parent.ok() || *parent == nullptr) return nullptr;
  if (path == ".") return &root_;
  const auto child = (*parent)->children.find(BaseOf(path));
  return child == (*parent)->children.end() ? nullptr : child->second.get();
}

absl::Status ImageTree::Put(LayerEntry entry, std::string_view content) {
  ABSL_ASSIGN_OR_RETURN(Node* const parent, FollowedParent(entry.name));
  auto node = std::make_unique<Node>();
  const std::string base(BaseOf(entry.name));
  node->inode = NewInode(std::move(entry), Inode::kNoLayer, 0);
  node->inode->content = content;
  parent->children[base] = std::move(node);
  return absl::OkStatus();
}

absl::Status ImageTree::PutDirectory(std::string_view path, const Attributes& attributes) {
  absl::StatusOr<Node*> node = Directory(path, Missing::kCreate);
  if (!node.ok()) {
    ABSL_ASSIGN_OR_RETURN(Node* const parent, FollowedParent(path));
    node = NewDirectory(*parent, BaseOf(path));
  }
  LayerEntry entry = MadeUpDirectory();
  entry.attributes = attributes;
  (*node)->inode = NewInode(std::move(entry), Inode::kNoLayer, 0);
  return absl::OkStatus();
}

void ImageTree::Drop(std::string_view path) {
  Node* node = &root_;
  Node* parent = nullptr;
  for (const std::string_view component : absl::StrSplit(path, '/')) {
    const auto child = node->children.find(component);
    if (child == node->children.end()) return;
    parent = node;
    node = child->second.get();
  }
  if (node->children.empty()) {
    parent->children.erase(std::string(BaseOf(path)));
  } else {
    node->inode = NewInode(MadeUpDirectory(), Inode::kNoLayer, 0);
  }
}

}  // namespace linuxkit
