// Records do not depend on addresses in their length, so that the tree is encoded twice: first to
// learn the sizes of directories and continuation area, then with all addresses known.
#include "tools/iso/iso_tree.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/iso/iso_dates.h"
#include "tools/iso/iso_names.h"

namespace linuxkit {
namespace {

constexpr std::string_view kDot("\0", 1);
constexpr std::string_view kDotDot("\1", 1);
constexpr size_t kMaxRecord = 254;  // even

absl::Status TooDeep(const FileTree& directory, size_t depth) {
  return absl::InvalidArgumentError(absl::StrCat("/", directory.path, " is a directory of level ",
                                                 depth, "; an ISO image has at most ", kIsoMaxDepth,
                                                 ", the root included"));
}

size_t DepthOf(const FileTree& directory) {
  if (directory.path.empty()) return 1;
  return 2 + static_cast<size_t>(std::count(directory.path.begin(), directory.path.end(), '/'));
}

// What Rock Ridge cannot hold.
absl::Status CheckRockRidge(const FileTree& tree) {
  if (tree.name.size() > kRockRidgeMaxName) {
    return absl::InvalidArgumentError(absl::StrCat("/", tree.path, " has a name of ",
                                                   tree.name.size(), " bytes; expected at most ",
                                                   kRockRidgeMaxName));
  }
  if (!tree.posix || tree.posix->target.size() <= kRockRidgeMaxTarget) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("/", tree.path, " is a symlink with a target of ", tree.posix->target.size(),
                   " bytes; an ISO image of ours has at most ", kRockRidgeMaxTarget));
}

absl::StatusOr<std::string> Identifier(IsoTreeKind kind, const FileTree& tree,
                                       PrimaryNames& names) {
  if (kind == IsoTreeKind::kRockRidge) return names.Add(tree.name, tree.is_directory());
  // The primary tree has what is in Joliet's.
  ABSL_ASSIGN_OR_RETURN(std::string joliet, JolietIdentifier(tree.name, tree.is_directory()));
  return kind == IsoTreeKind::kJoliet ? joliet : names.Add(tree.name, tree.is_directory());
}

}  // namespace

absl::Status IsoTree::CheckNode(const FileTree& tree) const {
  if (kind_ == IsoTreeKind::kRockRidge) {
    ABSL_RETURN_IF_ERROR(CheckRockRidge(tree));
  } else if (tree.is_directory()) {
    const size_t depth = DepthOf(tree);
    return depth > kIsoMaxDepth ? TooDeep(tree, depth) : absl::OkStatus();
  }
  if (tree.is_directory() || tree.size() <= kIsoMaxFileSize) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("/", tree.path, " has ", tree.size(),
                   " bytes; a file that boot programs can read from an ISO image has at most ",
                   kIsoMaxFileSize));
}

IsoTree::IsoTree(IsoTreeKind kind, int64_t time)
    : kind_(kind), date_(RecordDate(time)), root_(std::make_unique<Node>()) {}

absl::StatusOr<IsoTree> IsoTree::Build(IsoTreeKind kind, const FileTree& root, int64_t time) {
  IsoTree tree(kind, time);
  tree.root_->tree = &root;
  tree.root_->parent = tree.root_.get();
  tree.root_->identifier = kDot;
  ABSL_RETURN_IF_ERROR(tree.AddChildren(*tree.root_));
  ABSL_RETURN_IF_ERROR(tree.SortAndNumber());
  const std::string bytes = tree.EncodeAll(0, [](const FileTree&) { return 0; });
  tree.blocks_ = static_cast<uint32_t>(bytes.size() / kIsoBlock);
  return tree;
}

absl::Status IsoTree::AddChildren(Node& node) {
  ABSL_RETURN_IF_ERROR(CheckNode(*node.tree));
  PrimaryNames names;
  for (const auto& [name, child_tree] : node.tree->children) {
    const bool is_directory = child_tree->is_directory();
    auto child = std::make_unique<Node>();
    child->tree = child_tree.get();
    child->parent = &node;
    ABSL_ASSIGN_OR_RETURN(child->identifier, Identifier(kind_, *child_tree, names));
    if (is_directory) ++node.subdirectories;
    ABSL_RETURN_IF_ERROR(AddChildren(*child));
    node.children.push_back(std::move(child));
  }
  std::sort(node.children.begin(), node.children.end(),
            [](const auto& a, const auto& b) { return a->identifier < b->identifier; });
  return absl::OkStatus();
}

// Breadth first gives the order of the path table [6.9.1]: level, number of the parent, identifier.
absl::Status IsoTree::SortAndNumber() {
  directories_.push_back(root_.get());
  for (size_t i = 0; i < directories_.size(); ++i) {
    directories_[i]->number = static_cast<uint16_t>(i + 1);
    for (const auto& child : directories_[i]->children) {
      if (child->tree->is_directory()) directories_.push_back(child.get());
    }
  }
  if (directories_.size() <= kIsoMaxDirectories) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("there are ", directories_.size(),
                                                   " directories; an ISO image has at most ",
                                                   kIsoMaxDirectories));
}

std::string IsoTree::Record(const Node& node, std::string_view identifier, RockRidge& rock_ridge,
                            const BlockOf& block_of, bool is_root_dot) const {
  const bool is_directory = node.tree->is_directory();
  const bool is_dot = identifier == kDot || identifier == kDotDot;
  const PosixAttributes* const posix = node.tree->posix ? &*node.tree->posix : nullptr;
  const uint32_t names = posix != nullptr ? posix->links : 1;
  IsoRecord record = {.block = is_directory ? node.block : block_of(*node.tree),
                      .size = is_directory ? node.size : static_cast<uint32_t>(node.tree->size()),
                      .date = posix != nullptr ? RecordDate(posix->mtime) : date_,
                      .flags = is_directory ? kIsoDirectoryFlag : uint8_t{0},
                      .identifier_length = static_cast<uint8_t>(identifier.size())};
  std::string tail(identifier);
  if (tail.size() % 2 == 0) tail.push_back('\0');
  if (kind_ != IsoTreeKind::kJoliet) {
    tail += rock_ridge.FieldsOf({.name = is_dot ? "" : std::string_view(node.tree->name),
                                 .is_directory = is_directory,
                                 .links = is_directory ? 2 + node.subdirectories : names,
                                 .is_root_dot = is_root_dot,
                                 .posix = posix},
                                kMaxRecord - sizeof(IsoRecord) - tail.size());
  }
  if ((sizeof(IsoRecord) + tail.size()) % 2 != 0) tail.push_back('\0');
  record.length = static_cast<uint8_t>(sizeof(IsoRecord) + tail.size());
  return absl::StrCat(BytesOf(record), tail);
}

std::string IsoTree::EncodeDirectory(const Node& node, RockRidge& rock_ridge,
                                     const BlockOf& block_of) {
  std::string bytes;
  const auto Append = [&](const std::string& record) {
    // Records do not cross blocks [6.8.1.1].
    if (bytes.size() % kIsoBlock + record.size() > kIsoBlock) {
      bytes.resize(RoundUp(bytes.size(), kIsoBlock));
    }
    bytes.append(record);
  };
  Append(Record(node, kDot, rock_ridge, block_of, /*is_root_dot=*/&node == root_.get()));
  Append(Record(*node.parent, kDotDot, rock_ridge, block_of, /*is_root_dot=*/false));
  for (const auto& child : node.children) {
    Append(Record(*child, child->identifier, rock_ridge, block_of, /*is_root_dot=*/false));
  }
  bytes.resize(RoundUp(bytes.size(), kIsoBlock));
  return bytes;
}

std::string IsoTree::EncodeAll(uint32_t area_block, const BlockOf& block_of) {
  RockRidge rock_ridge(date_, area_block);
  std::string bytes;
  for (Node* directory : directories_) {
    const std::string part = EncodeDirectory(*directory, rock_ridge, block_of);
    directory->size = static_cast<uint32_t>(part.size());
    bytes.append(part);
  }
  directory_blocks_ = static_cast<uint32_t>(bytes.size() / kIsoBlock);
  bytes.append(rock_ridge.area());
  bytes.resize(RoundUp(bytes.size(), kIsoBlock));
  return bytes;
}

std::string IsoTree::Encode(uint32_t block, const BlockOf& block_of) {
  uint32_t next = block;
  for (Node* directory : directories_) {
    directory->block = next;
    next += directory->size / kIsoBlock;
  }
  return EncodeAll(block + directory_blocks_, block_of);
}

IsoRecord IsoTree::RootRecord() const {
  return {.length = sizeof(IsoRecord) + 1,
          .block = root_->block,
          .size = root_->size,
          .date = date_,
          .flags = kIsoDirectoryFlag,
          .identifier_length = 1};
}

// [9.4]
template <bool kIsBig>
std::string IsoTree::PathTable() const {
  std::string table;
  for (const Node* directory : directories_) {
    table.push_back(static_cast<char>(directory->identifier.size()));
    table.push_back(0);  // extended attributes
    table.append(BytesOf(Field<uint32_t, kIsBig>(directory->block)));
    table.append(BytesOf(Field<uint16_t, kIsBig>(directory->parent->number)));
    table.append(directory->identifier);
    if (directory->identifier.size() % 2 != 0) table.push_back('\0');
  }
  return table;
}

template std::string IsoTree::PathTable<false>() const;
template std::string IsoTree::PathTable<true>() const;

}  // namespace linuxkit
