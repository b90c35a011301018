#include "tools/initrd/container_root.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

// As in the kernel (MAXSYMLINKS).
constexpr int kMaxSymlinks = 40;

// Puts the components of `path` before those still to be walked; the next one is last.
void Push(std::string_view path, std::vector<std::string>& todo) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  todo.insert(todo.end(), parts.rbegin(), parts.rend());
}

}  // namespace

ContainerRoot::ContainerRoot(const Launch& launch, const Tree& tree)
    : launch_(launch), tree_(tree) {
  for (const std::string& path : launch.mounts()) covered_.insert(Landing(path));
  for (const std::string& path : launch.changed()) covered_.insert(Landing(path));
}

std::string ContainerRoot::Landing(std::string_view path) const {
  const Place place = Walk(path, {}, Missing::kPass);
  // In a circle of links nothing can be mounted.
  return place.path.empty() ? std::string(path) : place.path;
}

Place ContainerRoot::FindMountPoint(std::string_view path) const {
  Paths others = covered_;
  others.erase(Landing(path));
  return Walk(path, others, Missing::kReport);
}

Place ContainerRoot::Walk(std::string_view path, const Paths& covered, Missing missing) const {
  if (covered.contains("/")) return {};
  std::string at;
  std::vector<std::string> todo;
  Push(path, todo);
  for (int links = 0; !todo.empty();) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    if (name == ".") continue;
    if (name == "..") {
      at = std::string(Split(at).parent);
      continue;
    }
    const std::string next = absl::StrCat(at, "/", name);
    if (covered.contains(next)) return {};
    const Tree::Node* const node = tree_.Find(absl::StrCat(launch_.root(), next));
    if (node == nullptr && missing == Missing::kReport) {
      return {.kind = Place::Kind::kMissing, .path = next};
    }
    if (node == nullptr || node->type != SegmentEntry::SYMLINK) {
      at = next;
      continue;
    }
    if (++links > kMaxSymlinks) return {.kind = Place::Kind::kCircle};
    if (node->link.starts_with('/')) at.clear();
    Push(node->link, todo);
  }
  return {.kind = Place::Kind::kFound,
          .path = at.empty() ? "/" : at,
          .node = tree_.Find(absl::StrCat(launch_.root(), at))};
}

}  // namespace linuxkit
