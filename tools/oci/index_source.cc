#include "tools/oci/index_source.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/oci/index_document.h"
#include "tools/oci/json.h"
#include "tools/oci/verified_blob.h"

namespace linuxkit {
namespace {

constexpr std::string_view kIndexFile = "index.json";

// Blobs that are files of their own, or ranges of others.
class FileTree : public BlobTree {
 public:
  void Add(std::string_view digest, std::string path) {
    paths_[BlobName(digest)] = std::move(path);
  }
  void Add(std::string_view digest, BlobRange range) {
    ranges_[BlobName(digest)] = std::move(range);
  }

  absl::StatusOr<BlobRange> Find(std::string_view name) const override {
    const auto found = paths_.find(name);
    if (found != paths_.end()) return BlobRange::OfFile(found->second);
    const auto range = ranges_.find(name);
    if (range != ranges_.end()) return range->second;
    return absl::NotFoundError(absl::StrCat("nothing says where ", name, " is; expected --blob"));
  }

  std::string NameOf(std::string_view name) const override {
    const auto found = paths_.find(name);
    return found == paths_.end() ? std::string(name) : found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> paths_;
  std::map<std::string, BlobRange, std::less<>> ranges_;
};

// Indexes say their media type; OCI's may leave it out.
absl::StatusOr<std::string> MediaTypeOf(const std::string& name, const std::string& text) {
  ABSL_RETURN_IF_ERROR(ParseIndex(name, text).status());
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  ABSL_ASSIGN_OR_RETURN(const auto media_type, document.root().Optional("mediaType"));
  return media_type ? media_type->String() : std::string(kOciIndex);
}

// Puts an index around an image that has none. Its platform is what its configuration says.
absl::Status Wrap(OciDescriptor manifest, IndexSource& source) {
  const std::string manifest_name = source.blobs->NameOf(BlobName(manifest.digest));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadBlob(*source.blobs, manifest));
  ABSL_ASSIGN_OR_RETURN(const ImageManifest content, ParseManifest(manifest_name, text));
  const std::string config_name = source.blobs->NameOf(BlobName(content.config.digest));
  ABSL_ASSIGN_OR_RETURN(const std::string config_text, ReadBlob(*source.blobs, content.config));
  ABSL_ASSIGN_OR_RETURN(const ParsedConfig config, ParseConfig(config_name, config_text));
  manifest.platform = Platform{.os = config.config.os(),
                               .architecture = config.config.architecture(),
                               .variant = config.config.variant()};
  source.name = manifest_name;
  source.media_type = kOciIndex;
  source.text = IndexDocument(manifest, "");
  return absl::OkStatus();
}

std::string ReferenceOf(const OciDescriptor& entry, std::string fallback) {
  const auto annotation = entry.annotations.find(std::string(kReferenceKey));
  return annotation == entry.annotations.end() ? std::move(fallback) : annotation->second;
}

absl::StatusOr<OciDescriptor> FindEntry(const BlobTree& tree, const ImageChoice& choice) {
  const std::string name = tree.NameOf(kIndexFile);
  ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree.Find(kIndexFile));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadRange(name, range, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(name, text));
  return ChooseEntry(tree, name, index, choice);
}

}  // namespace

absl::StatusOr<IndexSource> IndexSource::OfFiles(const std::string& index, std::string reference,
                                                 const std::vector<std::string>& blobs) {
  IndexSource source = {.reference = std::move(reference)};
  source.name = source.reference;
  ABSL_ASSIGN_OR_RETURN(source.text, ReadFile(index, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(source.media_type, MediaTypeOf(source.name, source.text));
  auto tree = std::make_unique<FileTree>();
  for (const std::string& word : blobs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (!IsSha256Digest(parts.first) || parts.second.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--blob=", word, ": expected --blob=DIGEST=PATH"));
    }
    tree->Add(parts.first, parts.second);
  }
  source.blobs = std::move(tree);
  return source;
}

absl::StatusOr<IndexSource> IndexSource::OfTree(std::unique_ptr<BlobTree> tree,
                                                std::string fallback, const ImageChoice& choice) {
  ABSL_ASSIGN_OR_RETURN(const OciDescriptor entry, FindEntry(*tree, choice));
  IndexSource source = {.reference = ReferenceOf(entry, std::move(fallback)),
                        .name = tree->NameOf(BlobName(entry.digest))};
  source.blobs = std::move(tree);
  if (!entry.IsIndex()) {
    ABSL_RETURN_IF_ERROR(Wrap(entry, source));
    return source;
  }
  source.media_type = entry.media_type;
  ABSL_ASSIGN_OR_RETURN(source.text, ReadBlob(*source.blobs, entry));
  return source;
}

absl::StatusOr<IndexSource> IndexSource::OfImage(const std::string& manifest,
                                                 const std::string& config, const BlobFlags& layers,
                                                 std::string reference) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(manifest, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(const ImageManifest content, ParseManifest(manifest, text));
  ABSL_ASSIGN_OR_RETURN(const BlobLocations blobs, BlobLocations::Find(layers, LayersOf(content)));
  const OciDescriptor descriptor = {.media_type = std::string(kOciManifest),
                                    .digest = OciDigest(Sha256Of(text)),
                                    .size = text.size()};
  auto tree = std::make_unique<FileTree>();
  tree->Add(descriptor.digest, manifest);
  tree->Add(content.config.digest, config);
  for (const OciDescriptor& layer : content.layers) {
    ABSL_ASSIGN_OR_RETURN(BlobRange range, blobs.Range(layer.digest));
    tree->Add(layer.digest, std::move(range));
  }
  IndexSource source = {.reference = std::move(reference)};
  source.blobs = std::move(tree);
  ABSL_RETURN_IF_ERROR(Wrap(descriptor, source));
  return source;
}

}  // namespace linuxkit
