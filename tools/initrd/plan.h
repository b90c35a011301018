// Decides how segments can be concatenated so that the kernel's unpacking gives the tree that
// unpacking them one after the other into a file system would give.
//
// The kernel unpacks an initramfs more simply than tar does a file system (boot-formats,
// section 1.4), so five things need care:
//  - a directory entry over a symlink to a directory replaces the symlink and hides what lies
//  behind it. The plan drops such
//    entries; their children follow the symlink by themselves.
//  - a file entry over one name of a hard link changes the content of all names. The plan breaks
//  the link first.
//  - a directory that a segment made up, to have a place for what lies below it, changes the mode
//  and the owner of one that is there. The plan has the directory written again.
//  - an entry goes through a symlink among its parents. A kernel's modules do so on purpose: their
//  segment has no entries for the directories above them, and the plan has those written that are
//  missing.
//  - a file over a directory that is not empty is dropped without a word. No answer is right: an
//  error names both owners.
//
// Who knows the whole tree can tell which containers will not start: an error, too
// (launch_check.h).
//
// Time and memory are linear in the number of entries; only indexes are read.
#ifndef TOOLS_INITRD_PLAN_H_
#define TOOLS_INITRD_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/initrd/tree.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// What to do about one segment.
struct SegmentPlan {
  // How much the segment's archive is when unpacked. What pads the segment behind it is no part of
  // the compressed data.
  uint64_t unpacked_bytes = 0;
  // Positions of entries to leave out, ascending. Empty for nearly all segments, which are then
  // copied as they are.
  std::vector<size_t> dropped;
  // Directories to be written before the segment, which needs and has not them.
  std::vector<SegmentEntry> parents;
  // Names of hard links that must become files of their own before the segment is unpacked.
  std::vector<std::string> broken_links;
  // Directories to be written again behind the segment, which made them up.
  std::vector<SegmentEntry> restored;
};

struct InitrdPlan {
  std::vector<SegmentPlan> segments;
  // What is there in the end. It refers to the indexes, which must outlive it.
  Tree tree;
  // RAM that the files take, each rounded up to 4 KiB, and how many there are in the end.
  uint64_t unpacked_bytes = 0;
  uint64_t files = 0;
};

absl::StatusOr<InitrdPlan> PlanInitrd(absl::Span<const SegmentIndex> segments);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_PLAN_H_
