// A sink that writes a tree as a tar archive.
#ifndef TOOLS_ROOTFS_TAR_SINK_H_
#define TOOLS_ROOTFS_TAR_SINK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/package/tar_writer.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

class TarSink : public EntrySink {
 public:
  // `sink` must outlive it.
  explicit TarSink(ByteSink& sink) : tar_(sink) {}

  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override;
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override;
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override;
  // All names but the first become hard links to it.
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override;
  using EntrySink::AddFile;
  // A tar has no place for notes.
  void AddNote(std::string) override {}
  // An error: what is written stays written.
  absl::Status Restart() override;

  // Writes the end of the archive.
  absl::Status Finish() { return tar_.Finish(); }

 private:
  absl::Status AddEmpty(const TarEntry& entry);

  TarWriter tar_;
};

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_TAR_SINK_H_
