#include "tools/initrd/plan.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/initrd/launch_check.h"
#include "tools/initrd/tree.h"

namespace linuxkit {
namespace {

constexpr uint64_t kPage = 4096;

std::string_view TypeName(SegmentEntry::Type type) {
  switch (type) {
    case SegmentEntry::DIRECTORY:
      return "directory";
    case SegmentEntry::SYMLINK:
      return "symlink";
    case SegmentEntry::CHARACTER_DEVICE:
    case SegmentEntry::BLOCK_DEVICE:
      return "device";
    case SegmentEntry::FIFO:
      return "fifo";
    default:
      return "file";
  }
}

// Times of directories are not worth an entry: of several the kernel keeps the first.
bool HaveSameRights(const SegmentEntry& a, const SegmentEntry& b) {
  return a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
}

class Planner {
 public:
  explicit Planner(absl::Span<const SegmentIndex> segments) : segments_(segments) {}

  absl::StatusOr<InitrdPlan> Plan() {
    plan_.segments.resize(segments_.size());
    size_t entries = 0;
    for (const SegmentIndex& segment : segments_) entries += segment.entries_size();
    tree_.Reserve(entries);
    for (size_t i = 0; i < segments_.size(); ++i) ABSL_RETURN_IF_ERROR(AddSegment(i));
    CountFiles();
    ABSL_RETURN_IF_ERROR(CheckLaunches(segments_, tree_));
    plan_.tree = std::move(tree_);
    return std::move(plan_);
  }

 private:
  absl::Status AddSegment(size_t number) {
    const SegmentIndex& segment = segments_[number];
    plan_.segments[number].unpacked_bytes = segment.unpacked_bytes();
    inodes_.clear();
    restored_.clear();
    for (const SegmentEntry& parent : segment.parents()) {
      ABSL_RETURN_IF_ERROR(AddParent(number, parent));
    }
    for (int i = 0; i < segment.entries_size(); ++i) {
      const SegmentEntry& entry = segment.entries(i);
      ABSL_ASSIGN_OR_RETURN(const std::string path, RealPath(number, entry));
      if (entry.type() == SegmentEntry::DIRECTORY) {
        if (!AddDirectory(number, entry, path)) {
          plan_.segments[number].dropped.push_back(static_cast<size_t>(i));
        }
      } else {
        ABSL_RETURN_IF_ERROR(AddOther(number, entry, path));
      }
    }
    for (const auto& [path, entry] : restored_) {
      plan_.segments[number].restored.push_back(*entry);
      plan_.segments[number].restored.back().set_path(path.empty() ? "." : path);
    }
    return absl::OkStatus();
  }

  absl::Status AddParent(size_t number, const SegmentEntry& entry) {
    ABSL_ASSIGN_OR_RETURN(const std::string path, RealPath(number, entry));
    const std::optional<std::string> there = tree_.Resolve(path);
    if (there && tree_.Find(*there)->type == SegmentEntry::DIRECTORY) return absl::OkStatus();
    ForgetParent();
    tree_.Put(path, {.type = SegmentEntry::DIRECTORY, .segment = number, .entry = &entry});
    plan_.segments[number].parents.push_back(entry);
    plan_.segments[number].parents.back().set_path(path);
    return absl::OkStatus();
  }

  // The entry's path with symlinks among its parents followed, as the kernel does.
  absl::StatusOr<std::string> RealPath(size_t number, const SegmentEntry& entry) {
    if (entry.path() == ".") return "";
    const SplitPath split = Split(entry.path());
    if (split.parent != last_parent_ || tree_.Find(last_real_parent_) == nullptr) {
      const std::optional<std::string> real = tree_.Resolve(split.parent);
      if (!real || tree_.Find(*real)->type != SegmentEntry::DIRECTORY) {
        return absl::FailedPreconditionError(absl::StrCat(
            segments_[number].owner(), ": ", entry.path(), ": the kernel would drop it, because ",
            split.parent, " is ", real ? "not a directory" : "missing",
            " there; expected a directory. ", WhoPut(split.parent)));
      }
      last_parent_ = std::string(split.parent);
      last_real_parent_ = *real;
    }
    return last_real_parent_.empty() ? std::string(split.name)
                                     : absl::StrCat(last_real_parent_, "/", split.name);
  }

  std::string WhoPut(std::string_view path) const {
    const Tree::Node* node = tree_.Find(path);
    if (node == nullptr) return "";
    return absl::StrCat("It comes from ", segments_[node->segment].owner(), ".");
  }

  // False if the entry must be left out, because a symlink to a directory is there.
  bool AddDirectory(size_t number, const SegmentEntry& entry, const std::string& path) {
    const Tree::Node* old = tree_.Find(path);
    if (old != nullptr && old->type == SegmentEntry::DIRECTORY) {
      MergeDirectory(*old, entry, path);
      return true;
    }
    if (old != nullptr && old->type == SegmentEntry::SYMLINK) {
      const std::optional<std::string> target = tree_.Resolve(path);
      if (target && tree_.Find(*target)->type == SegmentEntry::DIRECTORY) return false;
    }
    ForgetParent();
    tree_.Put(path, {.type = SegmentEntry::DIRECTORY, .segment = number, .entry = &entry});
    return true;
  }

  // A segment may make a directory up and have an entry for it later on; the last one counts.
  void MergeDirectory(const Tree::Node& old, const SegmentEntry& entry, const std::string& path) {
    if (!entry.made_up()) {
      tree_.SetAttributes(path, entry);
      restored_.erase(path);
    } else if (old.entry != nullptr && !HaveSameRights(*old.entry, entry)) {
      restored_[path] = old.entry;
    }
  }

  absl::Status AddOther(size_t number, const SegmentEntry& entry, const std::string& path) {
    const Tree::Node* old = tree_.Find(path);
    if (old != nullptr && old->type == SegmentEntry::DIRECTORY && old->children > 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          segments_[number].owner(), ": ", entry.path(), ": found a ", TypeName(entry.type()),
          " where ", segments_[old->segment].owner(),
          " has a directory with files in it; expected a directory. Leave one of the two out, "
          "or move the files to where the other wants them."));
    }
    const bool is_file = entry.type() == SegmentEntry::FILE;
    if (old != nullptr && is_file && old->type == SegmentEntry::FILE && tree_.LinkCount(*old) > 1) {
      plan_.segments[number].broken_links.push_back(path);
    }
    Tree::Node node{.type = entry.type(),
                    .segment = number,
                    .size = entry.size(),
                    .link = entry.link(),
                    .entry = &entry};
    if (is_file) {
      node.inode = ++last_inode_;
      inodes_[entry.path()] = {node.inode, &entry};
    } else if (entry.type() == SegmentEntry::HARDLINK) {
      const auto target = inodes_.find(entry.link());
      if (target == inodes_.end()) {
        return absl::DataLossError(absl::StrCat(segments_[number].owner(), ": ", entry.path(),
                                                ": a hard link to ", entry.link(),
                                                ", which the segment does not have before it"));
      }
      node.type = SegmentEntry::FILE;
      node.inode = target->second.first;
      node.entry = target->second.second;
      node.size = node.entry->size();
    }
    if (entry.type() == SegmentEntry::SYMLINK) ForgetParent();
    restored_.erase(path);
    tree_.Put(path, std::move(node));
    return absl::OkStatus();
  }

  // What a path led to may have changed.
  void ForgetParent() {
    last_parent_.clear();
    last_real_parent_.clear();
  }

  void CountFiles() {
    for (const auto& [path, node] : tree_.nodes()) {
      ++plan_.files;
      const size_t names = node.inode == 0 ? 1 : tree_.LinkCount(node);
      if (names <= 1) {
        plan_.unpacked_bytes += Pages(node.size);
      } else {
        ++shared_[node.inode].first;
        shared_[node.inode].second = Pages(node.size);
      }
    }
    for (const auto& [inode, count_and_bytes] : shared_) {
      plan_.unpacked_bytes += count_and_bytes.second;
    }
  }

  static uint64_t Pages(uint64_t size) { return (size + kPage - 1) / kPage * kPage; }

  const absl::Span<const SegmentIndex> segments_;
  InitrdPlan plan_;
  Tree tree_;
  // The parent directory of the last entry: most entries share it with the one before.
  std::string last_parent_, last_real_parent_;
  size_t last_inode_ = 0;
  // Files of the present segment: path -> inode and the entry with the content.
  absl::flat_hash_map<std::string_view, std::pair<size_t, const SegmentEntry*>> inodes_;
  // Directories that the present segment has made up only, with what they were.
  std::map<std::string, const SegmentEntry*> restored_;
  absl::flat_hash_map<size_t, std::pair<size_t, uint64_t>> shared_;
};

}  // namespace

absl::StatusOr<InitrdPlan> PlanInitrd(absl::Span<const SegmentIndex> segments) {
  return Planner(segments).Plan();
}

}  // namespace linuxkit
