// Makes an OCI image of layers that make_layer wrote: its manifest and configuration, and what
// other actions need to know.
//
//   make_image --descriptor=base.pb --descriptor=app.pb --command=/app --label=k=v
//   --build_yml=build.yml
//       --manifest=OUT --config=OUT --image_config=OUT --image_layers=OUT
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/oci/proto_file.h"
#include "tools/package/build_yml.h"
#include "tools/package/image_writer.h"

namespace linuxkit {
namespace {

absl::StatusOr<ImageLayers> ReadLayers(const std::vector<std::string>& paths) {
  ImageLayers layers;
  std::vector<std::string> diff_ids;
  for (const std::string& path : paths) {
    ImageLayers part;
    ABSL_RETURN_IF_ERROR(ReadProto(path, part));
    for (const ImageLayers::Layer& layer : part.layers()) {
      *layers.add_layers() = layer;
      diff_ids.push_back(layer.diff_id());
    }
  }
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
    const size_t equals = flag.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat("--label=", flag, ": expected KEY=VALUE"));
    }
    ABSL_RETURN_IF_ERROR(AddLabel(flag.substr(0, equals), flag.substr(equals + 1), config));
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
  const std::vector<std::string> descriptors = args.All("descriptor");
  const std::string user = args.OptionalOr("user", "");
  const std::string manifest_path = args.Required("manifest");
  const std::string config_path = args.Required("config");
  const std::string image_config_path = args.Required("image_config");
  const std::string image_layers_path = args.Required("image_layers");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const ImageLayers layers, ReadLayers(descriptors));
  ABSL_ASSIGN_OR_RETURN(const ImageDocuments documents, WriteImageDocuments(config, user, layers));
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
