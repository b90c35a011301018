// Packs files that Bazel built into one layer of an OCI image.
//
//   make_layer --deb=libc6.deb --tar=app.tar --file=etc/motd=motd.txt --layer=OUT --descriptor=OUT
//
// Whatever the order of the flags: Debian packages come first, then tars, directories, files and
// symbolic links, so that what is named singly overrides what comes in bulk. Within one kind a
// later one overrides. --on_top is for a layer that is not the lowest (layer_writer.h).
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/oci/documents.h"
#include "tools/oci/proto_file.h"
#include "tools/package/layer_input.h"
#include "tools/package/layer_writer.h"

namespace linuxkit {
namespace {

using Inputs = std::vector<std::unique_ptr<LayerInput>>;

absl::Status AddEach(Args& args, std::string_view flag,
                     absl::StatusOr<std::unique_ptr<LayerInput>> (*make)(std::string_view),
                     Inputs& inputs) {
  for (const std::string& value : args.All(flag)) {
    ABSL_ASSIGN_OR_RETURN(inputs.emplace_back(), make(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<Inputs> ReadInputs(Args& args) {
  Inputs inputs;
  for (std::string& path : args.All("deb")) inputs.push_back(LayerInput::Deb(std::move(path)));
  for (std::string& path : args.All("tar")) inputs.push_back(LayerInput::Tar(std::move(path)));
  ABSL_RETURN_IF_ERROR(AddEach(args, "directory", LayerInput::Directory, inputs));
  ABSL_RETURN_IF_ERROR(AddEach(args, "file", LayerInput::File, inputs));
  ABSL_RETURN_IF_ERROR(AddEach(args, "symlink", LayerInput::Symlink, inputs));
  return inputs;
}

absl::StatusOr<LayerOptions> ReadOptions(Args& args) {
  LayerOptions options;
  options.strip_docs = args.Bool("strip_docs");
  options.excludes = args.All("exclude");
  options.merge_usr = args.Bool("merge_usr");
  options.on_top = args.Bool("on_top");
  ABSL_ASSIGN_OR_RETURN(options.compression.format,
                        ParseCompressionFormat(args.OptionalOr("compression", "zstd")));
  options.compression.level = static_cast<int>(args.IntOr("level", 0));
  return options;
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const Inputs inputs, ReadInputs(args));
  ABSL_ASSIGN_OR_RETURN(const LayerOptions options, ReadOptions(args));
  const std::string layer_path = args.Required("layer");
  const std::string descriptor_path = args.Required("descriptor");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ImageLayers layers;
  ABSL_ASSIGN_OR_RETURN(*layers.add_layers(), WriteLayer(inputs, options, layer_path));
  layers.set_chain_id(ChainId({layers.layers(0).diff_id()}));
  return WriteProto(descriptor_path, layers);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_layer", linuxkit::Run);
}
