// From the entries of a YAML file to what Bazel must know of them.
#include "tools/config/skeleton.h"

#include <set>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "tools/config/reference.h"

namespace linuxkit {
namespace {

class Maker {
 public:
  explicit Maker(std::string_view label) : package_(PackageOf(label)) {}

  absl::Status AddKernel(const Kernel& kernel, Skeleton& skeleton) const {
    if (!kernel.image().empty()) {
      ABSL_ASSIGN_OR_RETURN(*skeleton.mutable_kernel()->mutable_image(), Image(kernel.image()));
    }
    if (kernel.has_ucode()) skeleton.mutable_kernel()->set_ucode(kernel.ucode());
    return absl::OkStatus();
  }

  template <typename Entries, typename Parts>
  absl::Status AddContainers(const Entries& entries, Parts& parts) const {
    for (const Container& entry : entries) {
      ABSL_RETURN_IF_ERROR(AddContainer(entry, *parts.Add()));
    }
    return absl::OkStatus();
  }

  absl::Status AddContainer(const Container& entry, SkeletonContainer& part) const {
    part.set_name(entry.name());
    ABSL_ASSIGN_OR_RETURN(*part.mutable_image(), Image(entry.image()));
    std::set<std::string> names;
    AddId(entry.uid(), names);
    AddId(entry.gid(), names);
    for (const Id& id : entry.additional_gids().values()) AddId(id, names);
    part.mutable_id_names()->Assign(names.begin(), names.end());
    return absl::OkStatus();
  }

  absl::Status AddVolume(const Volume& entry, SkeletonVolume& part) const {
    part.set_name(entry.name());
    if (!entry.image().empty()) {
      ABSL_ASSIGN_OR_RETURN(*part.mutable_image(), Image(entry.image()));
    }
    if (entry.readonly()) part.set_readonly(true);
    part.set_format(entry.format());
    *part.mutable_platforms() = entry.platforms();
    return absl::OkStatus();
  }

  absl::Status AddFiles(const Config& config, SkeletonFiles& part) const {
    std::set<std::string> names;
    std::set<std::string> metadata;
    std::set<std::string> sources;
    for (const FileEntry& entry : config.files()) {
      AddId(entry.uid(), names);
      AddId(entry.gid(), names);
      if (!entry.metadata().empty()) metadata.insert(entry.metadata());
      ABSL_ASSIGN_OR_RETURN(const SkeletonSource source, Source(entry));
      const bool fresh = sources.insert(source.SerializeAsString()).second;
      if (!entry.source().empty() && fresh) *part.add_sources() = source;
    }
    part.mutable_id_names()->Assign(names.begin(), names.end());
    part.mutable_metadata()->Assign(metadata.begin(), metadata.end());
    return absl::OkStatus();
  }

  absl::StatusOr<SkeletonImage> Image(const std::string& text) const {
    SkeletonImage image;
    image.set_text(text);
    ABSL_ASSIGN_OR_RETURN(ImageName name, ParseImageName(text, package_));
    switch (name.kind) {
      case ImageName::Kind::kReference:
        image.set_reference(std::move(name.text));
        break;
      case ImageName::Kind::kLabel:
        image.set_label(std::move(name.text));
        break;
      case ImageName::Kind::kPackage:
        image.set_package(std::move(name.text));
        break;
    }
    return image;
  }

 private:
  absl::StatusOr<SkeletonSource> Source(const FileEntry& entry) const {
    SkeletonSource source;
    if (entry.source().empty()) return source;
    source.set_text(entry.source());
    ABSL_ASSIGN_OR_RETURN(SourceName name, ParseSourceName(entry.source(), package_));
    if (name.kind == SourceName::Kind::kHost) {
      source.set_host(std::move(name.text));
    } else {
      source.set_label(std::move(name.text));
    }
    if (entry.optional()) source.set_optional(true);
    return source;
  }

  static void AddId(const Id& id, std::set<std::string>& names) {
    if (!id.name().empty() && id.name() != "root") names.insert(id.name());
  }

  const std::string_view package_;
};

}  // namespace

absl::StatusOr<Skeleton> MakeSkeleton(const Config& config, std::string_view label) {
  const Maker maker(label);
  Skeleton skeleton;
  skeleton.set_config(std::string(label));
  ABSL_RETURN_IF_ERROR(maker.AddKernel(config.kernel(), skeleton));
  for (const std::string& image : config.init()) {
    ABSL_ASSIGN_OR_RETURN(*skeleton.add_init(), maker.Image(image));
  }
  ABSL_RETURN_IF_ERROR(maker.AddContainers(config.onboot(), *skeleton.mutable_onboot()));
  ABSL_RETURN_IF_ERROR(maker.AddContainers(config.onshutdown(), *skeleton.mutable_onshutdown()));
  ABSL_RETURN_IF_ERROR(maker.AddContainers(config.services(), *skeleton.mutable_services()));
  for (const Volume& entry : config.volumes()) {
    ABSL_RETURN_IF_ERROR(maker.AddVolume(entry, *skeleton.add_volumes()));
  }
  if (config.files().empty()) return skeleton;
  ABSL_RETURN_IF_ERROR(maker.AddFiles(config, *skeleton.mutable_files()));
  return skeleton;
}

}  // namespace linuxkit
