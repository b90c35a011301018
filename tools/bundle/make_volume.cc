// Makes the segment of a volume's directories: lower (unless an image fills it), tmp and merged.
//
//   make_volume --entry=data.pb --owner=//os:data --output=data.cpio --index=data.index
//
// --entry         Volume message, from parse_entry
// --compression   none, gzip or zstd; --level its level
//
// A volume of format oci has its image in lower. The image is called --reference, and is one of
//
// --image_index         index of a locked image, with --blob=DIGEST=PATH for manifests,
//                       configurations and layers
// --layout, --archive   an OCI layout: a directory or a tar; --choose=REFERENCE tells which image
// --manifest, --config  an image of one platform by its parts; where its layers are, --layer and
//                       others say (tools/oci/blob_locations.h)
//
// --image names the image's target in messages.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/segment_flags.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/choose_manifest.h"
#include "tools/oci/index_source.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

struct ImageFlags {
  explicit ImageFlags(Args& args)
      : label(args.OptionalOr("image", "")),
        reference(args.OptionalOr("reference", "")),
        index(args.Optional("image_index")),
        manifest(args.Optional("manifest")),
        config(args.OptionalOr("config", "")),
        blobs(BlobFlags::Read(args)) {}

  absl::StatusOr<IndexSource> Open() const {
    if (index) return IndexSource::OfFiles(*index, reference, blobs.blobs);
    if (manifest) return IndexSource::OfImage(*manifest, config, blobs, reference);
    const ImageChoice choice = {.platform = {}, .reference = blobs.reference, .label = label};
    if (blobs.layout) {
      return IndexSource::OfTree(BlobTree::OfDirectory(*blobs.layout), reference, choice);
    }
    if (blobs.archive) {
      ABSL_ASSIGN_OR_RETURN(std::unique_ptr<BlobTree> tree,
                            BlobTree::OpenArchive(*blobs.archive, {.label = label}));
      return IndexSource::OfTree(std::move(tree), reference, choice);
    }
    return absl::InvalidArgumentError(
        "expected --image_index, --layout, --archive or --manifest for a volume of format oci");
  }

  std::string label;
  std::string reference;
  std::optional<std::string> index;
  std::optional<std::string> manifest;
  std::string config;
  BlobFlags blobs;
};

absl::Status WriteVolume(const Volume& volume, const ImageFlags& image,
                         const SegmentFlags& segment) {
  // Without an image the format means nothing, as in LinuxKit.
  std::optional<IndexSource> layout;
  if (volume.format() == "oci" && !volume.image().empty()) {
    ABSL_ASSIGN_OR_RETURN(layout, image.Open());
  }
  return segment.Write([&](SegmentWriter& writer) {
    return AddVolume(volume, layout ? &*layout : nullptr, writer);
  });
}

absl::Status Run(Args& args) {
  const SegmentFlags segment(args);
  const std::string entry_path = args.Required("entry");
  const ImageFlags image(args);
  ABSL_RETURN_IF_ERROR(args.Finish());
  Volume volume;
  ABSL_RETURN_IF_ERROR(ReadMessage(entry_path, volume));
  const absl::Status status = WriteVolume(volume, image, segment);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(segment.owner, ": volume \"", volume.name(),
                                                  "\": ", status.message()));
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_volume", linuxkit::Run);
}
