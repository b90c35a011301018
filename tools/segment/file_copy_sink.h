// A sink that passes all entries on and keeps a copy of one file's content, such as a package
// database.
#ifndef TOOLS_SEGMENT_FILE_COPY_SINK_H_
#define TOOLS_SEGMENT_FILE_COPY_SINK_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

class FileCopySink : public EntrySink {
 public:
  // Both must outlive it. `copy` stays empty if no file is called `path`.
  FileCopySink(std::string path, OutputFile& copy, EntrySink& sink)
      : path_(std::move(path)), copy_(copy), sink_(sink) {}

  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override {
    return sink_.AddDirectory(path, attributes);
  }
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override {
    return sink_.AddSymlink(path, target, attributes);
  }
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override {
    return sink_.AddNode(path, type, major, minor, attributes);
  }
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override;
  using EntrySink::AddFile;
  void AddNote(std::string note) override { sink_.AddNote(std::move(note)); }
  absl::Status Restart() override;

 private:
  std::string path_;
  OutputFile& copy_;
  EntrySink& sink_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_FILE_COPY_SINK_H_
