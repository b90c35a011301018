#include "tools/spec/capabilities.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

constexpr std::string_view kPrefix = "CAP_";

// include/uapi/linux/capability.h, 0 to 40.
constexpr std::string_view kCapabilities[] = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

bool IsKnown(std::string_view name) {
  return std::find(std::begin(kCapabilities), std::end(kCapabilities), name) !=
         std::end(kCapabilities);
}

std::string Advice(std::string_view name) {
  if (absl::EqualsIgnoreCase(name, "all") || absl::EqualsIgnoreCase(name, "none")) {
    return absl::StrCat("\"", name, "\" must stand alone, also in what capabilities.add adds to");
  }
  // The prefix is the same everywhere; counted in, everything would look alike.
  const std::string upper = absl::AsciiStrToUpper(name);
  std::vector<std::string> names;
  for (const std::string_view known : kCapabilities) {
    names.emplace_back(absl::StripPrefix(known, kPrefix));
  }
  const std::string nearest = Nearest(absl::StripPrefix(upper, kPrefix), names);
  return nearest.empty() ? "expected a name such as CAP_NET_ADMIN"
                         : absl::StrCat("did you mean ", kPrefix, nearest, "?");
}

}  // namespace

absl::Span<const std::string_view> AllCapabilities() { return kCapabilities; }

absl::StatusOr<std::vector<std::string>> ExpandCapabilities(const StringList& list) {
  const auto& names = list.values();
  if (names.size() == 1 && absl::EqualsIgnoreCase(names[0], "none"))
    return std::vector<std::string>();
  if (names.size() == 1 && absl::EqualsIgnoreCase(names[0], "all")) {
    return std::vector<std::string>(std::begin(kCapabilities), std::end(kCapabilities));
  }
  for (const std::string& name : names) {
    if (IsKnown(name)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("unknown capability: ", name, "; ", Advice(name)));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace linuxkit
