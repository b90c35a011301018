#include "tools/kernel/copy_tar.h"

#include <memory>
#include <optional>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/kernel/modules_path.h"

namespace linuxkit {

void HardLinks::Add(const TarEntry& link) {
  const auto known = file_of_.find(link.link);
  const std::string& file = known == file_of_.end() ? link.link : known->second;
  links_[file].push_back(link.path);
  file_of_.try_emplace(link.path, file);
}

std::vector<std::string> HardLinks::Take(const std::string& path) {
  auto taken = links_.extract(path);
  return taken.empty() ? std::vector<std::string>() : std::move(taken.mapped());
}

absl::Status HardLinks::CheckAllTaken(std::string_view tar) const {
  if (links_.empty()) return absl::OkStatus();
  const auto& [file, links] = *links_.begin();
  return absl::InvalidArgumentError(absl::StrCat(tar, ": ", links.front(), " is a hard link to ",
                                                 file, ", which is no file of this tar"));
}

Attributes AttributesOf(const TarEntry& entry) {
  return {.mode = entry.mode, .uid = entry.uid, .gid = entry.gid, .mtime = entry.mtime};
}

absl::Status WriteEntry(const TarEntry& entry, const std::string& path,
                        const std::vector<std::string>& links, ByteSource& content,
                        SegmentWriter& writer) {
  const Attributes attributes = AttributesOf(entry);
  switch (entry.type) {
    case TarEntry::Type::kFile: {
      std::vector<std::string> names = {path};
      names.insert(names.end(), links.begin(), links.end());
      return writer.AddFile(names, attributes, entry.size, content);
    }
    case TarEntry::Type::kDirectory:
      return writer.AddDirectory(path, attributes);
    case TarEntry::Type::kSymlink:
      return writer.AddSymlink(path, entry.link, attributes);
    case TarEntry::Type::kHardLink:
      return absl::OkStatus();
    case TarEntry::Type::kCharacterDevice:
      return writer.AddNode(path, SegmentEntry::CHARACTER_DEVICE, entry.device_major,
                            entry.device_minor, attributes);
    case TarEntry::Type::kBlockDevice:
      return writer.AddNode(path, SegmentEntry::BLOCK_DEVICE, entry.device_major,
                            entry.device_minor, attributes);
    case TarEntry::Type::kFifo:
      return writer.AddNode(path, SegmentEntry::FIFO, 0, 0, attributes);
  }
  return absl::InternalError("unreachable");
}

namespace {

absl::StatusOr<HardLinks> FindLinks(const TarInput& input) {
  HardLinks links;
  ABSL_ASSIGN_OR_RETURN(const auto tar, input.open());
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
    if (!entry) return links;
    if (entry->type == TarEntry::Type::kHardLink) links.Add(*entry);
  }
}

// Where an entry of a kernel image's tar goes.
std::string Destination(const std::string& path, std::string_view modules_prefix) {
  const std::optional<ModulesPath> modules = SplitModulesPath(path);
  if (!modules || modules_prefix.empty()) return path;
  return absl::StrCat(modules_prefix, path.substr(modules->prefix.size()));
}

// A directory besides the modules' own: what an init image says of it counts. The root is there in
// any case.
absl::Status WriteOtherDirectory(const TarEntry& entry, std::string_view modules_prefix,
                                 SegmentWriter& writer) {
  if (entry.path == ".") return absl::OkStatus();
  Attributes attributes = AttributesOf(entry);
  attributes.made_up = true;
  if (!IsAboveModules(entry.path)) return writer.AddDirectory(entry.path, attributes);
  if (!modules_prefix.empty()) return absl::OkStatus();
  return writer.AddParent(entry.path, attributes);
}

absl::Status CopyEntry(const TarEntry& entry, std::string_view modules_prefix, HardLinks& links,
                       ByteSource& content, SegmentWriter& writer) {
  const std::optional<ModulesPath> modules = SplitModulesPath(entry.path);
  if (!modules && entry.type == TarEntry::Type::kDirectory) {
    return WriteOtherDirectory(entry, modules_prefix, writer);
  }
  if (modules) {
    ABSL_RETURN_IF_ERROR(
        AddModulesParents(modules_prefix.empty() ? modules->prefix : modules_prefix, writer));
  }
  std::vector<std::string> names;
  if (entry.type == TarEntry::Type::kFile) names = links.Take(entry.path);
  for (std::string& name : names) name = Destination(name, modules_prefix);
  return WriteEntry(entry, Destination(entry.path, modules_prefix), names, content, writer);
}

}  // namespace

absl::Status CopyKernelTar(const TarInput& input, std::string_view modules_prefix,
                           SegmentWriter& writer) {
  ABSL_ASSIGN_OR_RETURN(HardLinks links, FindLinks(input));
  ABSL_ASSIGN_OR_RETURN(const auto tar, input.open());
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
    if (!entry) return links.CheckAllTaken(input.name);
    ABSL_RETURN_IF_ERROR(CopyEntry(*entry, modules_prefix, links, tar->content(), writer));
  }
}

}  // namespace linuxkit
