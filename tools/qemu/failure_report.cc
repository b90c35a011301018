#include "tools/qemu/failure_report.h"

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "runtime/base/printable.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/process.h"
#include "tools/qemu/shell_quote.h"

namespace linuxkit {
namespace {

std::string HostLoad() {
  double load[3] = {};
  const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
  if (getloadavg(load, 3) != 3) return absl::StrCat("unknown on ", cpus, " CPUs");
  return absl::StrFormat("%.2f %.2f %.2f on %d CPUs", load[0], load[1], load[2], cpus);
}

// The end of a text: its first lines are in a file among the test's outputs.
std::string Section(std::string_view title, std::string_view text) {
  constexpr TailLimits kShown = {.lines = 60, .bytes = size_t{16} << 10};
  const Tail tail = LastLines(text, kShown);
  if (tail.lines.empty()) return absl::StrCat("--- ", title, ": nothing\n");
  return absl::StrCat("--- ", title, ":\n", tail.cut ? "(earlier lines are left out)\n" : "",
                      absl::StrJoin(tail.lines, "\n"), "\n");
}

}  // namespace

std::string QemuVersion(const std::string& qemu) {
  const absl::StatusOr<FinishedProcess> run =
      RunToEnd({qemu, "--version"}, std::chrono::seconds(5));
  if (!run.ok()) return std::string(run.status().message());
  return run->output.substr(0, run->output.find('\n'));
}

std::string PassReport(const BootSession& session, const Machine& machine) {
  const std::string services = session.Services();
  return absl::StrCat(
      absl::StrFormat("PASS: ready after %.1f s, accelerator %s, %d MiB of memory\n",
                      std::chrono::duration<double>(session.boot_time()).count(),
                      AccelName(machine.accel), machine.mem_mib),
      services.empty() ? "" : absl::StrCat("services: ", services, "\n"));
}

std::string FailureReport(const absl::Status& verdict, const BootSession& session,
                          const Machine& machine) {
  return absl::StrCat(FailureLine(verdict), "\n",  //
                      "command: ", ShellQuoteAll(session.argv()), "\n",
                      "version: ", QemuVersion(machine.qemu), "\n",
                      "accelerator: ", AccelName(machine.accel), "\n",  //
                      "memory: ", machine.mem_mib, " MiB\n", "host load: ", HostLoad(), "\n",
                      Section("output of QEMU", session.qemu_output()),
                      Section("test channel", session.transcript()),
                      Section("last lines of the serial console", session.serial().Tail()));
}

}  // namespace linuxkit
