// The tree that a system boots with, as one stream: what unpacking all of its segments in order
// leaves, each path once.
//
//   ABSL_ASSIGN_OR_RETURN(const SystemTree tree, SystemTree::Read(segments));
//   ABSL_RETURN_IF_ERROR(tree.Stream(sink));
//
// Which entry of which segment stays is what the plan of the initrd says (tools/initrd/plan.h), so
// a root file system and an initrd of the same segments are the same tree. Reading takes the
// indexes only; streaming reads every segment once. Memory grows with the number of paths, never
// with the size of files.
#ifndef TOOLS_ROOTFS_SYSTEM_TREE_H_
#define TOOLS_ROOTFS_SYSTEM_TREE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/sha256.h"
#include "tools/initrd/segment_files.h"
#include "tools/initrd/tree.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

class SystemTree {
 public:
  static absl::StatusOr<SystemTree> Read(absl::Span<const SegmentFiles> segments);
  SystemTree(SystemTree&&) noexcept;
  SystemTree& operator=(SystemTree&&) noexcept;
  ~SystemTree();

  // What is at a path without leading slash; nothing if there is nothing.
  const Tree::Node* Find(std::string_view path) const;
  Attributes root() const;
  // Passes every entry on: the directories first, the root as "." among them, by their paths; then
  // everything else in the order of the segments. All names of a file come together, by name.
  absl::Status Stream(EntrySink& sink) const;
  // The same without content: nothing may be read from a file's source. Reads no segment.
  absl::Status List(EntrySink& sink) const;
  // Over everything that Stream passes on, with digests in place of content: equal trees have equal
  // digests, whatever segments they come from.
  Sha256Digest Digest() const;

 private:
  struct State;
  explicit SystemTree(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_SYSTEM_TREE_H_
