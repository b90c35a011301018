// Decides what of many inputs goes into one layer: each path once, the last one wins, parents
// before children.
//
// The inputs are visited twice in the same order. The first time `Add` learns every entry; the
// second time `Take` says what to write at that point. The memory needed grows with the number of
// paths only.
//
//   for each entry: ABSL_RETURN_IF_ERROR(plan.Add(owner, entry));
//   for each entry: for (const TarEntry& out : plan.Take(entry)) writer.Add(out, content);
//
// A hard link means the content its target had when the link was made. If that target is replaced
// or left out, the content moves to the first link that stays.
#ifndef TOOLS_PACKAGE_LAYER_PLAN_H_
#define TOOLS_PACKAGE_LAYER_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

// 2017-04-18 16:30:00 UTC: the time LinuxKit gives to everything that brings none along.
inline constexpr int64_t kLayerTime = 1492533000;

class LayerPlan {
 public:
  // `excluded` tells which paths to leave out; a directory's content must be excluded with it.
  // Without `writes_implied` directories that only their children imply are not written.
  explicit LayerPlan(std::function<bool(std::string_view)> excluded, bool writes_implied = true)
      : excluded_(std::move(excluded)), writes_implied_(writes_implied) {}

  // Notes the next entry. `owner` is the input it comes from, for messages.
  absl::Status Add(std::string_view owner, const TarEntry& entry);
  // What to write at the point of this entry: its missing parents, then itself if it is to be
  // written here. If the last of them is a file, the content is that of `entry`. Call it once for
  // each entry in the order of `Add`.
  std::vector<TarEntry> Take(const TarEntry& entry);

 private:
  static constexpr size_t kImplicit = static_cast<size_t>(-1);

  struct Node {
    TarEntry entry;
    std::string owner;
    // Position among all entries, or kImplicit for a directory that only its children imply.
    size_t position = kImplicit;
    // kFile and kHardLink: the position of the file with the content.
    size_t content = kImplicit;
    bool excluded = false;
  };

  absl::Status AddParents(std::string_view owner, const std::string& path);
  absl::Status CheckReplacement(std::string_view owner, const TarEntry& entry) const;
  absl::Status ResolveHardLink(std::string_view owner, Node& node) const;
  bool HasChildren(const std::string& path) const;
  void ChooseContentNames();
  void TakeParents(const std::string& path, std::vector<TarEntry>& out);
  std::vector<TarEntry> TakeAt(const TarEntry& entry);

  std::function<bool(std::string_view)> excluded_;
  bool writes_implied_;
  std::map<std::string, Node> nodes_;
  size_t added_ = 0;
  size_t taken_ = 0;
  // Position of a file -> the path its content is stored under.
  std::map<size_t, std::string> content_names_;
  std::set<std::string> directories_written_;
};

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_LAYER_PLAN_H_
