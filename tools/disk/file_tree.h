// The files that go into a file system, as a tree. Directories come into being with the files below
// them; children are sorted by name, so that the order of the list does not matter.
#ifndef TOOLS_DISK_FILE_TREE_H_
#define TOOLS_DISK_FILE_TREE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/content.h"

namespace linuxkit {

// A file and its path in the image: "EFI/BOOT/BOOTX64.EFI". A slash in front is allowed.
struct ImageFile {
  std::string path;
  Content content;
};

// What POSIX knows of an entry, for file systems that can store it.
struct PosixAttributes {
  uint32_t mode = 0;  // with the bits of the type
  uint32_t user = 0;
  uint32_t group = 0;
  int64_t mtime = 0;
  uint32_t links = 1;  // names of a file
  // Bytes of a file, whose `content` is then not looked at: somebody else writes it.
  uint64_t size = 0;
  std::string target;  // of a symlink
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
};

struct FileTree {
  // Full path without a slash in front; "" is the root.
  std::string path;
  std::string name;
  // Set for a file, unset for a directory.
  std::optional<Content> content;
  std::optional<PosixAttributes> posix;
  std::map<std::string, std::unique_ptr<FileTree>> children;

  bool is_directory() const { return !content.has_value(); }
  uint64_t size() const { return posix ? posix->size : content->size(); }
};

// Errors: an empty name, "." or "..", a path given twice, a file with files below it.
absl::StatusOr<FileTree> BuildFileTree(std::vector<ImageFile> files);

}  // namespace linuxkit

#endif  // TOOLS_DISK_FILE_TREE_H_
