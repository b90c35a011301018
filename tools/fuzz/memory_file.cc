#include "tools/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

InputFile MemoryFile(std::string_view bytes) {
  const FileDescriptor fd(memfd_create("fuzz", MFD_CLOEXEC));
  if (write(fd.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    std::perror("memfd");
    std::abort();
  }
  // Opened again, because InputFile opens what it reads.
  absl::StatusOr<InputFile> file = InputFile::Open(absl::StrCat("/proc/self/fd/", fd.get()));
  return *std::move(file);
}

}  // namespace linuxkit
