#include "tools/kernel/copy_tar.h"

#include <memory>
#include <optional>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

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

}  // namespace

absl::Status CopyTar(const TarInput& input, SegmentWriter& writer) {
  ABSL_ASSIGN_OR_RETURN(HardLinks links, FindLinks(input));
  ABSL_ASSIGN_OR_RETURN(const auto tar, input.open());
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
    if (!entry) return links.CheckAllTaken(input.name);
    std::vector<std::string> names;
    if (entry->type == TarEntry::Type::kFile) names = links.Take(entry->path);
    ABSL_RETURN_IF_ERROR(WriteEntry(*entry, entry->path, names, tar->content(), writer));
  }
}

}  // namespace linuxkit
