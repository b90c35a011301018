#include "tools/qemu/accel_verdict.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"

namespace linuxkit {
namespace {

// Of what shows that KVM does not work, or of what shows it for the machine that is asked about.
std::string VerdictPath(const AccelMemory& memory, bool of_machine) {
  const std::string path = absl::StrCat(memory.dir, "/kvm-problem");
  return of_machine ? absl::StrCat(path, "-", Hex(Sha256Of(memory.machine)).substr(0, 16)) : path;
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
  if (key.empty()) return "";
  for (const bool of_machine : {false, true}) {
    const absl::StatusOr<std::string> text = ReadFile(VerdictPath(memory, of_machine), 64 << 10);
    if (!text.ok() || !text->starts_with(key)) continue;
    std::string problem(absl::StripAsciiWhitespace(text->substr(key.size())));
    if (!problem.empty()) return problem;
  }
  return "";
}

void RememberKvmProblem(const AccelMemory& memory, const KvmProblem& problem) {
  const std::string key = Key(memory);
  if (key.empty()) return;
  const std::string path = VerdictPath(memory, problem.of_machine);
  // Tests that run at the same time may write at the same time.
  const std::string own = absl::StrCat(path, ".", getpid());
  if (!WriteFile(own, absl::StrCat(key, problem.text, "\n")).ok()) return;
  if (rename(own.c_str(), path.c_str()) != 0) unlink(own.c_str());
}

std::string MachineNeeds(const Machine& machine) {
  return absl::StrCat(machine.board == Board::kPc ? "pc" : "q35",
                      machine.firmware.secure_boot ? " smm" : "", " ", machine.cpus, " cpus ",
                      machine.mem_mib, " MiB ", absl::StrJoin(machine.devices, " "));
}

std::string SharedAccelDir(const std::string& fallback, const std::string& base) {
  const std::string dir = absl::StrCat(base, "/rules_linuxkit-", geteuid());
  return MakePrivateDirectory(dir).ok() && access(dir.c_str(), W_OK) == 0 ? dir : fallback;
}

}  // namespace linuxkit
