// The few file operations that the runtime needs; every error names the path and the system's
// reason.
#ifndef RUNTIME_BASE_FILE_H_
#define RUNTIME_BASE_FILE_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/base/fd.h"

namespace linuxkit {

// An error of the form `WHAT: REASON`, with REASON from `error` (an errno).
absl::Status SystemError(int error, std::string_view what);

// The whole content; also of files in /proc and /sys, whose size is not known before.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// Writes with one write(2), as files in /proc and /sys want it. With O_CREAT in `flags` the file
// gets mode 0644.
absl::Status WriteFile(const std::string& path, std::string_view content, int flags = 0);
// Creates the directory and its parents. A directory (or a link to one) that exists is fine.
absl::Status MakeDirectories(const std::string& path, mode_t mode = 0755);
// Creates the file (empty) and its parent directories unless it exists.
absl::Status MakeEmptyFile(const std::string& path);
// The names in a directory except `.` and `..`, sorted by byte value. Empty if there is no such
// directory.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);

bool Exists(const std::string& path);
// The part before the last slash: "/" for "/x", "." for "x".
std::string ParentOf(std::string_view path);
// A pipe whose both ends are closed on exec; reads do not block.
struct Pipe {
  Fd read;
  Fd write;
};
absl::StatusOr<Pipe> MakePipe();

}  // namespace linuxkit

#endif  // RUNTIME_BASE_FILE_H_
