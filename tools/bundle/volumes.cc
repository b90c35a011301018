#include "tools/bundle/volumes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
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

// Read-only if `ro` comes before any `rw`.
bool IsWritable(const Mount& mount) {
  const auto decides = [](const std::string& option) { return option == "ro" || option == "rw"; };
  const auto first = std::find_if(mount.options().begin(), mount.options().end(), decides);
  return first == mount.options().end() || *first == "rw";
}

absl::Status InItem(std::string_view key, int index, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(key, "[", index, "]: ", status.message()));
}

absl::Status ReplaceInBinds(std::string_view key, const VolumeTable& volumes, StringList& binds) {
  for (int i = 0; i < binds.values_size(); ++i) {
    absl::StatusOr<std::string> bind = ReplaceVolumeOfBind(binds.values(i), volumes);
    if (!bind.ok()) return InItem(key, i, bind.status());
    binds.set_values(i, *std::move(bind));
  }
  return absl::OkStatus();
}

absl::Status ReplaceInMounts(const VolumeTable& volumes, MountList& mounts) {
  for (int i = 0; i < mounts.values_size(); ++i) {
    const absl::Status status = ReplaceVolumeOfMount(volumes, *mounts.mutable_values(i));
    if (!status.ok()) return InItem("mounts", i, status);
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

absl::StatusOr<std::string> ReplaceVolumeOfBind(std::string_view bind, const VolumeTable& volumes) {
  if (absl::StartsWith(bind, "/")) return std::string(bind);
  std::vector<std::string> parts = absl::StrSplit(bind, ':');
  // LinuxKit takes nothing but exactly "ro" for read-only here.
  const bool writable = parts.size() < 3 || parts[2] != "ro";
  ABSL_ASSIGN_OR_RETURN(parts[0], PathOf(parts[0], writable, volumes));
  return absl::StrJoin(parts, ":");
}

absl::Status ReplaceVolumeOfMount(const VolumeTable& volumes, Mount& mount) {
  if (mount.type() != "bind" || absl::StartsWith(mount.source(), "/")) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(std::string path, PathOf(mount.source(), IsWritable(mount), volumes));
  mount.set_source(std::move(path));
  return absl::OkStatus();
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
