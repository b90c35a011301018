// What LinuxKit does to the tree of every image it runs: some files are dropped, some replaced,
// some directories always there, because the container runtime or the init system puts its own
// there at boot.
#ifndef TOOLS_FLATTEN_SYSTEM_FILES_H_
#define TOOLS_FLATTEN_SYSTEM_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/flatten/image_tree.h"
#include "tools/flatten/layer_reader.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

// What an image becomes: part of the root file system, of a container's, of a volume; or nothing of
// LinuxKit's at all.
enum class ImageKind { kInit, kContainer, kVolume, kPlain };

class SystemFiles {
 public:
  explicit SystemFiles(ImageKind kind) : kind_(kind) {}

  // True if the image's own entry at `path` is left out. Children may still be there, in a
  // directory made up for them.
  bool Drops(std::string_view path) const;
  // True if LinuxKit's own entries come to lie at or below `path`, which must not be a symbolic
  // link then.
  bool LiesBelow(std::string_view path) const;
  // The time of the image's own entry at `path`.
  int64_t Time(std::string_view path, int64_t mtime) const;

  // The same on a finished tree, where the directories may be symbolic links: LinuxKit's entries go
  // to where they lead.
  absl::Status ApplyTo(ImageTree& tree) const;
  // Appends LinuxKit's entries to a tree that has none of these paths as a symbolic link.
  absl::Status Append(bool has_mtab, EntrySink& sink) const;

 private:
  struct Entry {
    LayerEntry entry;
    std::string_view content;
  };
  std::vector<Entry> Entries() const;

  ImageKind kind_;
};

// The path that is left alone where the image has it.
inline constexpr std::string_view kMtab = "etc/mtab";

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_SYSTEM_FILES_H_
