// Writes an image as an OCI layout directory, which skopeo, crane and others read:
//
//   make_layout --manifest=FILE --config=FILE --layer=LAYER… --output=DIR [--reference=latest]
//
// Where the layers are, --layout and --archive say, too (tools/oci/blob_locations.h).
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/oci/blob_locations.h"
#include "tools/package/image_writer.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const LayoutFiles files = {.manifest = args.Required("manifest"),
                             .config = args.Required("config"),
                             .layers = BlobFlags::Read(args)};
  const std::string reference = args.OptionalOr("reference", "");
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  return WriteLayout(files, reference, output);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_layout", linuxkit::Run);
}
