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
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/compress/compressor.h"
#include "tools/segment/entry_sink.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

struct SegmentOptions {
  // Stands in the index and in messages: a label or an image.
  std::string owner;
  Compression compression = {};
  // Compresses in a thread of its own. The bytes are the same.
  bool background = false;
};

class SegmentWriter : public EntrySink {
 public:
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(const std::string& path,
                                                               SegmentOptions options);
  ~SegmentWriter() override;

  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override;
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override;
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override;
  // A size beyond the format's 4 GiB - 1 is an error that names the file.
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override;
  using EntrySink::AddFile;
  // A directory that the system must have and this archive has not (SegmentIndex.parents). Nothing
  // happens if the path is known already.
  absl::Status AddParent(std::string_view path, const Attributes& attributes);
  // Puts what the system starts into the index.
  void AddLaunch(Launch launch);
  // Puts the sentence into the index.
  void AddNote(std::string note) override;
  absl::Status Restart() override;

  // Writes trailer and padding, then both files take their names. Nothing is left of a writer that
  // is destroyed before.
  absl::Status Finish(const std::string& index_path);

  std::vector<std::string> notes() const;
  // A copy of the index so far; as large as all its paths.
  SegmentIndex index() const;

 private:
  class Impl;
  explicit SegmentWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_SEGMENT_WRITER_H_
