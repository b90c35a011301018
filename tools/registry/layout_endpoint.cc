#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/oci/blob_range.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/json.h"
#include "tools/registry/endpoint.h"

namespace linuxkit {
namespace {

bool IsNamed(const OciDescriptor& entry, std::string_view name) {
  for (const char* key : {kReferenceKey, kContainerdNameKey}) {
    const auto annotation = entry.annotations.find(key);
    if (annotation != entry.annotations.end() && annotation->second == name) return true;
  }
  return false;
}

class LayoutEndpoint : public Endpoint {
 public:
  explicit LayoutEndpoint(const std::string& directory) : tree_(BlobTree::OfDirectory(directory)) {}

  absl::StatusOr<ManifestFile> GetManifest(const ImageReference& reference) override {
    std::string digest = reference.digest;
    if (digest.empty()) {
      ABSL_ASSIGN_OR_RETURN(digest, FindDigest(reference));
    }
    const std::string name = tree_->NameOf(BlobName(digest));
    ABSL_ASSIGN_OR_RETURN(std::string text, Read(BlobName(digest)));
    ABSL_ASSIGN_OR_RETURN(ManifestFile file, DescribeManifest(name, std::move(text), ""));
    if (file.descriptor.digest == digest) return file;
    return absl::DataLossError(absl::StrCat(name, ": found content of digest ",
                                            file.descriptor.digest, "; expected ", digest));
  }

  absl::Status GetBlob(const ImageReference&, VerifyingSink& sink) override {
    const std::string name = BlobName(sink.blob().digest);
    const absl::Status status = Copy(name, sink);
    if (status.ok() || absl::IsNotFound(status)) return status;
    return absl::Status(status.code(), absl::StrCat(tree_->NameOf(name), ": ", status.message()));
  }

 private:
  static std::string BlobName(std::string_view digest) {
    return absl::StrCat("blobs/sha256/", digest.substr(std::string_view("sha256:").size()));
  }

  absl::StatusOr<std::string> Read(const std::string& name) const {
    ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree_->Find(name));
    return ReadRange(tree_->NameOf(name), range, kMaxJsonBytes);
  }

  // The digest of the image that index.json has under this name; "latest" if it has no tag.
  absl::StatusOr<std::string> FindDigest(const ImageReference& reference) const {
    const std::string name = tree_->NameOf("index.json");
    ABSL_ASSIGN_OR_RETURN(const std::string text, Read("index.json"));
    ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(name, text));
    const std::string full = absl::StrCat(reference.name, ":", reference.Object());
    for (const OciDescriptor& entry : index.manifests) {
      if (IsNamed(entry, full) || IsNamed(entry, reference.ToString())) return entry.digest;
    }
    return absl::NotFoundError(absl::StrCat(name, ": found no image named \"", full,
                                            "\"; expected one with this name in full as its "
                                            "annotation org.opencontainers.image.ref.name"));
  }

  absl::Status Copy(const std::string& name, VerifyingSink& sink) const {
    ABSL_ASSIGN_OR_RETURN(const BlobRange range, tree_->Find(name));
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(range.path));
    if (range.size != sink.blob().size) {
      return absl::DataLossError(
          absl::StrCat("found ", range.size, " bytes; expected ", sink.blob().size));
    }
    ABSL_RETURN_IF_ERROR(sink.Restart());
    FileRange content(file);
    ABSL_RETURN_IF_ERROR(CopyAll(content, sink).status());
    return sink.CheckDigest();
  }

  std::unique_ptr<BlobTree> tree_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeLayoutEndpoint(const std::string& directory) {
  return std::make_unique<LayoutEndpoint>(directory);
}

}  // namespace linuxkit
