// Reads what an image is and writes it for other actions. Layers are not read.
//
//   import_image --layout=DIR --image_config=OUT --image_layers=OUT
//   import_image --archive=TAR …
//   import_image --manifest=FILE --config=FILE …
//
// --platform=linux/arm64 and, for a layout or archive, --choose=REFERENCE tell which image is
// meant.
// --label=//os:two.tar is what BUILD files call the layout or archive, for messages.
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/oci/image_source.h"
#include "tools/oci/proto_file.h"

namespace linuxkit {
namespace {

struct Flags {
  std::optional<std::string> layout;
  std::optional<std::string> archive;
  std::optional<std::string> manifest;
  std::string config;
  std::string platform;
  std::string reference;
  std::string label;
  std::string image_config;
  std::string image_layers;
};

absl::StatusOr<Flags> ReadFlags(Args& args) {
  Flags flags = {
      .layout = args.Optional("layout"),
      .archive = args.Optional("archive"),
      .manifest = args.Optional("manifest"),
      .config = "",
      .platform = args.OptionalOr("platform", "linux/amd64"),
      .reference = args.OptionalOr("choose", ""),
      .label = args.OptionalOr("label", ""),
      .image_config = args.Required("image_config"),
      .image_layers = args.Required("image_layers"),
  };
  if (flags.manifest) flags.config = args.Required("config");
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (flags.layout.has_value() + flags.archive.has_value() + flags.manifest.has_value() != 1) {
    return absl::InvalidArgumentError("expected one of --layout, --archive and --manifest");
  }
  return flags;
}

absl::StatusOr<ImageSource> Open(const Flags& flags) {
  ImageChoice choice = {.platform = {}, .reference = flags.reference, .label = flags.label};
  ABSL_ASSIGN_OR_RETURN(choice.platform, Platform::Parse(flags.platform));
  if (flags.layout) return ImageSource::OpenLayout(*flags.layout, choice);
  if (flags.archive) return ImageSource::OpenArchive(*flags.archive, choice);
  return ImageSource::OpenFiles({.manifest = *flags.manifest, .config = flags.config, .layers = {}},
                                choice.platform);
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const Flags flags, ReadFlags(args));
  ABSL_ASSIGN_OR_RETURN(const ImageSource image, Open(flags));
  ABSL_RETURN_IF_ERROR(WriteProto(flags.image_config, image.config()));
  return WriteProto(flags.image_layers, image.layers());
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "import_image", linuxkit::Run);
}
