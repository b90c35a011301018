#include "tools/spec/mounts.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr std::pair<std::string_view, std::string_view> kUsualDestinations[] = {
    {"proc", "/proc"},         {"devpts", "/dev/pts"},
    {"sysfs", "/sys"},         {"cgroup", "/sys/fs/cgroup"},
    {"mqueue", "/dev/mqueue"},
};

std::string_view UsualDestination(std::string_view type) {
  for (const auto& [known, destination] : kUsualDestinations) {
    if (known == type) return destination;
  }
  return "";
}

void AddOptions(std::string_view text, Mount& mount) {
  for (const std::string_view option : absl::StrSplit(text, ','))
    mount.add_options(std::string(option));
}

absl::StatusOr<Mount> WithAbsoluteDestination(Mount mount, std::string_view what) {
  const std::string& destination = mount.destination();
  if (absl::StartsWith(destination, "/")) return mount;
  return absl::InvalidArgumentError(
      absl::StrCat("found the destination \"", destination, "\"", what.empty() ? "" : " in \"",
                   what, what.empty() ? "" : "\"", "; expected an absolute path such as \"/",
                   destination.empty() ? "data" : destination, "\""));
}

}  // namespace

absl::StatusOr<Mount> ParseTmpfs(std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot parse tmpfs, too many ':': ", text,
                     "; expected DESTINATION or DESTINATION:OPTION,OPTION"));
  }
  Mount mount;
  mount.set_destination(std::string(parts[0]));
  mount.set_type("tmpfs");
  mount.set_source("tmpfs");
  if (parts.size() == 2) AddOptions(parts[1], mount);
  return WithAbsoluteDestination(std::move(mount), text);
}

absl::StatusOr<Mount> ParseBind(std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() < 2 || parts.size() > 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot parse bind, ", parts.size() < 2 ? "missing" : "too many", " ':': ", text,
        "; expected SOURCE:DESTINATION or SOURCE:DESTINATION:OPTION,OPTION"));
  }
  Mount mount;
  mount.set_destination(std::string(parts[1]));
  mount.set_type("bind");
  mount.set_source(std::string(parts[0]));
  // LinuxKit's defaults; given options replace "rw" and "rshared" but never "rbind".
  AddOptions(parts.size() == 2 ? "rw,rbind,rshared" : absl::StrCat(parts[2], ",rbind"), mount);
  return WithAbsoluteDestination(std::move(mount), text);
}

absl::StatusOr<Mount> CompleteMount(Mount mount) {
  mount.clear_uidmappings();
  mount.clear_gidmappings();
  if (mount.type().empty() && !UsualDestination(mount.source()).empty()) {
    mount.set_type(mount.source());
  }
  if (mount.type().empty() && mount.destination() == "/dev") mount.set_type("tmpfs");
  if (mount.type().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("mount for destination ", mount.destination(),
                     " is missing type; expected a file system such as \"tmpfs\", or \"bind\""));
  }
  if (mount.source().empty()) mount.set_source(mount.type());
  if (mount.destination().empty()) {
    mount.set_destination(std::string(UsualDestination(mount.type())));
  }
  if (mount.destination().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "mount type ", mount.type(), " is missing destination; expected a path in the container"));
  }
  return WithAbsoluteDestination(std::move(mount), "");
}

}  // namespace linuxkit
