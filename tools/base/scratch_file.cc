#include "tools/base/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

std::string TemporaryDirectory() {
  const char* const directory = getenv("TMPDIR");
  return directory == nullptr || *directory == '\0' ? "/tmp" : directory;
}

// Not every file system has files without a name; there one is made and loses its name at once.
FileDescriptor CreateIn(const std::string& directory) {
  FileDescriptor nameless(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (nameless.get() >= 0) return nameless;
  std::string name = absl::StrCat(directory, "/.scratch-XXXXXX");
  FileDescriptor named(mkostemp(name.data(), O_CLOEXEC));
  if (named.get() >= 0) unlink(name.c_str());
  return named;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ScratchFile>> ScratchFile::Create(uint64_t limit) {
  FileDescriptor fd = CreateIn(".");
  if (fd.get() < 0) fd = CreateIn(TemporaryDirectory());
  if (fd.get() >= 0) return std::unique_ptr<ScratchFile>(new ScratchFile(std::move(fd), limit));
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot create a temporary file in ", TemporaryDirectory()));
}

absl::Status ScratchFile::Append(std::string_view bytes) {
  if (bytes.size() > limit_ - size_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("found more than ", limit_, " bytes; expected at most so many"));
  }
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t count = write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, "cannot write a temporary file");
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

std::string ScratchFile::path() const { return absl::StrCat("/proc/self/fd/", fd_.get()); }

}  // namespace linuxkit
