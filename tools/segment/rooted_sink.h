// A sink that puts a tree under a directory of another one: entries get a prefix.
//
// The directories of the prefix come first, 0755 and root's. Without a prefix the first entry is
// the root itself, made up: an initramfs whose first segment lacks it boots with a world-writable
// "/".
#ifndef TOOLS_SEGMENT_ROOTED_SINK_H_
#define TOOLS_SEGMENT_ROOTED_SINK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

class RootedSink : public EntrySink {
 public:
  // `prefix` is a clean path, or empty. `sink` must outlive it.
  static absl::StatusOr<std::unique_ptr<RootedSink>> Create(std::string prefix, EntrySink& sink);

  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override;
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override;
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override;
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override;
  using EntrySink::AddFile;
  void AddNote(std::string note) override { sink_.AddNote(std::move(note)); }
  absl::Status Restart() override;

 private:
  RootedSink(std::string prefix, EntrySink& sink) : prefix_(std::move(prefix)), sink_(sink) {}
  absl::Status AddRoot();
  std::string Rooted(std::string_view path) const;

  std::string prefix_;
  EntrySink& sink_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_ROOTED_SINK_H_
