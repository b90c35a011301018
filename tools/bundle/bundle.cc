#include "tools/bundle/bundle.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/bundle/config_json.h"
#include "tools/bundle/kernel_settings.h"
#include "tools/bundle/launch.h"
#include "tools/bundle/merge.h"
#include "tools/bundle/oci_layout.h"
#include "tools/bundle/process_check.h"
#include "tools/bundle/profile_defaults.h"
#include "tools/bundle/runtime_json.h"
#include "tools/spec/entry.h"
#include "tools/spec/paths.h"

namespace linuxkit {
namespace {

constexpr Attributes kDirectory = {.mode = 0755};
constexpr Attributes kFile = {.mode = 0644};

// Every directory down to `path`.
absl::Status AddDirectories(std::string_view path, SegmentWriter& writer) {
  for (size_t end = path.find('/'); end != path.npos; end = path.find('/', end + 1)) {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(path.substr(0, end), kDirectory));
  }
  return writer.AddDirectory(path, kDirectory);
}

absl::StatusOr<Container> LabelOf(const ImageConfig& image) {
  const auto label = image.labels().find(std::string(kConfigLabel));
  if (label == image.labels().end() || label->second.empty()) return Container();
  return ParseLabel(label->second);
}

absl::Status CheckLabelId(std::string_view field, const Id& id, const IdTable& ids) {
  const absl::Status status = ResolveId(id, ids).status();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(
      status.message(), ". It stands in the image's label ", kConfigLabel,
      ", which is read after the ids were given out: set \"", field, "\" in the entry"));
}

// Bazel's rules know what an entry says but not what is in an image. So of the ids of a system a
// bundle gets those that its entry names, and a name that only the label has cannot be found.
absl::Status CheckLabelIds(const Container& entry, const Container& label, const IdTable& ids) {
  if (!entry.has_uid() && label.has_uid()) {
    ABSL_RETURN_IF_ERROR(CheckLabelId("uid", label.uid(), ids));
  }
  if (!entry.has_gid() && label.has_gid()) {
    ABSL_RETURN_IF_ERROR(CheckLabelId("gid", label.gid(), ids));
  }
  if (entry.has_additional_gids()) return absl::OkStatus();
  for (const Id& id : label.additional_gids().values()) {
    ABSL_RETURN_IF_ERROR(CheckLabelId("additionalGids", id, ids));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ImageRoot(const ImageConfig& image) {
  const std::string& id = image.chain_id();
  const bool valid =
      id.size() == 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
      });
  if (!valid) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the chain id \"", id, "\"; expected 64 hexadecimal digits"));
  }
  return absl::StrCat("containers/images/", id, "/rootfs");
}

}  // namespace

absl::StatusOr<Bundle> MakeBundle(Container entry, const ImageConfig& image, std::string_view path,
                                  const IdTable& ids, const VolumeTable& volumes,
                                  std::optional<Profile> chosen) {
  const Profile profile = chosen.value_or(Profile::kLinuxkit);
  BundlePaths paths;
  ABSL_ASSIGN_OR_RETURN(paths.bundle, CleanBundlePath(path));
  ABSL_ASSIGN_OR_RETURN(paths.image_root, ImageRoot(image));
  ABSL_RETURN_IF_ERROR(ReplaceVolumes(volumes, entry));
  ABSL_ASSIGN_OR_RETURN(const Container label, LabelOf(image));
  ABSL_RETURN_IF_ERROR(CheckLabelIds(entry, label, ids));
  Container merged = MergeContainer(entry, label, image);
  ABSL_RETURN_IF_ERROR(CheckProcess(entry, label, merged));
  ABSL_RETURN_IF_ERROR(SetProfileDefaults(profile, merged));
  ABSL_ASSIGN_OR_RETURN(std::string config_json, BuildConfigJson(merged, ids, profile));
  ABSL_ASSIGN_OR_RETURN(Launch launch, MakeLaunch(merged, paths, profile));
  std::string_view service = paths.bundle;
  if (!chosen.has_value() && absl::ConsumePrefix(&service, "containers/services/")) {
    ABSL_ASSIGN_OR_RETURN(const bool writes, WritesKernelSettings(merged, ids, profile));
    if (writes) launch.set_unconfined(std::string(service));
  }
  return Bundle{.path = paths.bundle,
                .config_json = std::move(config_json),
                .runtime_json = BuildRuntimeJson(merged, paths, profile),
                .has_overlay = HasOverlay(merged, profile),
                .launch = std::move(launch)};
}

absl::Status AddBundle(const Bundle& bundle, SegmentWriter& writer) {
  const auto in_bundle = [&bundle](std::string_view name) {
    return absl::StrCat(bundle.path, "/", name);
  };
  writer.AddLaunch(bundle.launch);
  ABSL_RETURN_IF_ERROR(AddDirectories(bundle.path, writer));
  ABSL_RETURN_IF_ERROR(writer.AddFile(in_bundle("config.json"), kFile, bundle.config_json));
  if (bundle.has_overlay) {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(in_bundle("tmp"), kDirectory));
  }
  ABSL_RETURN_IF_ERROR(writer.AddDirectory(in_bundle("rootfs"), kDirectory));
  return writer.AddFile(in_bundle("runtime.json"), kFile, bundle.runtime_json);
}

absl::Status AddVolume(const Volume& volume, const IndexSource* layout, SegmentWriter& writer) {
  const std::string base = absl::StrCat("containers/volumes/", volume.name());
  const std::string lower = absl::StrCat(base, "/lower");
  ABSL_RETURN_IF_ERROR(AddDirectories(base, writer));
  if (volume.image().empty() || layout != nullptr) {
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(lower, kDirectory));
  }
  if (layout != nullptr) {
    const std::vector<std::string> platforms(volume.platforms().begin(), volume.platforms().end());
    ABSL_RETURN_IF_ERROR(AddOciLayout(*layout, platforms, lower, writer));
  }
  ABSL_RETURN_IF_ERROR(writer.AddDirectory(absl::StrCat(base, "/tmp"), kDirectory));
  return writer.AddDirectory(absl::StrCat(base, "/merged"), kDirectory);
}

}  // namespace linuxkit
