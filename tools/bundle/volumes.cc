#include "tools/bundle/volumes.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

std::string Known(const VolumeTable& volumes) {
  if (volumes.empty()) return "the system has no volumes";
  return absl::StrCat("volumes are: ", absl::StrJoin(volumes, ", ", [](std::string* out, auto& v) {
                        *out += v.first;
                      }));
}

// The path to mount instead of the name.
absl::StatusOr<std::string> PathOf(std::string_view name, bool writable,
                                   const VolumeTable& volumes) {
  const auto found = volumes.find(std::string(name));
  if (found == volumes.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("volume ", name, " not found; ", Known(volumes),
                     "; declare it or give a path that begins with \"/\""));
  }
  if (found->second && writable) {
    return absl::InvalidArgumentError(
        absl::StrCat("volume ", name,
                     " is read-only, but attempting to write into container read-write; add the "
                     "option \"ro\""));
  }
  return absl::StrCat("/containers/volumes/", name, "/merged");
}

absl::Status ReplaceInBinds(std::string_view key, const VolumeTable& volumes, StringList& binds) {
  for (int i = 0; i < binds.values_size(); ++i) {
    std::vector<std::string> parts = absl::StrSplit(binds.values(i), ':');
    if (absl::StartsWith(parts[0], "/")) continue;
    // LinuxKit takes nothing but exactly "ro" for read-only here.
    const bool writable = parts.size() < 3 || parts[2] != "ro";
    absl::StatusOr<std::string> path = PathOf(parts[0], writable, volumes);
    if (!path.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(key, "[", i, "]: ", path.status().message()));
    }
    parts[0] = *std::move(path);
    binds.set_values(i, absl::StrJoin(parts, ":"));
  }
  return absl::OkStatus();
}

// Read-only if `ro` comes before any `rw`.
bool IsWritable(const Mount& mount) {
  const auto decides = [](const std::string& option) { return option == "ro" || option == "rw"; };
  const auto first = std::find_if(mount.options().begin(), mount.options().end(), decides);
  return first == mount.options().end() || *first == "rw";
}

absl::Status ReplaceInMounts(const VolumeTable& volumes, MountList& mounts) {
  for (int i = 0; i < mounts.values_size(); ++i) {
    Mount& mount = *mounts.mutable_values(i);
    if (mount.type() != "bind" || absl::StartsWith(mount.source(), "/")) continue;
    absl::StatusOr<std::string> path = PathOf(mount.source(), IsWritable(mount), volumes);
    if (!path.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("mounts[", i, "]: ", path.status().message()));
    }
    mount.set_source(*std::move(path));
  }
  return absl::OkStatus();
}

}  // namespace

VolumeTable ParseVolumeTable(absl::Span<const std::string> words) {
  VolumeTable volumes;
  for (std::string_view word : words) {
    const bool readonly = absl::ConsumeSuffix(&word, ":ro");
    volumes[std::string(word)] = readonly;
  }
  return volumes;
}

absl::Status ReplaceVolumes(const VolumeTable& volumes, Container& entry) {
  // Mutable access to a list that is not set would set it.
  if (entry.has_mounts()) {
    ABSL_RETURN_IF_ERROR(ReplaceInMounts(volumes, *entry.mutable_mounts()));
  }
  if (entry.has_binds()) {
    ABSL_RETURN_IF_ERROR(ReplaceInBinds("binds", volumes, *entry.mutable_binds()));
  }
  if (!entry.has_binds_add()) return absl::OkStatus();
  return ReplaceInBinds("binds.add", volumes, *entry.mutable_binds_add());
}

}  // namespace linuxkit
