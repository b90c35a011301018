#include "tools/rootfs/system_tree.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/stream.h"
#include "tools/initrd/apk_databases.h"
#include "tools/initrd/plan.h"
#include "tools/segment/segment_reader.h"

namespace linuxkit {
namespace {

constexpr Attributes kRoot = {.mode = 0755};

Attributes AttributesOf(const SegmentEntry* entry) {
  if (entry == nullptr) return kRoot;
  return {.mode = entry->mode(),
          .uid = entry->uid(),
          .gid = entry->gid(),
          .mtime = entry->mtime(),
          .made_up = false};
}

// With its length in front, or two trees could give the same bytes.
void HashPart(std::string_view part, Sha256& hash) {
  hash.Update(absl::StrCat(part.size(), " "));
  hash.Update(part);
}

void HashAttributes(const Attributes& attributes, Sha256& hash) {
  HashPart(absl::StrCat(attributes.mode, " ", attributes.uid, " ", attributes.gid, " ",
                        attributes.mtime),
           hash);
}

// Paths, of which most files have one.
using Names = absl::InlinedVector<const std::string*, 1>;

}  // namespace

// `indexes` never changes once the tree refers to it.
struct SystemTree::State {
  // A segment's file, or the content of the only entry of one that is made here.
  struct Segment {
    std::string path;
    std::string content;
  };
  std::vector<Segment> segments;
  std::vector<SegmentIndex> indexes;
  Tree tree;
  // By path.
  std::vector<std::pair<const std::string*, const SegmentEntry*>> directories;
  // Entries other than directories that are there in the end, and where.
  absl::flat_hash_map<const SegmentEntry*, Names> names;

  absl::Status AddSegments(absl::Span<const SegmentFiles> files);
  void Sort();
  absl::Status StreamDirectories(EntrySink& sink) const;
  absl::Status StreamSegment(size_t number, EntrySink& sink) const;
  // Both do nothing for an entry that another one replaced.
  absl::Status StreamEntry(const SegmentEntry& entry, ByteSource& content, EntrySink& sink) const;
  void HashEntry(const SegmentEntry& entry, Sha256& hash) const;
};

absl::Status SystemTree::State::AddSegments(absl::Span<const SegmentFiles> files) {
  ABSL_ASSIGN_OR_RETURN(std::vector<SegmentIndex> read, ReadIndexes(files));
  ApkDatabases databases;
  for (size_t i = 0; i < files.size(); ++i) {
    segments.push_back({.path = files[i].segment, .content = ""});
    indexes.push_back(std::move(read[i]));
    if (files[i].apk_database.empty()) continue;
    ABSL_RETURN_IF_ERROR(databases.Add(files[i].apk_database));
    if (!IsLastInit(files, i) || !databases.NeedMerging()) continue;
    segments.push_back({.path = "", .content = databases.merged()});
    indexes.push_back(databases.Index());
  }
  return absl::OkStatus();
}

void SystemTree::State::Sort() {
  for (const auto& [path, node] : tree.nodes()) {
    if (node.type == SegmentEntry::DIRECTORY) {
      directories.emplace_back(&path, node.entry);
    } else {
      names[node.entry].push_back(&path);
    }
  }
  std::sort(directories.begin(), directories.end(),
            [](const auto& a, const auto& b) { return *a.first < *b.first; });
  for (auto& [entry, paths] : names) {
    std::sort(paths.begin(), paths.end(),
              [](const std::string* a, const std::string* b) { return *a < *b; });
  }
}

absl::Status SystemTree::State::StreamEntry(const SegmentEntry& entry, ByteSource& content,
                                            EntrySink& sink) const {
  const auto found = names.find(&entry);
  if (found == names.end()) return absl::OkStatus();
  const Attributes attributes = AttributesOf(&entry);
  const std::string& path = *found->second.front();
  switch (entry.type()) {
    case SegmentEntry::FILE: {
      std::vector<std::string> paths;
      for (const std::string* name : found->second) paths.push_back(*name);
      return sink.AddFile(paths, attributes, entry.size(), content);
    }
    case SegmentEntry::SYMLINK:
      return sink.AddSymlink(path, entry.link(), attributes);
    default:
      return sink.AddNode(path, entry.type(), entry.device_major(), entry.device_minor(),
                          attributes);
  }
}

absl::Status SystemTree::State::StreamSegment(size_t number, EntrySink& sink) const {
  const auto& [path, content] = segments[number];
  if (path.empty()) {
    StringSource source(content);
    return StreamEntry(indexes[number].entries(0), source, sink);
  }
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<SegmentReader> reader,
                        SegmentReader::Open(path, indexes[number]));
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const SegmentEntry* const entry, reader->Next());
    if (entry == nullptr) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(StreamEntry(*entry, *reader, sink));
  }
}

void SystemTree::State::HashEntry(const SegmentEntry& entry, Sha256& hash) const {
  const auto found = names.find(&entry);
  if (found == names.end()) return;
  for (const std::string* name : found->second) HashPart(*name, hash);
  HashPart("", hash);
  HashAttributes(AttributesOf(&entry), hash);
  HashPart(absl::StrCat(entry.type(), " ", entry.device_major(), " ", entry.device_minor()), hash);
  HashPart(entry.link(), hash);
  HashPart(entry.sha256(), hash);
}

SystemTree::SystemTree(std::unique_ptr<State> state) : state_(std::move(state)) {}
SystemTree::SystemTree(SystemTree&&) noexcept = default;
SystemTree& SystemTree::operator=(SystemTree&&) noexcept = default;
SystemTree::~SystemTree() = default;

absl::StatusOr<SystemTree> SystemTree::Read(absl::Span<const SegmentFiles> segments) {
  auto state = std::make_unique<State>();
  ABSL_RETURN_IF_ERROR(state->AddSegments(segments));
  ABSL_ASSIGN_OR_RETURN(InitrdPlan plan, PlanInitrd(state->indexes));
  state->tree = std::move(plan.tree);
  state->Sort();
  return SystemTree(std::move(state));
}

const Tree::Node* SystemTree::Find(std::string_view path) const { return state_->tree.Find(path); }

Attributes SystemTree::root() const { return AttributesOf(Find("")->entry); }

absl::Status SystemTree::State::StreamDirectories(EntrySink& sink) const {
  for (const auto& [path, entry] : directories) {
    ABSL_RETURN_IF_ERROR(sink.AddDirectory(path->empty() ? "." : *path, AttributesOf(entry)));
  }
  return absl::OkStatus();
}

absl::Status SystemTree::List(EntrySink& sink) const {
  ABSL_RETURN_IF_ERROR(state_->StreamDirectories(sink));
  StringSource nothing("");
  for (const SegmentIndex& index : state_->indexes) {
    for (const SegmentEntry& entry : index.entries()) {
      ABSL_RETURN_IF_ERROR(state_->StreamEntry(entry, nothing, sink));
    }
  }
  return absl::OkStatus();
}

absl::Status SystemTree::Stream(EntrySink& sink) const {
  ABSL_RETURN_IF_ERROR(state_->StreamDirectories(sink));
  for (size_t i = 0; i < state_->segments.size(); ++i) {
    ABSL_RETURN_IF_ERROR(state_->StreamSegment(i, sink));
  }
  return absl::OkStatus();
}

Sha256Digest SystemTree::Digest() const {
  Sha256 hash;
  for (const auto& [path, entry] : state_->directories) {
    HashPart(*path, hash);
    HashAttributes(AttributesOf(entry), hash);
  }
  for (const SegmentIndex& index : state_->indexes) {
    for (const SegmentEntry& entry : index.entries()) state_->HashEntry(entry, hash);
  }
  return hash.Finish();
}

}  // namespace linuxkit
