// LinuxKit format, section 2.9:
//
//   oci-layout
//   blobs/sha256/CONFIG, LAYER..., MANIFEST   for each image
//   blobs/sha256/INDEX                        byte for byte, so it has its digest
//   index.json                                leads to INDEX and gives it its name
#include "tools/bundle/oci_layout.h"

#include <memory>
#include <set>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/oci/index_document.h"
#include "tools/oci/select_images.h"
#include "tools/oci/verified_blob.h"

namespace linuxkit {
namespace {

constexpr std::string_view kLayoutFile = "{\n\t\t\"imageLayoutVersion\": \"1.0.0\"\n\t}";
constexpr Attributes kDirectory = {.mode = 0755, .mtime = 0};
constexpr Attributes kFile = {.mode = 0644, .mtime = 0};

class LayoutWriter {
 public:
  LayoutWriter(const IndexSource& index, std::string_view directory, SegmentWriter& writer)
      : index_(index), directory_(directory), writer_(writer) {}

  absl::Status AddFrame() {
    ABSL_RETURN_IF_ERROR(writer_.AddFile(Path("oci-layout"), kFile, kLayoutFile));
    ABSL_RETURN_IF_ERROR(writer_.AddDirectory(Path("blobs"), kDirectory));
    return writer_.AddDirectory(Path("blobs/sha256"), kDirectory);
  }

  absl::Status AddImage(const OciDescriptor& image) {
    const std::string name = index_.blobs->NameOf(BlobName(image.digest));
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadBlob(*index_.blobs, image));
    ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(name, text));
    ABSL_RETURN_IF_ERROR(AddBlob(manifest.config));
    for (const OciDescriptor& layer : manifest.layers) ABSL_RETURN_IF_ERROR(AddBlob(layer));
    return AddBlob(image);
  }

  absl::Status AddIndex() {
    const OciDescriptor entry = {.media_type = index_.media_type,
                                 .digest = OciDigest(Sha256Of(index_.text)),
                                 .size = index_.text.size()};
    ABSL_RETURN_IF_ERROR(writer_.AddFile(Path(BlobName(entry.digest)), kFile, index_.text));
    return writer_.AddFile(Path("index.json"), kFile,
                           LinuxkitIndexDocument(entry, index_.reference));
  }

 private:
  std::string Path(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  absl::Status AddBlob(const OciDescriptor& blob) {
    if (!written_.insert(blob.digest).second) return absl::OkStatus();
    ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<VerifiedBlob> content,
                          VerifiedBlob::Open(*index_.blobs, blob));
    return writer_.AddFile({Path(BlobName(blob.digest))}, kFile, blob.size, *content);
  }

  const IndexSource& index_;
  std::string_view directory_;
  SegmentWriter& writer_;
  std::set<std::string> written_;
};

}  // namespace

absl::Status AddOciLayout(const IndexSource& index, absl::Span<const std::string> platforms,
                          std::string_view directory, SegmentWriter& writer) {
  ABSL_ASSIGN_OR_RETURN(const ImageIndex content, ParseIndex(index.name, index.text));
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> images,
                        SelectImages(index.name, content, platforms));
  LayoutWriter layout(index, directory, writer);
  ABSL_RETURN_IF_ERROR(layout.AddFrame());
  for (const OciDescriptor& image : images) ABSL_RETURN_IF_ERROR(layout.AddImage(image));
  return layout.AddIndex();
}

}  // namespace linuxkit
