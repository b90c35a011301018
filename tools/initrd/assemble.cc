#include "tools/initrd/assemble.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/first_bytes.h"
#include "tools/compress/compressor.h"
#include "tools/compress/decompressor.h"
#include "tools/cpio/newc_reader.h"
#include "tools/cpio/newc_writer.h"
#include "tools/initrd/apk_databases.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {
namespace {

// A segment must begin at a multiple of four bytes, or the kernel loses it and all after it.
absl::Status Pad(OutputFile& output) {
  constexpr std::string_view kZeros("\0\0\0", 3);
  return output.Append(kZeros.substr(0, NewcPadding(output.size())));
}

absl::Status CopyFile(const std::string& path, OutputFile& output) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  ABSL_RETURN_IF_ERROR(output.AppendFile(file));
  return Pad(output);
}

// Without an entry for it the root directory would be world-writable, as tmpfs makes it
// (boot-formats, section 1.1).
absl::Status WriteRoot(OutputFile& output) {
  NewcWriter cpio(output);
  ABSL_RETURN_IF_ERROR(cpio.Add({.name = ".", .mode = S_IFDIR | 0755, .mtime = kFixedTime}));
  return cpio.Trailer();
}

// A symlink in place of a file makes the kernel unlink the name; the file that comes next replaces
// the symlink.
absl::Status BreakLinks(const std::vector<std::string>& paths, OutputFile& output) {
  if (paths.empty()) return absl::OkStatus();
  NewcWriter cpio(output);
  for (const std::string& path : paths) {
    constexpr std::string_view kTarget = "replaced";
    ABSL_RETURN_IF_ERROR(
        cpio.Add({.name = path, .mode = S_IFLNK | 0777, .size = kTarget.size()}, kTarget));
  }
  return cpio.Trailer();
}

absl::Status WriteDirectories(const std::vector<SegmentEntry>& directories, OutputFile& output) {
  if (directories.empty()) return absl::OkStatus();
  NewcWriter cpio(output);
  for (const SegmentEntry& directory : directories) {
    ABSL_RETURN_IF_ERROR(cpio.Add({.name = directory.path(),
                                   .mode = S_IFDIR | directory.mode(),
                                   .uid = directory.uid(),
                                   .gid = directory.gid(),
                                   .mtime = directory.mtime()}));
  }
  return cpio.Trailer();
}

absl::Status CopyMember(const NewcMember& member, NewcReader& reader, NewcWriter& writer) {
  const NewcHeader& header = member.header;
  ABSL_RETURN_IF_ERROR(writer
                           .Begin({.name = member.name,
                                   .mode = header.mode,
                                   .uid = header.uid,
                                   .gid = header.gid,
                                   .mtime = header.mtime,
                                   .size = header.file_size,
                                   .device_major = header.rdev_major,
                                   .device_minor = header.rdev_minor,
                                   .links = header.nlink,
                                   .ino = header.ino})
                           .status());
  std::vector<char> buffer(kBufferSize);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, reader.Read(absl::MakeSpan(buffer)));
    if (count == 0) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(writer.Data({buffer.data(), count}));
  }
}

// How a segment is compressed, which is a way that the kernel knows. What we cannot write becomes
// plain.
absl::StatusOr<Compression> CompressionOf(const InputFile& segment) {
  std::string start(std::min<uint64_t>(4, segment.size()), '\0');
  ABSL_RETURN_IF_ERROR(segment.ReadAt(0, absl::MakeSpan(start)).status());
  Compression compression = {.format = Compression::Format::kNone};
  if (start.starts_with("\x1f\x8b")) compression.format = Compression::Format::kGzip;
  if (start == "\x28\xb5\x2f\xfd") compression.format = Compression::Format::kZstd;
  return compression;
}

// Copies a segment without the entries that the plan drops.
absl::Status RewriteSegment(const std::string& path, const SegmentPlan& plan, OutputFile& output) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  FileRange stored(file);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> unpacked, Decompress(stored));
  FirstBytes archive(*unpacked, plan.unpacked_bytes);
  ABSL_ASSIGN_OR_RETURN(const Compression compression, CompressionOf(file));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<Compressor> compressor,
                        Compressor::Create(compression, output));
  const std::vector<size_t>& dropped = plan.dropped;
  NewcReader reader(archive);
  NewcWriter writer(*compressor);
  for (size_t position = 0;; ++position) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, reader.Next());
    if (!member) break;
    if (std::binary_search(dropped.begin(), dropped.end(), position)) continue;
    ABSL_RETURN_IF_ERROR(CopyMember(*member, reader, writer));
  }
  ABSL_RETURN_IF_ERROR(writer.Trailer());
  ABSL_RETURN_IF_ERROR(compressor->Finish());
  return Pad(output);
}

}  // namespace

absl::Status AssembleInitrd(const std::string& ucode, absl::Span<const SegmentFiles> segments,
                            const InitrdPlan& plan, OutputFile& output) {
  // The early microcode scanner looks at the very first bytes only.
  if (!ucode.empty()) {
    ABSL_RETURN_IF_ERROR(CopyFile(ucode, output));
  }
  ABSL_RETURN_IF_ERROR(WriteRoot(output));
  ApkDatabases databases;
  for (size_t i = 0; i < segments.size(); ++i) {
    ABSL_RETURN_IF_ERROR(WriteDirectories(plan.segments[i].parents, output));
    ABSL_RETURN_IF_ERROR(BreakLinks(plan.segments[i].broken_links, output));
    ABSL_RETURN_IF_ERROR(plan.segments[i].dropped.empty()
                             ? CopyFile(segments[i].segment, output)
                             : RewriteSegment(segments[i].segment, plan.segments[i], output));
    ABSL_RETURN_IF_ERROR(WriteDirectories(plan.segments[i].restored, output));
    if (segments[i].apk_database.empty()) continue;
    ABSL_RETURN_IF_ERROR(databases.Add(segments[i].apk_database));
    if (IsLastInit(segments, i) && databases.NeedMerging()) {
      ABSL_RETURN_IF_ERROR(databases.Write(output));
    }
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
