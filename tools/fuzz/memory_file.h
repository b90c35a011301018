// Bytes as a file that has no place on a disk, for parsers that read by position.
#ifndef TOOLS_FUZZ_MEMORY_FILE_H_
#define TOOLS_FUZZ_MEMORY_FILE_H_

#include <string_view>

#include "tools/base/file.h"

namespace linuxkit {

// Ends the program if the system has no memory for it.
InputFile MemoryFile(std::string_view bytes);

}  // namespace linuxkit

#endif  // TOOLS_FUZZ_MEMORY_FILE_H_
