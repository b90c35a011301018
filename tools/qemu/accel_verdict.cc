#include "tools/qemu/accel_verdict.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

std::string VerdictPath(const AccelMemory& memory) {
  return absl::StrCat(memory.dir, "/kvm-problem");
}

// What the verdict holds for, four lines; empty if it cannot hold.
std::string Key(const AccelMemory& memory) {
  const absl::StatusOr<std::string> text = ReadFile(memory.boot_id_file, 4096);
  const std::string boot_id(absl::StripAsciiWhitespace(text.value_or("")));
  struct stat program = {};
  utsname host = {};
  if (memory.dir.empty() || boot_id.empty()) return "";
  if (stat(memory.qemu.c_str(), &program) != 0 || uname(&host) != 0) return "";
  return absl::StrCat(boot_id, "\n", host.release, "\n", memory.qemu, "\n", program.st_size, " ",
                      program.st_mtim.tv_sec, ".", program.st_mtim.tv_nsec, "\n");
}

}  // namespace

std::string RememberedKvmProblem(const AccelMemory& memory) {
  const std::string key = Key(memory);
  const absl::StatusOr<std::string> text = ReadFile(VerdictPath(memory), 64 << 10);
  if (key.empty() || !text.ok() || !text->starts_with(key)) return "";
  return std::string(absl::StripAsciiWhitespace(text->substr(key.size())));
}

void RememberKvmProblem(const AccelMemory& memory, std::string_view problem) {
  const std::string key = Key(memory);
  if (key.empty()) return;
  const std::string path = VerdictPath(memory);
  // Tests that run at the same time may write at the same time.
  const std::string own = absl::StrCat(path, ".", getpid());
  if (!WriteFile(own, absl::StrCat(key, problem, "\n")).ok()) return;
  if (rename(own.c_str(), path.c_str()) != 0) unlink(own.c_str());
}

std::string SharedAccelDir(const std::string& fallback, const std::string& base) {
  const std::string dir = absl::StrCat(base, "/rules_linuxkit-", geteuid());
  return MakePrivateDirectory(dir).ok() && access(dir.c_str(), W_OK) == 0 ? dir : fallback;
}

}  // namespace linuxkit
