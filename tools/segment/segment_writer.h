// Writes a segment (a compressed newc cpio archive) and its index in one streaming pass.
//
//   ABSL_ASSIGN_OR_RETURN(auto writer, SegmentWriter::Create("out.cpio.zst", {.owner =
//   "//os:web"})); ABSL_RETURN_IF_ERROR(writer->AddDirectory("etc", {.mode = 0755}));
//   ABSL_RETURN_IF_ERROR(writer->AddFile({"etc/motd"}, {.mode = 0644}, "hello\n"));
//   ABSL_RETURN_IF_ERROR(writer->Finish("out.index.pb"));
//
// Directories that were never added are made up as root-owned 0755 before their first child,
// because the kernel drops a file whose directory does not exist. Memory grows with the number of
// paths, never with the size of files.
#ifndef TOOLS_SEGMENT_SEGMENT_WRITER_H_
#define TOOLS_SEGMENT_SEGMENT_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressor.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// 2017-04-18 16:30:00 UTC: the time LinuxKit gives to everything that does not come out of an
// image.
inline constexpr int64_t kFixedTime = 1492533000;

struct Attributes {
  uint32_t mode = 0644;  // the 12 permission bits
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = kFixedTime;
};

struct SegmentOptions {
  // Stands in the index and in messages: a label or an image.
  std::string owner;
  Compression compression = {};
};

class SegmentWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(const std::string& path,
                                                               SegmentOptions options);
  ~SegmentWriter();

  // Paths are relative, clean (no "." or ".." component, no trailing slash; "." alone is the root),
  // at most 4095 bytes.
  absl::Status AddDirectory(std::string_view path, const Attributes& attributes);
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes);
  // `type` is CHARACTER_DEVICE, BLOCK_DEVICE or FIFO.
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes);
  // A regular file under one or more names (hard links). Exactly `size` bytes are read from
  // `content`; an end before that or a size beyond the format's 4 GiB - 1 is an error that names
  // the file.
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content);
  absl::Status AddFile(std::string_view name, const Attributes& attributes,
                       std::string_view content);
  // Puts a sentence into the index that the user gets to see once.
  void AddNote(std::string note);

  // Forgets everything added, to start again with better knowledge.
  absl::Status Restart();
  // Writes trailer and padding, then both files take their names. Nothing is left of a writer that
  // is destroyed before.
  absl::Status Finish(const std::string& index_path);

  const SegmentIndex& index() const;

 private:
  class Impl;
  explicit SegmentWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_SEGMENT_WRITER_H_
