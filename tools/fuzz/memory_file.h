// Bytes as a file that has no place on a disk, for parsers that read by position.
#ifndef TOOLS_FUZZ_MEMORY_FILE_H_
#define TOOLS_FUZZ_MEMORY_FILE_H_

#include <string>
#include <string_view>

#include "tools/base/file.h"

namespace linuxkit {

class MemoryFile {
 public:
  // Ends the program if the system has no memory for it.
  explicit MemoryFile(std::string_view bytes);

  // Where to open the file, for as long as this lives.
  const std::string& path() const { return path_; }

 private:
  FileDescriptor fd_;
  std::string path_;
};

}  // namespace linuxkit

#endif  // TOOLS_FUZZ_MEMORY_FILE_H_
