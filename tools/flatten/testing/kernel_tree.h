// A sink that does to a tree in memory what the kernel does when it unpacks an initramfs, and
// complains where the kernel would lose something without a word.
#ifndef TOOLS_FLATTEN_TESTING_KERNEL_TREE_H_
#define TOOLS_FLATTEN_TESTING_KERNEL_TREE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/segment/entry_sink.h"

namespace linuxkit {

class KernelTree : public EntrySink {
 public:
  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override;
  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override;
  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override;
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override;
  using EntrySink::AddFile;
  void AddNote(std::string note) override { notes_.push_back(std::move(note)); }
  absl::Status Restart() override;

  // "PATH KIND MODE UID:GID MTIME DETAIL", sorted by path; names of one file carry the first of
  // them as "=NAME".
  std::vector<std::string> Lines() const;
  // "PATH" or "PATH=content" or "PATH->target" or "PATH/" only.
  std::vector<std::string> Names() const;
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Object {
    char kind = 'f';
    Attributes attributes;
    std::string detail;
  };
  absl::Status Place(std::string_view path, std::shared_ptr<Object> object);

  std::map<std::string, std::shared_ptr<Object>> objects_;
  std::vector<std::string> notes_;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_TESTING_KERNEL_TREE_H_
