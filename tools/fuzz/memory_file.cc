#include "tools/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace linuxkit {

MemoryFile::MemoryFile(std::string_view bytes)
    : fd_(memfd_create("fuzz", MFD_CLOEXEC)), path_(absl::StrCat("/proc/self/fd/", fd_.get())) {
  if (write(fd_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) return;
  std::perror("memfd");
  std::abort();
}

}  // namespace linuxkit
