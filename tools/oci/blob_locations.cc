#include "tools/oci/blob_locations.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/oci/image_source.h"
#include "tools/oci/platform.h"

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

BlobFlags BlobFlags::Read(Args& args) {
  return {.layers = args.All("layer"),
          .blobs = args.All("blob"),
          .layout = args.Optional("layout"),
          .archive = args.Optional("archive"),
          .platform = args.OptionalOr("platform", "linux/amd64"),
          .reference = args.OptionalOr("reference", "")};
}

absl::StatusOr<BlobLocations> BlobLocations::Find(const BlobFlags& flags,
                                                  const ImageLayers& layers) {
  BlobLocations locations;
  for (const std::string& blob : flags.blobs) {
    ABSL_RETURN_IF_ERROR(locations.AddBlob(blob));
  }
  if (!flags.layers.empty()) {
    ABSL_RETURN_IF_ERROR(locations.AddFiles(flags.layers, layers));
  }
  if (flags.layout) {
    ABSL_RETURN_IF_ERROR(locations.AddTree(*BlobTree::OfDirectory(*flags.layout), layers));
  }
  if (flags.archive) {
    ABSL_RETURN_IF_ERROR(locations.AddArchive(flags, layers));
  }
  return locations;
}

absl::Status BlobLocations::AddFiles(const std::vector<std::string>& files,
                                     const ImageLayers& layers) {
  if (files.size() != static_cast<size_t>(layers.layers_size())) {
    return absl::InvalidArgumentError(absl::StrCat("found ", files.size(), " --layer flags for ",
                                                   layers.layers_size(), " layers"));
  }
  for (int i = 0; i < layers.layers_size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(ranges_[layers.layers(i).digest()],
                          BlobRange::OfFile(files[static_cast<size_t>(i)]));
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

absl::Status BlobLocations::AddTree(const BlobTree& tree, const ImageLayers& layers) {
  for (const ImageLayers::Layer& layer : layers.layers()) {
    const std::string name =
        absl::StrCat("blobs/", absl::StrReplaceAll(layer.digest(), {{":", "/"}}));
    ABSL_ASSIGN_OR_RETURN(ranges_[layer.digest()], tree.Find(name));
  }
  return absl::OkStatus();
}

// An OCI archive names its blobs by digest; in one of Docker's only the manifest tells which layer
// is which.
absl::Status BlobLocations::AddArchive(const BlobFlags& flags, const ImageLayers& layers) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<BlobTree> tree,
                        BlobTree::OpenArchive(*flags.archive));
  if (AddTree(*tree, layers).ok()) return absl::OkStatus();
  ImageChoice choice = {.platform = {}, .reference = flags.reference};
  ABSL_ASSIGN_OR_RETURN(choice.platform, Platform::Parse(flags.platform));
  ABSL_ASSIGN_OR_RETURN(const ImageSource image, ImageSource::OpenArchive(*flags.archive, choice));
  for (int i = 0; i < image.layers().layers_size(); ++i) {
    ranges_[image.layers().layers(i).digest()] = image.Layer(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ByteSource>> BlobLocations::Open(std::string_view digest) const {
  const auto range = ranges_.find(digest);
  if (range == ranges_.end()) {
    return absl::NotFoundError(absl::StrCat(
        "nothing says where ", digest, " is; expected --layer, --blob, --layout or --archive"));
  }
  return OpenRange(range->second);
}

}  // namespace linuxkit
