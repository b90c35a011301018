#include "tools/qemu/accel.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

// isa-debug-exit ends QEMU with (value << 1) | 1, here of 0x10. No error of QEMU's has this status.
constexpr int kProbePassed = 33;

std::string LastLine(std::string_view text) {
  const std::vector<std::string_view> lines =
      absl::StrSplit(absl::StripAsciiWhitespace(text), '\n');
  return std::string(lines.back());
}

// Why KVM does not work with this QEMU; empty if it does.
std::string ProbeKvm(const AccelProbe& probe) {
  if (access(probe.kvm_device.c_str(), R_OK | W_OK) != 0) {
    return absl::StrCat(probe.kvm_device, " is not there or not accessible");
  }
  const std::string sector_path = absl::StrCat(probe.state_dir, "/kvm-probe.img");
  const std::array<char, 512> sector = ProbeBootSector();
  const absl::Status written =
      WriteFile(sector_path, std::string_view(sector.data(), sector.size()));
  if (!written.ok()) return absl::StrCat("cannot probe KVM: ", written.message());
  const absl::Cleanup remove = [&] { unlink(sector_path.c_str()); };
  // The i440FX machine: SeaBIOS reads a 512-byte disk from its IDE port, but not from q35's AHCI.
  const absl::StatusOr<FinishedProcess> run = RunToEnd(
      {probe.qemu, "-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc", "-accel",
       "kvm", "-cpu", "host", "-m", "32", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
       "-blockdev",
       absl::StrCat("driver=raw,node-name=sector,file.driver=file,file.filename=", sector_path),
       "-device", "ide-hd,drive=sector"},
      probe.limit);
  if (!run.ok()) return absl::StrCat("cannot probe KVM: ", run.status().message());
  if (run->timed_out) {
    return absl::StrCat("a KVM test guest hung for ", probe.limit.count(), " ms");
  }
  if (run->status.code == kProbePassed) return "";
  const std::string said = LastLine(run->output);
  return absl::StrCat("a KVM test guest ended with ", run->status.Describe(),
                      said.empty() ? "" : ": ", said);
}

// The result file: boot id, QEMU's path, reason; one a line. Anything else in it is treated as no
// result.
std::string CacheKey(const AccelProbe& probe) {
  const absl::StatusOr<std::string> boot_id = ReadFile(probe.boot_id_file, 4096);
  if (!boot_id.ok()) return "";
  return absl::StrCat(absl::StripAsciiWhitespace(*boot_id), "\n", probe.qemu, "\n");
}

std::string ProbeKvmOncePerBoot(const AccelProbe& probe) {
  const std::string path = absl::StrCat(probe.state_dir, "/kvm-probe");
  const std::string key = CacheKey(probe);
  const absl::StatusOr<std::string> cached = ReadFile(path, 64 << 10);
  if (!key.empty() && cached.ok() && cached->starts_with(key)) {
    return std::string(absl::StripAsciiWhitespace(cached->substr(key.size())));
  }
  std::string reason = ProbeKvm(probe);
  // Without the file the next run only probes again.
  if (!key.empty()) WriteFile(path, absl::StrCat(key, reason, "\n")).IgnoreError();
  return reason;
}

AccelDecision Automatic(const AccelProbe& probe) {
  if (probe.guest != HostArch()) {
    return {Accel::kTcg, absl::StrCat("using TCG: the image is for ", ArchName(probe.guest),
                                      ", this host is not")};
  }
  if (probe.guest != Arch::kX86_64) {
    return {Accel::kTcg, "using TCG: KVM is probed on x86_64 only; --accel=kvm takes it unprobed"};
  }
  const std::string why_not = ProbeKvmOncePerBoot(probe);
  if (why_not.empty()) return {Accel::kKvm, ""};
  return {Accel::kTcg, absl::StrCat("using TCG (slower): ", why_not)};
}

}  // namespace

absl::StatusOr<AccelChoice> ParseAccel(std::string_view source, std::string_view text) {
  if (text == "auto") return AccelChoice::kAuto;
  if (text == "kvm") return AccelChoice::kKvm;
  if (text == "tcg") return AccelChoice::kTcg;
  if (text == "hvf") return AccelChoice::kHvf;
  return absl::InvalidArgumentError(
      absl::StrCat(source, "=", text, ": unknown accelerator; expected auto, kvm, tcg or hvf"));
}

AccelDecision DecideAccel(AccelChoice choice, const AccelProbe& probe) {
  switch (choice) {
    case AccelChoice::kKvm:
      return {Accel::kKvm, ""};
    case AccelChoice::kTcg:
      return {Accel::kTcg, ""};
    case AccelChoice::kHvf:
      return {Accel::kHvf, ""};
    case AccelChoice::kAuto:
      break;
  }
  return Automatic(probe);
}

std::array<char, 512> ProbeBootSector() {
  constexpr unsigned char kCode[] = {
      0xb0, 0x10,  // mov al, 0x10
      0xe6, 0xf4,  // out 0xf4, al
      0xf4,        // hlt
      0xeb, 0xfd,  // jmp to the hlt
  };
  std::array<char, 512> sector = {};
  std::copy(std::begin(kCode), std::end(kCode), sector.begin());
  sector[510] = '\x55';
  sector[511] = '\xaa';
  return sector;
}

}  // namespace linuxkit
