#include "tools/disk/file_tree.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

absl::StatusOr<FileTree*> Child(FileTree& parent, std::string_view name, std::string_view path) {
  if (name.empty() || name == "." || name == ".." || name.find('\0') != name.npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", path, "\" is not a path in an image: it contains the part \"", name, "\""));
  }
  if (!parent.is_directory()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", parent.path, "\" is a file, and \"", path, "\" is to be below it"));
  }
  std::unique_ptr<FileTree>& child = parent.children[std::string(name)];
  if (!child) {
    child = std::make_unique<FileTree>();
    child->name = name;
    child->path = parent.path.empty() ? child->name : absl::StrCat(parent.path, "/", name);
  }
  return child.get();
}

absl::Status AddFile(FileTree& root, ImageFile file) {
  FileTree* node = &root;
  for (const std::string_view name : absl::StrSplit(absl::StripPrefix(file.path, "/"), '/')) {
    ABSL_ASSIGN_OR_RETURN(node, Child(*node, name, file.path));
  }
  if (!node->is_directory()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", node->path, "\" is given twice"));
  }
  if (!node->children.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", node->path, "\" is a file, and \"",
                                                   node->children.begin()->second->path,
                                                   "\" is to be below it"));
  }
  node->content = std::move(file.content);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FileTree> BuildFileTree(std::vector<ImageFile> files) {
  FileTree root;
  for (ImageFile& file : files) {
    ABSL_RETURN_IF_ERROR(AddFile(root, std::move(file)));
  }
  return root;
}

}  // namespace linuxkit
