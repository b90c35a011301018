#include "tools/flatten/layer_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

// OCI image specification, layer.md, "Whiteouts".
constexpr std::string_view kWhiteoutPrefix = ".wh.";
constexpr std::string_view kOpaqueMarker = ".wh..wh..opq";

absl::Status EntryError(std::string_view name, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("entry \"", absl::CHexEscape(name), "\": ", message));
}

LayerEntry::Type TypeOf(TarEntry::Type type) {
  switch (type) {
    case TarEntry::Type::kFile:
      return LayerEntry::Type::kFile;
    case TarEntry::Type::kDirectory:
      return LayerEntry::Type::kDirectory;
    case TarEntry::Type::kSymlink:
      return LayerEntry::Type::kSymlink;
    case TarEntry::Type::kHardLink:
      return LayerEntry::Type::kHardLink;
    case TarEntry::Type::kCharacterDevice:
      return LayerEntry::Type::kCharacterDevice;
    case TarEntry::Type::kBlockDevice:
      return LayerEntry::Type::kBlockDevice;
    case TarEntry::Type::kFifo:
      return LayerEntry::Type::kFifo;
  }
  return LayerEntry::Type::kFile;
}

std::vector<std::string> XattrsOf(const TarEntry& entry) {
  std::vector<std::string> names = entry.acls;
  for (const auto& [name, value] : entry.xattrs) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

LayerEntry ToLayerEntry(TarEntry entry) {
  return {
      .type = TypeOf(entry.type),
      .name = std::move(entry.path),
      .attributes = {.mode = entry.mode, .uid = entry.uid, .gid = entry.gid, .mtime = entry.mtime},
      .size = entry.size,
      .link = std::move(entry.link),
      .device_major = entry.device_major,
      .device_minor = entry.device_minor,
      .xattrs = XattrsOf(entry)};
}

// Turns an entry with one of the whiteout names into what it stands for.
absl::Status ClassifyWhiteout(LayerEntry& entry) {
  const size_t slash = entry.name.rfind('/');
  const size_t start = slash == std::string::npos ? 0 : slash + 1;
  std::string_view base = std::string_view(entry.name).substr(start);
  if (base == kOpaqueMarker) {
    entry.type = LayerEntry::Type::kOpaque;
    entry.name = start == 0 ? "." : entry.name.substr(0, slash);
    return absl::OkStatus();
  }
  if (absl::StartsWith(entry.name, kAufsPrefix)) {
    entry.aufs_metadata = true;
    return absl::OkStatus();
  }
  if (!absl::ConsumePrefix(&base, kWhiteoutPrefix)) return absl::OkStatus();
  if (base.empty() || base == "." || base == "..") {
    return EntryError(entry.name, "this whiteout names no file; expected .wh.NAME");
  }
  entry.type = LayerEntry::Type::kWhiteout;
  entry.name.erase(start, kWhiteoutPrefix.size());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<LayerEntry>> LayerReader::Next() {
  ABSL_ASSIGN_OR_RETURN(std::optional<TarEntry> stored, reader_.Next());
  if (!stored) return std::nullopt;
  LayerEntry entry = ToLayerEntry(*std::move(stored));
  if (entry.name == "." && entry.type != LayerEntry::Type::kDirectory) {
    return EntryError(entry.name, "the root of a layer must be a directory");
  }
  ABSL_RETURN_IF_ERROR(ClassifyWhiteout(entry));
  return entry;
}

}  // namespace linuxkit
