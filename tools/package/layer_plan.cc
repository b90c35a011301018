#include "tools/package/layer_plan.h"

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using Type = TarEntry::Type;

std::string_view Describe(Type type) {
  switch (type) {
    case Type::kFile:
    case Type::kHardLink:
      return "a file";
    case Type::kDirectory:
      return "a directory";
    case Type::kSymlink:
      return "a symbolic link";
    case Type::kCharacterDevice:
    case Type::kBlockDevice:
      return "a device";
    case Type::kFifo:
      return "a pipe";
  }
  return "unknown";
}

std::string Quote(std::string_view path) {
  return absl::StrCat("\"", absl::CHexEscape(path), "\"");
}

// What helps where Debian packages of both layouts meet.
std::string_view MergeHint(std::string_view path) {
  for (const std::string_view name : {"bin", "sbin", "lib", "lib64"}) {
    if (path == name) return " (--merge_usr moves everything below it to usr/)";
  }
  return "";
}

TarEntry ImplicitDirectory(std::string path) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = Type::kDirectory;
  entry.mode = 0755;
  entry.mtime = kLayerTime;
  return entry;
}

}  // namespace

bool LayerPlan::HasChildren(const std::string& path) const {
  const std::string prefix = absl::StrCat(path, "/");
  for (auto it = nodes_.lower_bound(prefix); it != nodes_.end(); ++it) {
    if (!absl::StartsWith(it->first, prefix)) return false;
    if (!it->second.excluded) return true;
  }
  return false;
}

absl::Status LayerPlan::AddParents(std::string_view owner, const std::string& path) {
  for (size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    const auto [it, inserted] = nodes_.try_emplace(parent);
    Node& node = it->second;
    if (inserted || node.excluded) {
      node = Node();
      node.entry = ImplicitDirectory(parent);
      node.owner = owner;
    } else if (node.entry.type != Type::kDirectory) {
      return absl::InvalidArgumentError(absl::StrCat(owner, ": ", Quote(path), ": its parent ",
                                                     Quote(parent), " is ",
                                                     Describe(node.entry.type), " in ", node.owner,
                                                     "; expected a directory", MergeHint(parent)));
    }
  }
  return absl::OkStatus();
}

absl::Status LayerPlan::CheckReplacement(std::string_view owner, const TarEntry& entry) const {
  const auto it = nodes_.find(entry.path);
  if (it == nodes_.end() || it->second.excluded) return absl::OkStatus();
  const Node& old = it->second;
  const bool was_directory = old.entry.type == Type::kDirectory;
  const bool is_directory = entry.type == Type::kDirectory;
  // An empty directory may give way: nothing is lost with it.
  if (was_directory == is_directory || (was_directory && !HasChildren(entry.path))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(owner, ": ", Quote(entry.path), " is ",
                                                 Describe(entry.type), ", but ",
                                                 Describe(old.entry.type), " in ", old.owner,
                                                 "; leave one of them out", MergeHint(entry.path)));
}

// Finds the content that a hard link means. A link to something that has no content becomes a copy
// of it.
absl::Status LayerPlan::ResolveHardLink(std::string_view owner, Node& node) const {
  const auto target = nodes_.find(node.entry.link);
  if (target == nodes_.end() || target->second.entry.type == Type::kDirectory) {
    return absl::InvalidArgumentError(absl::StrCat(owner, ": hard link ", Quote(node.entry.path),
                                                   " to ", Quote(node.entry.link),
                                                   ": expected a file that comes before it"));
  }
  node.content = target->second.content;
  if (node.content != kImplicit) return absl::OkStatus();
  std::string path = std::move(node.entry.path);
  node.entry = target->second.entry;
  node.entry.path = std::move(path);
  return absl::OkStatus();
}

absl::Status LayerPlan::Add(std::string_view owner, const TarEntry& entry) {
  if (entry.path == "." && entry.type != Type::kDirectory) {
    return absl::InvalidArgumentError(
        absl::StrCat(owner, ": the root is ", Describe(entry.type), "; expected a directory"));
  }
  Node node;
  node.entry = entry;
  node.owner = owner;
  node.position = added_++;
  node.excluded = excluded_(entry.path);
  if (entry.type == Type::kFile) node.content = node.position;
  if (entry.type == Type::kHardLink) {
    // A link to itself changes nothing.
    if (entry.link == entry.path && nodes_.contains(entry.path)) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(ResolveHardLink(owner, node));
  }
  if (!node.excluded) {
    ABSL_RETURN_IF_ERROR(AddParents(owner, entry.path));
    ABSL_RETURN_IF_ERROR(CheckReplacement(owner, entry));
  }
  nodes_[entry.path] = std::move(node);
  return absl::OkStatus();
}

// The file itself keeps its content if it is still there; else the first of its links gets it.
void LayerPlan::ChooseContentNames() {
  std::map<size_t, size_t> first;
  for (const auto& [path, node] : nodes_) {
    if (node.content == kImplicit || node.excluded) continue;
    const auto [it, inserted] = first.try_emplace(node.content, node.position);
    if (!inserted && it->second < node.position) continue;
    it->second = node.position;
    content_names_[node.content] = path;
  }
}

void LayerPlan::TakeParents(const std::string& path, std::vector<TarEntry>& out) {
  for (size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    const Node& node = nodes_.at(parent);
    if (node.position == kImplicit && !writes_implied_) continue;
    if (directories_written_.insert(parent).second) out.push_back(node.entry);
  }
}

std::vector<TarEntry> LayerPlan::TakeAt(const TarEntry& entry) {
  const Node& node = nodes_.at(entry.path);
  TarEntry written = node.entry;
  if (node.excluded) return {};
  if (entry.type == Type::kDirectory) {
    // Written where it first occurs, with the attributes it has in the end.
    const bool is_directory = written.type == Type::kDirectory;
    if (!is_directory || !directories_written_.insert(entry.path).second) return {};
  } else if (node.position != taken_ - 1) {
    return {};
  } else if (node.content != kImplicit) {
    written.type = Type::kHardLink;
    written.link = content_names_.at(node.content);
    if (written.link == entry.path) return {};
  }
  std::vector<TarEntry> out;
  TakeParents(entry.path, out);
  out.push_back(std::move(written));
  return out;
}

std::vector<TarEntry> LayerPlan::Take(const TarEntry& entry) {
  if (taken_ == 0) ChooseContentNames();
  const auto content = content_names_.find(taken_++);
  if (content == content_names_.end()) return TakeAt(entry);
  std::vector<TarEntry> out;
  TakeParents(content->second, out);
  out.push_back(entry);
  out.back().path = content->second;
  return out;
}

}  // namespace linuxkit
