// The short way to flatten an image: layers from the top, each entry written when it is first seen,
// nothing read twice.
//
// What upper layers said decides what is still to be seen of a lower one: a file or whiteout closes
// its path, an opaque marker all below it. What a lower layer could still say about an upper one is
// the catch: "lib/x" may turn out to lie behind a symbolic link "lib". So this notices every entry
// that would need knowledge of another place in the image, and reports it as an obstacle: hard
// links, a second entry for a path in the same layer, a file or link where a directory was taken
// for granted, and links in the places of LinuxKit's own directories.
#ifndef TOOLS_FLATTEN_ONE_PASS_H_
#define TOOLS_FLATTEN_ONE_PASS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "tools/flatten/layer_reader.h"
#include "tools/flatten/lost_xattrs.h"
#include "tools/flatten/system_files.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

class OnePass {
 public:
  // Both must outlive it.
  OnePass(const SystemFiles& system, EntrySink& sink) : system_(system), sink_(sink) {}

  // Takes the next entry of `layer`, which must outlive the pass; layers come with falling numbers.
  // `data` holds a file's content. An error of the sink is an obstacle too: a later entry of the
  // same layer may replace what the sink could not take.
  void Add(int layer, const LayerEntry& entry, ByteSource& data);
  // Why what was written so far may be wrong, or empty. Nothing may be added then.
  const std::string& obstacle() const { return obstacle_; }
  // Appends LinuxKit's own entries and the note.
  absl::Status Finish();

 private:
  static constexpr int kNever = -1;
  // What the entries so far say about a path. Layers are numbers; a lower layer has a lower one.
  struct Path {
    // Highest layer with a file, link or whiteout here: layers below it show nothing here or
    // deeper.
    int closed = kNever;
    // Highest layer with an opaque marker: layers below it show nothing deeper.
    int opaque = kNever;
    // Highest and lowest layer with a directory entry.
    int first_directory = kNever;
    int last_directory = kNever;
    // Lowest layer with a file or link.
    int last_file = kNever;
    // Lowest layer that has something deeper, if nothing since says that this is a directory there.
    int assumed_directory = kNever;
    bool written = false;
  };

  bool Stop(std::string_view why, std::string_view path);
  bool VisitParents(std::string_view path, bool with_itself);
  absl::Status TryAdd(const LayerEntry& entry, ByteSource& data);
  absl::Status AddDirectory(const LayerEntry& entry);
  absl::Status AddOther(const LayerEntry& entry, ByteSource& data);
  absl::Status Write(const LayerEntry& entry, ByteSource& data);
  absl::Status WriteParents(bool for_a_child);
  void Close(std::string_view path);

  const SystemFiles& system_;
  EntrySink& sink_;
  LostXattrs xattrs_;
  // Keys lie in the names of entries.
  absl::flat_hash_map<std::string_view, Path> paths_;
  std::string obstacle_;
  int layer_ = kNever;
  // Of the present entry: the directories above it that exist in the result, and whether all of
  // them do.
  std::vector<std::string_view> parents_;
  bool visible_ = true;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_ONE_PASS_H_
