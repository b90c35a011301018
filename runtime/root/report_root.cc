// The init of a root file system in switch_root_test: writes what it finds, one line each, to
// standard output. Descriptor 3 is the root directory that was before.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include <set>
#include <string>

#include "runtime/base/file.h"

namespace linuxkit {
namespace {

void Report() {
  printf("marker: %s\n", ReadFile("/etc/marker").value_or("none").c_str());
  const absl::Status written = WriteFile("/etc/written", "x", O_CREAT);
  printf("write: %s\n", written.ok() ? "ok" : std::string(written.message()).c_str());
  struct stat info = {};
  stat("/", &info);
  printf("mode: %o\n", static_cast<unsigned>(info.st_mode & 07777));
  std::string left;
  DIR* const before = fdopendir(3);
  std::set<std::string> names;
  while (const dirent* entry = readdir(before)) names.insert(entry->d_name);
  for (const std::string& name : names) left += " " + name;
  printf("left:%s\n", left.c_str());
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  printf("SIGCHLD: %s\n", sigismember(&blocked, SIGCHLD) == 1 ? "blocked" : "open");
}

}  // namespace
}  // namespace linuxkit

int main() {
  linuxkit::Report();
  return 0;
}
