#include "tools/rootfs/tar_sink.h"

#include "absl/status/status_macros.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {
namespace {

TarEntry MakeEntry(std::string_view path, TarEntry::Type type, const Attributes& attributes) {
  return {.path = std::string(path),
          .type = type,
          .mode = attributes.mode,
          .uid = attributes.uid,
          .gid = attributes.gid,
          .mtime = attributes.mtime};
}

TarEntry::Type NodeType(SegmentEntry::Type type) {
  switch (type) {
    case SegmentEntry::CHARACTER_DEVICE:
      return TarEntry::Type::kCharacterDevice;
    case SegmentEntry::BLOCK_DEVICE:
      return TarEntry::Type::kBlockDevice;
    default:
      return TarEntry::Type::kFifo;
  }
}

}  // namespace

absl::Status TarSink::AddEmpty(const TarEntry& entry) {
  StringSource nothing("");
  return tar_.Add(entry, nothing);
}

absl::Status TarSink::AddDirectory(std::string_view path, const Attributes& attributes) {
  return AddEmpty(MakeEntry(path, TarEntry::Type::kDirectory, attributes));
}

absl::Status TarSink::AddSymlink(std::string_view path, std::string_view target,
                                 const Attributes& attributes) {
  TarEntry entry = MakeEntry(path, TarEntry::Type::kSymlink, attributes);
  entry.link = std::string(target);
  return AddEmpty(entry);
}

absl::Status TarSink::AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                              uint32_t minor, const Attributes& attributes) {
  TarEntry entry = MakeEntry(path, NodeType(type), attributes);
  entry.device_major = major;
  entry.device_minor = minor;
  return AddEmpty(entry);
}

absl::Status TarSink::AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                              uint64_t size, ByteSource& content) {
  if (names.empty()) return absl::InternalError("a file without a name");
  TarEntry file = MakeEntry(names[0], TarEntry::Type::kFile, attributes);
  file.size = size;
  ABSL_RETURN_IF_ERROR(tar_.Add(file, content));
  for (const std::string& name : names.subspan(1)) {
    TarEntry link = MakeEntry(name, TarEntry::Type::kHardLink, attributes);
    link.link = names[0];
    ABSL_RETURN_IF_ERROR(AddEmpty(link));
  }
  return absl::OkStatus();
}

absl::Status TarSink::Restart() {
  return absl::UnimplementedError("a tar that is being written cannot start again");
}

}  // namespace linuxkit
