// Makes an OCI image of layers that make_layer wrote: its manifest and configuration, and what
// other actions need to know.
//
//   make_image --descriptor=base.pb --descriptor=app.pb --command=/app --label=k=v
//   --build_yml=build.yml
//       --manifest=OUT --config=OUT --image_config=OUT --image_layers=OUT
//
// --base_layout=DIR, --base_archive=TAR, or --base_manifest=FILE and --base_config=FILE name an
// image that this one is made on top of; --base_choose=REFERENCE tells which one of a layout or
// archive.
// --base_label=//os:base is what BUILD files call it, for messages.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/pair.h"
#include "tools/base/sha256.h"
#include "tools/oci/choose_manifest.h"
#include "tools/oci/documents.h"
#include "tools/oci/image_source.h"
#include "tools/oci/platform.h"
#include "tools/oci/proto_file.h"
#include "tools/package/build_yml.h"
#include "tools/package/image_writer.h"
#include "tools/package/merge_config.h"
#include "tools/spec/entry.h"

namespace linuxkit {
namespace {

struct BaseFlags {
  explicit BaseFlags(Args& args)
      : layout(args.Optional("base_layout")),
        archive(args.Optional("base_archive")),
        manifest(args.Optional("base_manifest")),
        config(args.OptionalOr("base_config", "")),
        reference(args.OptionalOr("base_choose", "")),
        label(args.OptionalOr("base_label", "")) {}

  std::optional<std::string> layout;
  std::optional<std::string> archive;
  std::optional<std::string> manifest;
  std::string config;
  std::string reference;
  std::string label;
};

absl::StatusOr<ImageSource> OpenBase(const BaseFlags& flags, const Platform& platform) {
  const ImageChoice choice = {
      .platform = platform, .reference = flags.reference, .label = flags.label};
  if (flags.layout) return ImageSource::OpenLayout(*flags.layout, choice);
  if (flags.archive) return ImageSource::OpenArchive(*flags.archive, choice);
  return ImageSource::OpenFiles({.manifest = *flags.manifest, .config = flags.config, .layers = {}},
                                platform);
}

// Nothing if no flag names a base.
absl::StatusOr<std::optional<ImageSource>> ReadBase(const BaseFlags& flags,
                                                    const ImageConfig& config) {
  if (!flags.layout && !flags.archive && !flags.manifest) return std::nullopt;
  const Platform platform = {
      .os = config.os(), .architecture = config.architecture(), .variant = config.variant()};
  absl::StatusOr<ImageSource> base = OpenBase(flags, platform);
  if (base.ok()) return *std::move(base);
  return absl::Status(base.status().code(),
                      absl::StrCat("base ", flags.label, " of a package for ", platform.ToString(),
                                   ": ", base.status().message()));
}

// Docker's names of layers are not for an OCI manifest.
std::string OciLayerType(std::string_view type) {
  if (!absl::ConsumePrefix(&type, "application/vnd.docker.image.rootfs.")) return std::string(type);
  const bool is_foreign = absl::ConsumePrefix(&type, "foreign.");
  const std::string_view compression = absl::StripPrefix(type, "diff.tar");
  return absl::StrCat(
      is_foreign ? "application/vnd.oci.image.layer.nondistributable.v1.tar" : kOciLayer,
      compression.empty() ? "" : "+", absl::StripPrefix(compression, "."));
}

absl::StatusOr<ImageLayers> ReadLayers(const std::optional<ImageSource>& base,
                                       const std::vector<std::string>& paths) {
  ImageLayers layers;
  if (base) {
    layers = base->layers();
    for (ImageLayers::Layer& layer : *layers.mutable_layers()) {
      layer.set_media_type(OciLayerType(layer.media_type()));
    }
  }
  for (const std::string& path : paths) {
    ImageLayers part;
    ABSL_RETURN_IF_ERROR(ReadProto(path, part));
    layers.mutable_layers()->MergeFrom(part.layers());
  }
  std::vector<std::string> diff_ids;
  for (const ImageLayers::Layer& layer : layers.layers()) diff_ids.push_back(layer.diff_id());
  layers.set_chain_id(ChainId(diff_ids));
  return layers;
}

absl::Status AddLabel(std::string_view key, std::string_view value, ImageConfig& config) {
  if ((*config.mutable_labels()).insert({std::string(key), std::string(value)}).second) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("the label ", key, " is given twice"));
}

absl::Status ReadLabels(Args& args, ImageConfig& config) {
  for (const std::string& flag : args.All("label")) {
    ABSL_ASSIGN_OR_RETURN(const Pair label, ParsePair("label", flag, "KEY=VALUE"));
    ABSL_RETURN_IF_ERROR(AddLabel(label.key, label.value, config));
  }
  const std::optional<std::string> build_yml = args.Optional("build_yml");
  if (!build_yml) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(*build_yml));
  ABSL_ASSIGN_OR_RETURN(const std::string label, ConfigLabelOf(*build_yml, yaml));
  return label.empty() ? absl::OkStatus() : AddLabel(kConfigLabel, label, config);
}

absl::Status ReadEnv(Args& args, ImageConfig& config) {
  for (const std::string& variable : args.All("env")) {
    if (variable.find('=') == std::string::npos || variable.starts_with("=")) {
      return absl::InvalidArgumentError(absl::StrCat("--env=", variable, ": expected NAME=VALUE"));
    }
    config.add_env(variable);
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageConfig> ReadConfig(Args& args) {
  ImageConfig config;
  config.set_architecture(args.OptionalOr("architecture", "amd64"));
  config.set_os(args.OptionalOr("os", "linux"));
  config.set_variant(args.OptionalOr("variant", ""));
  config.set_working_dir(args.OptionalOr("working_dir", ""));
  for (const std::string& word : args.All("entrypoint")) config.add_entrypoint(word);
  for (const std::string& word : args.All("command")) config.add_cmd(word);
  ABSL_RETURN_IF_ERROR(ReadEnv(args, config));
  ABSL_RETURN_IF_ERROR(ReadLabels(args, config));
  return config;
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(ImageConfig config, ReadConfig(args));
  const BaseFlags base_flags(args);
  const std::vector<std::string> descriptors = args.All("descriptor");
  const std::string user = args.OptionalOr("user", "");
  const std::string manifest_path = args.Required("manifest");
  const std::string config_path = args.Required("config");
  const std::string image_config_path = args.Required("image_config");
  const std::string image_layers_path = args.Required("image_layers");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::optional<ImageSource> base, ReadBase(base_flags, config));
  ABSL_ASSIGN_OR_RETURN(const ImageLayers layers, ReadLayers(base, descriptors));
  if (base) config = MergeConfig(base->config(), config);
  ABSL_ASSIGN_OR_RETURN(const ImageDocuments documents,
                        base ? WriteImageDocumentsOver(*base, config, user, layers)
                             : WriteImageDocuments(config, user, layers));
  config.set_chain_id(layers.chain_id());
  config.set_manifest_digest(OciDigest(Sha256Of(documents.manifest)));
  ABSL_RETURN_IF_ERROR(WriteFile(manifest_path, documents.manifest));
  ABSL_RETURN_IF_ERROR(WriteFile(config_path, documents.config));
  ABSL_RETURN_IF_ERROR(WriteProto(image_config_path, config));
  return WriteProto(image_layers_path, layers);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_image", linuxkit::Run);
}
