#include "runtime/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

absl::Status SystemError(int error, std::string_view what) {
  return absl::ErrnoToStatus(error, what);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return SystemError(errno, path);
  std::string content;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t count = read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(errno, path);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(count));
  }
}

absl::Status WriteFile(const std::string& path, std::string_view content, int flags) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
  if (!fd.ok()) return SystemError(errno, path);
  const ssize_t count = write(fd.get(), content.data(), content.size());
  if (count < 0) return SystemError(errno, path);
  if (static_cast<size_t>(count) != content.size()) return SystemError(ENOSPC, path);
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path, mode_t mode) {
  if (path.empty() || IsDirectory(path)) return absl::OkStatus();
  if (absl::Status status = MakeDirectories(ParentOf(path)); !status.ok()) return status;
  if (mkdir(path.c_str(), mode) == 0) {
    // mkdir obeys the umask; the modes of our directories are a contract.
    return chmod(path.c_str(), mode) == 0 ? absl::OkStatus() : SystemError(errno, path);
  }
  if (errno == EEXIST && IsDirectory(path)) return absl::OkStatus();
  return SystemError(errno, absl::StrCat("create directory ", path));
}

absl::Status MakeEmptyFile(const std::string& path) {
  if (absl::Status status = MakeDirectories(ParentOf(path)); !status.ok()) return status;
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return fd.ok() ? absl::OkStatus() : SystemError(errno, absl::StrCat("create ", path));
}

absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) {
    if (errno == ENOENT) return names;
    return SystemError(errno, path);
  }
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string ParentOf(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return SystemError(errno, "pipe");
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return SystemError(errno, "pipe");
  return pipe;
}

}  // namespace linuxkit
