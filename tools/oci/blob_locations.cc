#include "tools/oci/blob_locations.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/oci/image_source.h"
#include "tools/oci/platform.h"
#include "tools/oci/verified_blob.h"

namespace linuxkit {
namespace {

// PATH or PATH:OFFSET:SIZE, read from the right, so that a path may contain colons.
absl::StatusOr<BlobRange> ParseRange(std::string_view text) {
  const std::vector<std::string_view> words = absl::StrSplit(text, ':');
  BlobRange range;
  if (words.size() < 3 || !absl::SimpleAtoi(words[words.size() - 2], &range.offset) ||
      !absl::SimpleAtoi(words.back(), &range.size)) {
    return BlobRange::OfFile(std::string(text));
  }
  range.path =
      text.substr(0, static_cast<size_t>(words[words.size() - 2].data() - text.data()) - 1);
  return range;
}

}  // namespace

ImageLayers LayersOf(const ImageManifest& manifest) {
  ImageLayers layers;
  for (const OciDescriptor& layer : manifest.layers) {
    layers.add_layers()->set_digest(layer.digest);
  }
  return layers;
}

BlobFlags BlobFlags::Read(Args& args) {
  return {.layers = args.All("layer"),
          .blobs = args.All("blob"),
          .layout = args.Optional("layout"),
          .archive = args.Optional("archive"),
          .platform = args.OptionalOr("platform", "linux/amd64"),
          .reference = args.OptionalOr("choose", "")};
}

absl::StatusOr<BlobLocations> BlobLocations::Find(const BlobFlags& flags,
                                                  const ImageLayers& layers) {
  BlobLocations locations;
  for (const std::string& blob : flags.blobs) {
    ABSL_RETURN_IF_ERROR(locations.AddBlob(blob));
  }
  if (!flags.layers.empty()) {
    ABSL_RETURN_IF_ERROR(locations.AddFiles(flags, layers));
  }
  if (flags.layout) {
    ABSL_RETURN_IF_ERROR(
        locations.AddImage(flags, *BlobTree::OfDirectory(*flags.layout), *flags.layout, layers));
  }
  if (flags.archive) {
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<BlobTree> tree,
                          BlobTree::OpenArchive(*flags.archive));
    ABSL_RETURN_IF_ERROR(locations.AddImage(flags, *tree, *flags.archive, layers));
  }
  return locations;
}

absl::Status BlobLocations::AddFiles(const BlobFlags& flags, const ImageLayers& layers) {
  const size_t count = flags.layers.size(), all = static_cast<size_t>(layers.layers_size());
  const bool may_be_fewer = flags.layout || flags.archive;
  if (may_be_fewer ? count > all : count != all) {
    return absl::InvalidArgumentError(
        absl::StrCat("found ", count, " --layer flags for ", all, " layers"));
  }
  for (size_t i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(ranges_[layers.layers(static_cast<int>(all - count + i)).digest()],
                          BlobRange::OfFile(flags.layers[i]));
  }
  return absl::OkStatus();
}

absl::Status BlobLocations::AddBlob(std::string_view flag) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(flag, absl::MaxSplits('=', 1));
  if (parts.first.empty() || parts.second.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--blob=", flag, ": expected DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE"));
  }
  ABSL_ASSIGN_OR_RETURN(ranges_[std::string(parts.first)], ParseRange(parts.second));
  return absl::OkStatus();
}

// Most trees name their blobs by digest; in Docker's archives only the manifest tells which layer
// is which.
absl::Status BlobLocations::AddImage(const BlobFlags& flags, const BlobTree& tree,
                                     std::string_view name, const ImageLayers& layers) {
  bool has_all = true;
  for (const ImageLayers::Layer& layer : layers.layers()) {
    if (ranges_.contains(layer.digest())) continue;
    absl::StatusOr<BlobRange> range = tree.Find(BlobName(layer.digest()));
    if (range.ok()) ranges_[layer.digest()] = *std::move(range);
    has_all = has_all && range.ok();
  }
  if (has_all) return absl::OkStatus();
  ImageChoice choice = {.platform = {}, .reference = flags.reference};
  ABSL_ASSIGN_OR_RETURN(choice.platform, Platform::Parse(flags.platform));
  ABSL_ASSIGN_OR_RETURN(const ImageSource image, ImageSource::Open(tree, name, choice));
  for (int i = 0; i < image.layers().layers_size(); ++i) {
    ranges_[image.layers().layers(i).digest()] = image.Layer(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<BlobRange> BlobLocations::Range(std::string_view digest) const {
  const auto range = ranges_.find(digest);
  if (range != ranges_.end()) return range->second;
  return absl::NotFoundError(absl::StrCat("nothing says where ", digest,
                                          " is; expected --layer, --blob, --layout or --archive"));
}

absl::StatusOr<std::unique_ptr<ByteSource>> BlobLocations::Open(std::string_view digest) const {
  ABSL_ASSIGN_OR_RETURN(const BlobRange range, Range(digest));
  return OpenRange(range);
}

}  // namespace linuxkit
