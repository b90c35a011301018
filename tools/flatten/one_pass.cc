#include "tools/flatten/one_pass.h"

#include <algorithm>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using Type = LayerEntry::Type;

SegmentEntry::Type NodeType(Type type) {
  switch (type) {
    case Type::kCharacterDevice:
      return SegmentEntry::CHARACTER_DEVICE;
    case Type::kBlockDevice:
      return SegmentEntry::BLOCK_DEVICE;
    default:
      return SegmentEntry::FIFO;
  }
}

}  // namespace

bool OnePass::Stop(std::string_view why, std::string_view path) {
  obstacle_ = absl::StrCat("layer ", layer_ + 1, ": ", why, " \"", absl::CHexEscape(path), "\"");
  return false;
}

// Notes for all directories above `path` that they are taken for directories, and finds out which
// of them exist in the result. False if there is an obstacle.
bool OnePass::VisitParents(std::string_view path, bool with_itself) {
  parents_.clear();
  visible_ = true;
  if (path == "." && !with_itself) return true;
  for (size_t end = 0; end != path.npos;) {
    // The root first, then one component more each time.
    const std::string_view parent = end == 0 ? "." : path.substr(0, end);
    Path& seen = paths_[parent];
    if (seen.last_file == layer_) return Stop("an entry below the file or link", parent);
    if (seen.last_directory != layer_) seen.assumed_directory = layer_;
    visible_ = visible_ && seen.closed <= layer_;
    if (visible_) parents_.push_back(parent);
    visible_ = visible_ && seen.opaque <= layer_;
    if (end == path.size()) break;
    end = path.find('/', end == 0 ? 0 : end + 1);
    if (end == path.npos && with_itself && path != ".") end = path.size();
  }
  return true;
}

void OnePass::Add(int layer, const LayerEntry& entry, ByteSource& data) {
  layer_ = layer;
  if (const absl::Status status = TryAdd(entry, data); !status.ok()) {
    obstacle_ = absl::StrCat("layer ", layer_ + 1, ": ", status.message());
  }
}

absl::Status OnePass::TryAdd(const LayerEntry& entry, ByteSource& data) {
  if (entry.aufs_metadata) return absl::OkStatus();
  if (entry.type == Type::kHardLink) {
    Stop("the hard link", entry.name);
    return absl::OkStatus();
  }
  if (!VisitParents(entry.name, entry.type == Type::kOpaque)) return absl::OkStatus();
  switch (entry.type) {
    case Type::kOpaque:
      paths_[entry.name].opaque = std::max(paths_[entry.name].opaque, layer_);
      return absl::OkStatus();
    case Type::kWhiteout:
      Close(entry.name);
      return absl::OkStatus();
    case Type::kDirectory:
      return AddDirectory(entry);
    default:
      return AddOther(entry, data);
  }
}

void OnePass::Close(std::string_view path) {
  Path& seen = paths_[path];
  seen.closed = std::max(seen.closed, layer_);
}

absl::Status OnePass::AddDirectory(const LayerEntry& entry) {
  Path& seen = paths_[entry.name];
  if (seen.last_file == layer_) {
    Stop("a second entry for", entry.name);
    return absl::OkStatus();
  }
  if (seen.first_directory == kNever) seen.first_directory = layer_;
  seen.last_directory = layer_;
  if (seen.assumed_directory > layer_) seen.assumed_directory = kNever;
  const bool exists = visible_ && seen.closed <= layer_;
  if (!exists || seen.first_directory != layer_ || system_.Drops(entry.name)) {
    return WriteParents(/*for_a_child=*/false);
  }
  seen.written = true;
  ABSL_RETURN_IF_ERROR(WriteParents(/*for_a_child=*/true));
  xattrs_.Add(entry.name, entry.xattrs);
  Attributes attributes = entry.attributes;
  attributes.mtime = system_.Time(entry.name, attributes.mtime);
  return sink_.AddDirectory(entry.name, attributes);
}

absl::Status OnePass::AddOther(const LayerEntry& entry, ByteSource& data) {
  Path& seen = paths_[entry.name];
  if (seen.last_file == layer_ || seen.last_directory == layer_) {
    Stop("a second entry for", entry.name);
    return absl::OkStatus();
  }
  if (seen.assumed_directory != kNever) {
    Stop("a file or link where others need a directory,", entry.name);
    return absl::OkStatus();
  }
  const bool exists = visible_ && seen.closed <= layer_ && seen.first_directory == kNever;
  seen.last_file = layer_;
  Close(entry.name);
  if (!exists || system_.Drops(entry.name)) return WriteParents(/*for_a_child=*/false);
  if (entry.type == Type::kSymlink && system_.LiesBelow(entry.name)) {
    Stop("a link in the place of a system directory,", entry.name);
    return absl::OkStatus();
  }
  seen.written = true;
  ABSL_RETURN_IF_ERROR(WriteParents(/*for_a_child=*/true));
  return Write(entry, data);
}

absl::Status OnePass::Write(const LayerEntry& entry, ByteSource& data) {
  xattrs_.Add(entry.name, entry.xattrs);
  Attributes attributes = entry.attributes;
  attributes.mtime = system_.Time(entry.name, attributes.mtime);
  switch (entry.type) {
    case Type::kFile:
      return sink_.AddFile({entry.name}, attributes, entry.size, data);
    case Type::kSymlink:
      return sink_.AddSymlink(entry.name, entry.link, attributes);
    default:
      return sink_.AddNode(entry.name, NodeType(entry.type), entry.device_major, entry.device_minor,
                           attributes);
  }
}

// Also an entry that is hidden by an upper layer leaves the directories it lies in.
absl::Status OnePass::WriteParents(bool for_a_child) {
  while (!for_a_child && !parents_.empty() && system_.Drops(parents_.back())) parents_.pop_back();
  for (const std::string_view parent : parents_) {
    Path& seen = paths_[parent];
    if (seen.written || parent == ".") continue;
    seen.written = true;
    ABSL_RETURN_IF_ERROR(sink_.AddDirectory(parent, kMadeUpDirectory));
  }
  return absl::OkStatus();
}

absl::Status OnePass::Finish() {
  const auto mtab = paths_.find(kMtab);
  ABSL_RETURN_IF_ERROR(system_.Append(mtab != paths_.end() && mtab->second.written, sink_));
  if (std::string note = xattrs_.Note(); !note.empty()) sink_.AddNote(std::move(note));
  return absl::OkStatus();
}

}  // namespace linuxkit
