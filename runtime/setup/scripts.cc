#include "runtime/setup/scripts.h"

#include <sys/stat.h>

#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {

void RunScripts(EventLoop& loop, const std::string& directory) {
  const absl::StatusOr<std::vector<std::string>> names = ListDirectory(directory);
  if (!SayIfError(names.status())) return;
  for (const std::string& name : *names) {
    const std::string path = directory + "/" + name;
    struct stat info;
    if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    SayIfError(RunProgram(loop, {.argv = {path}}).status());
  }
}

}  // namespace linuxkit
