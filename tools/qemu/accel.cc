#include "tools/qemu/accel.h"

#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

AccelDecision Automatic(const AccelHost& host) {
  if (host.guest != HostArch()) {
    return {Accel::kTcg, absl::StrCat("using TCG: the image is for ", ArchName(host.guest),
                                      ", this host is not")};
  }
  if (access(host.kvm_device.c_str(), R_OK | W_OK) != 0) {
    return {Accel::kTcg, absl::StrCat("using TCG (slower): ", host.kvm_device,
                                      " is not there or not accessible")};
  }
  const std::string problem = RememberedKvmProblem(host.memory);
  if (problem.empty()) return {Accel::kKvm, ""};
  return {Accel::kTcg, absl::StrCat("using TCG (slower), as in an earlier run: ", problem)};
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

AccelDecision DecideAccel(AccelChoice choice, const AccelHost& host) {
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
  return Automatic(host);
}

}  // namespace linuxkit
