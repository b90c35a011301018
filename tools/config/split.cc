#include "tools/config/split.h"

#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/bundle/volumes.h"
#include "tools/config/metadata.h"
#include "tools/config/reference.h"
#include "tools/config/skeleton.h"
#include "tools/spec/message_file.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {
namespace {

absl::Status CheckSkeletons(absl::Span<const ConfigFile> files, absl::Span<const Config> configs,
                            const Skeletons& skeletons) {
  if (static_cast<size_t>(skeletons.configs_size()) != files.size()) {
    return absl::InvalidArgumentError(absl::StrCat("found ", skeletons.configs_size(),
                                                   " skeletons for ", files.size(),
                                                   " YAML files; expected one for each"));
  }
  for (size_t i = 0; i < files.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const Skeleton actual, MakeSkeleton(configs[i], files[i].label));
    ABSL_RETURN_IF_ERROR(
        CheckSkeleton(files[i].path, skeletons.configs(static_cast<int>(i)), actual));
  }
  return absl::OkStatus();
}

// Two files may have different packages, so a relative source would be ambiguous.
absl::Status QualifySources(std::string_view package, Config& config) {
  for (FileEntry& entry : *config.mutable_files()) {
    if (entry.source().empty()) continue;
    ABSL_ASSIGN_OR_RETURN(SourceName source, ParseSourceName(entry.source(), package));
    entry.set_source(std::move(source.text));
  }
  return absl::OkStatus();
}

template <typename Entries>
absl::Status WriteEach(std::string_view section, const Entries& entries,
                       absl::Span<const std::string> outputs) {
  if (static_cast<size_t>(entries.size()) != outputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat("found ", outputs.size(), " outputs for ",
                                                   section, "; expected ", entries.size()));
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    ABSL_RETURN_IF_ERROR(WriteMessage(outputs[i], entries[static_cast<int>(i)]));
  }
  return absl::OkStatus();
}

// A bundle then needs no list of the system's volumes, which would change with each of them.
template <typename Entries>
absl::Status PlaceVolumes(const VolumeTable& volumes, Entries& entries) {
  for (Container& entry : entries) ABSL_RETURN_IF_ERROR(ReplaceVolumes(volumes, entry));
  return absl::OkStatus();
}

absl::Status PlaceVolumes(Config& system) {
  VolumeTable volumes;
  for (const Volume& volume : system.volumes()) volumes[volume.name()] = volume.readonly();
  ABSL_RETURN_IF_ERROR(PlaceVolumes(volumes, *system.mutable_onboot()));
  ABSL_RETURN_IF_ERROR(PlaceVolumes(volumes, *system.mutable_onshutdown()));
  return PlaceVolumes(volumes, *system.mutable_services());
}

absl::Status WriteKernel(Kernel kernel, const SplitOutputs& outputs) {
  if (outputs.cmdline) {
    ABSL_RETURN_IF_ERROR(WriteFile(*outputs.cmdline, kernel.cmdline()));
  }
  if (!outputs.kernel) return absl::OkStatus();
  // The image is known at analysis, the command line is a file of its own.
  kernel.clear_image();
  kernel.clear_cmdline();
  return WriteMessage(*outputs.kernel, kernel);
}

absl::Status WriteMetadata(const Config& config, const SplitOutputs& outputs) {
  if (outputs.metadata_yaml) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, MetadataYaml(config));
    ABSL_RETURN_IF_ERROR(WriteFile(*outputs.metadata_yaml, text));
  }
  if (!outputs.metadata_json) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string text, MetadataJson(config));
  return WriteFile(*outputs.metadata_json, text);
}

}  // namespace

absl::Status SplitConfig(absl::Span<const ConfigFile> files, const Skeletons& skeletons,
                         const SplitOutputs& outputs) {
  ABSL_ASSIGN_OR_RETURN(std::vector<Config> configs, ParseConfigs(files));
  ABSL_RETURN_IF_ERROR(CheckSkeletons(files, configs, skeletons));
  ABSL_RETURN_IF_ERROR(WriteMetadata(MergeConfigs(configs), outputs));
  for (size_t i = 0; i < files.size(); ++i) {
    ABSL_RETURN_IF_ERROR(QualifySources(PackageOf(files[i].label), configs[i]));
  }
  Config system = MergeConfigs(configs);
  ABSL_RETURN_IF_ERROR(PlaceVolumes(system));
  ABSL_RETURN_IF_ERROR(WriteKernel(system.kernel(), outputs));
  ABSL_RETURN_IF_ERROR(WriteEach("onboot", system.onboot(), outputs.onboot));
  ABSL_RETURN_IF_ERROR(WriteEach("onshutdown", system.onshutdown(), outputs.onshutdown));
  ABSL_RETURN_IF_ERROR(WriteEach("services", system.services(), outputs.services));
  ABSL_RETURN_IF_ERROR(WriteEach("volumes", system.volumes(), outputs.volumes));
  if (!outputs.files) return absl::OkStatus();
  FileEntryList list;
  *list.mutable_values() = system.files();
  return WriteMessage(*outputs.files, list);
}

}  // namespace linuxkit
