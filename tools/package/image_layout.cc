#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/blob_range.h"
#include "tools/oci/documents.h"
#include "tools/oci/index_document.h"
#include "tools/oci/json.h"
#include "tools/package/image_writer.h"

namespace linuxkit {
namespace {

// Bazel makes the directory itself before the action runs.
absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
}

// Copies a blob to its place, which its digest names. Not a link: Bazel would then change the mode
// of its input.
absl::Status CopyBlob(const BlobRange& range, const OciDescriptor& blob,
                      const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(range.path));
  const std::string_view hex = std::string_view(blob.digest).substr(blob.digest.find(':') + 1);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> copy,
                        OutputFile::Create(absl::StrCat(directory, "/blobs/sha256/", hex)));
  FileRange content(file, range.offset, range.size);
  Sha256 hash;
  ABSL_RETURN_IF_ERROR(CopyAll(content, hash).status());
  ABSL_RETURN_IF_ERROR(copy->AppendRange(file, range.offset, range.size));
  if (const std::string found = OciDigest(hash.Finish()); found != blob.digest) {
    return absl::DataLossError(
        absl::StrCat(range.path, ": found digest ", found, "; expected ", blob.digest));
  }
  return copy->Commit();
}

absl::Status CopyFile(const std::string& path, const OciDescriptor& blob,
                      const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const BlobRange file, BlobRange::OfFile(path));
  return CopyBlob(file, blob, directory);
}

absl::Status CopyLayers(const ImageManifest& manifest, const BlobFlags& flags,
                        const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const BlobLocations layers, BlobLocations::Find(flags, LayersOf(manifest)));
  for (const OciDescriptor& layer : manifest.layers) {
    ABSL_ASSIGN_OR_RETURN(const BlobRange range, layers.Range(layer.digest));
    ABSL_RETURN_IF_ERROR(CopyBlob(range, layer, directory));
  }
  return absl::OkStatus();
}

// The descriptor of the manifest, with the platform its configuration tells.
absl::StatusOr<OciDescriptor> DescribeManifest(const std::string& manifest,
                                               const std::string& config_path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(config_path, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(const ParsedConfig config, ParseConfig(config_path, text));
  OciDescriptor descriptor;
  descriptor.media_type = kOciManifest;
  descriptor.digest = OciDigest(Sha256Of(manifest));
  descriptor.size = manifest.size();
  descriptor.platform = Platform{.os = config.config.os(),
                                 .architecture = config.config.architecture(),
                                 .variant = config.config.variant()};
  return descriptor;
}

}  // namespace

absl::Status WriteLayout(const LayoutFiles& files, const std::string& reference,
                         const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(files.manifest, kMaxJsonBytes));
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest, ParseManifest(files.manifest, text));
  ABSL_ASSIGN_OR_RETURN(const OciDescriptor descriptor, DescribeManifest(text, files.config));
  for (const std::string_view part : {"", "/blobs", "/blobs/sha256"}) {
    ABSL_RETURN_IF_ERROR(MakeDirectory(absl::StrCat(directory, part)));
  }
  ABSL_RETURN_IF_ERROR(CopyFile(files.manifest, descriptor, directory));
  ABSL_RETURN_IF_ERROR(CopyFile(files.config, manifest.config, directory));
  ABSL_RETURN_IF_ERROR(CopyLayers(manifest, files.layers, directory));
  ABSL_RETURN_IF_ERROR(
      WriteFile(absl::StrCat(directory, "/oci-layout"), R"({"imageLayoutVersion":"1.0.0"})"));
  return WriteFile(absl::StrCat(directory, "/index.json"), IndexDocument(descriptor, reference));
}

}  // namespace linuxkit
