// make_kernel: the kernel section of a system.
//
//   From files:  [--vmlinuz=FILE] [--deb=FILE]... [--modules=TAR]... [--config=FILE]
//   From an image: --image_layers=FILE (ImageLayers), and --layer, --layout, --archive or --blob
//   for
//                where its layers are (see blob_locations.h); [--binary=NAME] [--tar=NAME]
//                [--ucode_name=NAME], or these three from a YAML: --section=FILE (Kernel of
//                tools/spec/spec.proto)
//   Both:        [--module=NAME]... [--modules_prefix=DIR] [--architecture=NAME] [--decompress]
//                [--ucode=FILE | --ucode_intel=FILE... --ucode_amd=FILE...]
//                --owner=TEXT [--compression=none|gzip|zstd] [--level=N]
//   Outputs:     --kernel=FILE --segment=FILE --index=FILE --info=FILE [--ucode_output=FILE]
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/flatten/layer_blobs.h"
#include "tools/kernel/kernel_section.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/proto_file.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {
namespace {

// LinuxKit says "none" for no file.
std::string NameOrNone(std::string name) { return name == "none" ? "" : name; }

// What a YAML's kernel section says of its image.
absl::StatusOr<KernelImageNames> NamesOfSection(const std::string& path) {
  Kernel kernel;
  ABSL_RETURN_IF_ERROR(ReadProto(path, kernel));
  return KernelImageNames{
      .kernel = kernel.binary().empty() ? "kernel" : kernel.binary(),
      .tar = NameOrNone(kernel.has_tar() ? kernel.tar() : "kernel.tar"),
      .ucode = NameOrNone(kernel.ucode()),
  };
}

absl::Status Run(Args& args) {
  KernelSectionOptions options;
  options.vmlinuz = args.Optional("vmlinuz");
  options.debs = args.All("deb");
  options.module_tars = args.All("modules");
  options.config = args.Optional("config");
  const std::optional<std::string> image_layers = args.Optional("image_layers");
  const BlobFlags blob_flags = BlobFlags::Read(args);
  options.names = {.kernel = args.OptionalOr("binary", "kernel"),
                   .tar = NameOrNone(args.OptionalOr("tar", "kernel.tar")),
                   .ucode = NameOrNone(args.OptionalOr("ucode_name", ""))};
  const std::optional<std::string> section = args.Optional("section");
  options.modules = args.All("module");
  options.modules_prefix = args.OptionalOr("modules_prefix", "");
  options.architecture = args.OptionalOr("architecture", "");
  options.decompress = args.Bool("decompress");
  options.ucode = args.Optional("ucode");
  options.ucode_intel = args.All("ucode_intel");
  options.ucode_amd = args.All("ucode_amd");
  options.owner = args.Required("owner");
  const std::string compression = args.OptionalOr("compression", "zstd");
  options.compression.level = static_cast<int>(args.IntOr("level", 0));
  options.kernel_output = args.Required("kernel");
  options.segment_output = args.Required("segment");
  options.index_output = args.Required("index");
  options.info_output = args.Required("info");
  options.ucode_output = args.Optional("ucode_output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  if (image_layers && (options.vmlinuz || !options.debs.empty() || !options.module_tars.empty())) {
    return absl::InvalidArgumentError(
        "--image_layers stands beside --vmlinuz, --deb or --modules; expected an image or files");
  }
  if (options.ucode && !(options.ucode_intel.empty() && options.ucode_amd.empty())) {
    return absl::InvalidArgumentError(
        "--ucode stands beside --ucode_intel or --ucode_amd; expected an archive or blobs");
  }
  ABSL_ASSIGN_OR_RETURN(options.compression.format, ParseCompressionFormat(compression));
  if (section) {
    ABSL_ASSIGN_OR_RETURN(options.names, NamesOfSection(*section));
  }
  if (!image_layers) return MakeKernelSection(options);
  ImageLayers layers;
  ABSL_RETURN_IF_ERROR(ReadProto(*image_layers, layers));
  ABSL_ASSIGN_OR_RETURN(const BlobLocations blobs, BlobLocations::Find(blob_flags, layers));
  options.image_layers = LayerBlobs(layers, blobs);
  return MakeKernelSection(options);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_kernel", linuxkit::Run);
}
