#include "tools/oci/image_source.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/choose_manifest.h"
#include "tools/oci/documents.h"
#include "tools/oci/json.h"
#include "tools/oci/verified_blob.h"

namespace linuxkit {

// What every form of image is reduced to.
struct ImageSource::Parts {
  // Names of the documents in messages.
  std::string manifest_name;
  std::string config_name;
  std::string manifest_digest;
  ImageManifest manifest;
  std::string config_document;
  ParsedConfig config;
  std::vector<BlobRange> ranges;
};

namespace {

constexpr std::string_view kIndexFile = "index.json";
constexpr std::string_view kDockerFile = "manifest.json";
// Tools nest indexes one or two deep; a layout that goes on has a loop.
constexpr int kMaxIndexDepth = 4;

absl::StatusOr<std::string> ReadDocument(const BlobTree& tree, std::string_view name) {
  ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree.Find(name));
  return ReadRange(tree.NameOf(name), range, kMaxJsonBytes);
}

// Follows indexes from `index.json` to the descriptor of a manifest.
absl::StatusOr<OciDescriptor> FindManifest(const BlobTree& tree, const ImageChoice& choice) {
  std::string name = tree.NameOf(kIndexFile);
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadDocument(tree, kIndexFile));
  ABSL_ASSIGN_OR_RETURN(ImageIndex index, ParseIndex(name, text));
  ABSL_ASSIGN_OR_RETURN(OciDescriptor entry, ChooseImage(tree, name, index, choice));
  for (int depth = 1; entry.IsIndex(); ++depth) {
    name = tree.NameOf(BlobName(entry.digest));
    if (depth > kMaxIndexDepth) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": indexes are nested deeper than ", kMaxIndexDepth, " levels"));
    }
    ABSL_ASSIGN_OR_RETURN(text, ReadBlob(tree, entry));
    ABSL_ASSIGN_OR_RETURN(index, ParseIndex(name, text));
    ABSL_ASSIGN_OR_RETURN(entry, ChoosePlatform(tree, name, index, choice.platform));
  }
  return entry;
}

absl::Status CheckPlatform(std::string_view config_name, const ImageConfig& config,
                           const Platform& wanted) {
  const Platform found = {
      .os = config.os(), .architecture = config.architecture(), .variant = config.variant()};
  if (MatchQuality(wanted, found) > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(config_name, ": found an image for ",
                                                 found.ToString(), "; expected one for ",
                                                 wanted.ToString()));
}

absl::Status CheckLayers(std::string_view manifest_name, const ImageManifest& manifest) {
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    if (absl::StrContains(manifest.layers[i].media_type, "+encrypted")) {
      return absl::UnimplementedError(absl::StrCat(
          manifest_name, ": layers[", i, "] is encrypted (", manifest.layers[i].media_type,
          "); expected a layer that can be read without a key"));
    }
  }
  return absl::OkStatus();
}

// The media type of a layer that comes without descriptor: told by its first bytes.
std::string MediaTypeOf(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b")) return absl::StrCat(kOciLayer, "+gzip");
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) return absl::StrCat(kOciLayer, "+zstd");
  if (first_bytes.starts_with("\xfd\x37zX")) return absl::StrCat(kOciLayer, "+xz");
  return std::string(kOciLayer);
}

// Makes up the descriptor of a layer of a Docker archive, which stores none.
absl::StatusOr<OciDescriptor> DescribeLayer(const BlobRange& range, std::string_view diff_id) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(range.path));
  std::string first_bytes(std::min<uint64_t>(4, range.size), '\0');
  ABSL_RETURN_IF_ERROR(file.ReadAt(range.offset, absl::MakeSpan(first_bytes)).status());
  OciDescriptor layer;
  layer.media_type = MediaTypeOf(first_bytes);
  layer.size = range.size;
  layer.digest = diff_id;
  // A plain tar is what the diff_id is the digest of; other layers must be read to be named.
  if (layer.media_type != kOciLayer) {
    FileRange content(file, range.offset, range.size);
    Sha256 hash;
    ABSL_RETURN_IF_ERROR(CopyAll(content, hash).status());
    layer.digest = OciDigest(hash.Finish());
  }
  return layer;
}

// What the image can be called: its tags, or else its configuration.
std::vector<std::string> ReferencesOf(const DockerImage& image) {
  return image.repo_tags.empty() ? std::vector{image.config} : image.repo_tags;
}

absl::StatusOr<DockerImage> ChooseDockerImage(std::string_view name,
                                              const std::vector<DockerImage>& images,
                                              const ImageChoice& choice) {
  if (choice.reference.empty() && images.size() == 1) return images[0];
  std::vector<std::string> references;
  for (const DockerImage& image : images) {
    for (const std::string& reference : ReferencesOf(image)) {
      if (reference == choice.reference) return image;
      references.push_back(reference);
    }
  }
  const std::string there_is =
      references.empty() ? "none" : absl::StrCat("\"", absl::StrJoin(references, "\", \""), "\"");
  if (choice.reference.empty() && !images.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": found ", images.size(), " images (",
                                                   there_is, ")",
                                                   ChooseByReference(choice, references.front())));
  }
  return absl::NotFoundError(absl::StrCat(name, ": found no image named \"", choice.reference,
                                          "\"; there is: ", there_is));
}

ImageLayers::Layer ToProto(const OciDescriptor& layer, const std::string& diff_id) {
  ImageLayers::Layer proto;
  proto.set_media_type(layer.media_type);
  proto.set_digest(layer.digest);
  proto.set_size(layer.size);
  proto.set_diff_id(diff_id);
  return proto;
}

absl::Status CheckLayerCount(std::string_view manifest_name, size_t layers,
                             std::string_view config_name, size_t diff_ids) {
  if (layers == diff_ids) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(config_name, ": rootfs.diff_ids: found ", diff_ids,
                                                 " digests; expected ", layers,
                                                 ", one for each layer of ", manifest_name));
}

}  // namespace

absl::StatusOr<ImageSource> ImageSource::Make(Parts parts) {
  const std::vector<std::string>& diff_ids = parts.config.diff_ids;
  ABSL_RETURN_IF_ERROR(CheckLayers(parts.manifest_name, parts.manifest));
  ABSL_RETURN_IF_ERROR(CheckLayerCount(parts.manifest_name, parts.manifest.layers.size(),
                                       parts.config_name, diff_ids.size()));
  ImageSource image;
  for (size_t i = 0; i < diff_ids.size(); ++i) {
    *image.layers_.add_layers() = ToProto(parts.manifest.layers[i], diff_ids[i]);
  }
  image.layers_.set_chain_id(ChainId(diff_ids));
  image.config_ = std::move(parts.config.config);
  image.config_.set_chain_id(image.layers_.chain_id());
  image.config_.set_manifest_digest(parts.manifest_digest);
  image.config_document_ = std::move(parts.config_document);
  image.ranges_ = std::move(parts.ranges);
  return image;
}

absl::StatusOr<ImageSource> ImageSource::FromOci(const BlobTree& tree, const ImageChoice& choice) {
  ABSL_ASSIGN_OR_RETURN(const OciDescriptor entry, FindManifest(tree, choice));
  Parts parts;
  parts.manifest_name = tree.NameOf(BlobName(entry.digest));
  parts.manifest_digest = entry.digest;
  ABSL_ASSIGN_OR_RETURN(const std::string manifest, ReadBlob(tree, entry));
  ABSL_ASSIGN_OR_RETURN(parts.manifest, ParseManifest(parts.manifest_name, manifest));
  parts.config_name = tree.NameOf(BlobName(parts.manifest.config.digest));
  ABSL_ASSIGN_OR_RETURN(parts.config_document, ReadBlob(tree, parts.manifest.config));
  ABSL_ASSIGN_OR_RETURN(parts.config, ParseConfig(parts.config_name, parts.config_document));
  // An index says for what platform its images are, and some configurations are wrong about it.
  if (!entry.platform) {
    ABSL_RETURN_IF_ERROR(CheckPlatform(parts.config_name, parts.config.config, choice.platform));
  }
  for (const OciDescriptor& layer : parts.manifest.layers) {
    ABSL_ASSIGN_OR_RETURN(parts.ranges.emplace_back(), FindBlob(tree, layer));
  }
  return Make(std::move(parts));
}

absl::StatusOr<ImageSource> ImageSource::FromDocker(const BlobTree& tree,
                                                    const ImageChoice& choice) {
  Parts parts;
  parts.manifest_name = tree.NameOf(kDockerFile);
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadDocument(tree, kDockerFile));
  ABSL_ASSIGN_OR_RETURN(const auto images, ParseDockerArchive(parts.manifest_name, text));
  ABSL_ASSIGN_OR_RETURN(const DockerImage image,
                        ChooseDockerImage(parts.manifest_name, images, choice));
  parts.config_name = tree.NameOf(image.config);
  ABSL_ASSIGN_OR_RETURN(parts.config_document, ReadDocument(tree, image.config));
  ABSL_ASSIGN_OR_RETURN(parts.config, ParseConfig(parts.config_name, parts.config_document));
  ABSL_RETURN_IF_ERROR(CheckPlatform(parts.config_name, parts.config.config, choice.platform));
  ABSL_RETURN_IF_ERROR(CheckLayerCount(parts.manifest_name, image.layers.size(), parts.config_name,
                                       parts.config.diff_ids.size()));
  parts.manifest_digest = OciDigest(Sha256Of(parts.config_document));
  for (size_t i = 0; i < image.layers.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree.Find(image.layers[i]));
    ABSL_ASSIGN_OR_RETURN(parts.manifest.layers.emplace_back(),
                          DescribeLayer(range, parts.config.diff_ids[i]));
    parts.ranges.push_back(range);
  }
  return Make(std::move(parts));
}

absl::StatusOr<ImageSource> ImageSource::Open(const BlobTree& tree, std::string_view name,
                                              const ImageChoice& choice) {
  if (tree.Find(kIndexFile).ok()) return FromOci(tree, choice);
  if (tree.Find(kDockerFile).ok()) return FromDocker(tree, choice);
  return absl::InvalidArgumentError(absl::StrCat(name, " is not an image: found neither \"",
                                                 kIndexFile, "\" (OCI) nor \"", kDockerFile,
                                                 "\" (docker save) in it"));
}

absl::StatusOr<ImageSource> ImageSource::OpenLayout(const std::string& directory,
                                                    const ImageChoice& choice) {
  return Open(*BlobTree::OfDirectory(directory), directory, choice);
}

absl::StatusOr<ImageSource> ImageSource::OpenArchive(const std::string& path,
                                                     const ImageChoice& choice) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<BlobTree> tree,
                        BlobTree::OpenArchive(path, {.label = choice.label}));
  return Open(*tree, path, choice);
}

absl::StatusOr<ImageSource> ImageSource::OpenFiles(const ImageFiles& files,
                                                   const Platform& platform) {
  Parts parts;
  parts.manifest_name = files.manifest;
  parts.config_name = files.config;
  ABSL_ASSIGN_OR_RETURN(const std::string manifest, ReadFile(files.manifest, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(parts.manifest, ParseManifest(files.manifest, manifest));
  parts.manifest_digest = OciDigest(Sha256Of(manifest));
  ABSL_ASSIGN_OR_RETURN(parts.config_document, ReadFile(files.config, kMaxJsonBytes));
  ABSL_RETURN_IF_ERROR(CheckBlobDigest(files.config, parts.config_document, parts.manifest.config));
  ABSL_ASSIGN_OR_RETURN(parts.config, ParseConfig(files.config, parts.config_document));
  ABSL_RETURN_IF_ERROR(CheckPlatform(files.config, parts.config.config, platform));
  if (!files.layers.empty() && files.layers.size() != parts.manifest.layers.size()) {
    return absl::InvalidArgumentError(absl::StrCat(files.manifest, ": got ", files.layers.size(),
                                                   " layer files; expected ",
                                                   parts.manifest.layers.size()));
  }
  for (size_t i = 0; i < files.layers.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(parts.ranges.emplace_back(), BlobRange::OfFile(files.layers[i]));
    ABSL_RETURN_IF_ERROR(
        CheckBlobSize(files.layers[i], parts.ranges[i].size, parts.manifest.layers[i]));
  }
  return Make(std::move(parts));
}

}  // namespace linuxkit
