#include <algorithm>
#include <optional>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/base/sha256.h"
#include "tools/oci/json.h"
#include "tools/registry/endpoint.h"

namespace linuxkit {
namespace {

bool IsKnown(std::string_view media_type) {
  return media_type == kOciIndex || media_type == kOciManifest || media_type == kDockerIndex ||
         media_type == kDockerManifest;
}

// An OCI document need not say what it is.
absl::StatusOr<std::string> GuessMediaType(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const auto manifests, root.Optional("manifests"));
  if (manifests) return std::string(kOciIndex);
  ABSL_ASSIGN_OR_RETURN(const auto layers, root.Optional("layers"));
  if (layers) return std::string(kOciManifest);
  return root.Unexpected("an index with \"manifests\" or a manifest with \"layers\"");
}

absl::StatusOr<std::string> MediaType(const std::string& name, const std::string& text,
                                      std::string_view content_type) {
  ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(name, text));
  ABSL_ASSIGN_OR_RETURN(const auto written, document.root().Optional("mediaType"));
  if (written) {
    ABSL_ASSIGN_OR_RETURN(std::string media_type, written->String());
    if (IsKnown(media_type)) return media_type;
    return written->Unexpected("the media type of an OCI or Docker (schema 2) manifest or index");
  }
  content_type = absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  if (IsKnown(content_type)) return std::string(content_type);
  return GuessMediaType(document.root());
}

}  // namespace

absl::StatusOr<ManifestFile> DescribeManifest(const std::string& name, std::string text,
                                              std::string_view content_type) {
  ManifestFile file;
  ABSL_ASSIGN_OR_RETURN(file.descriptor.media_type, MediaType(name, text, content_type));
  file.descriptor.digest = OciDigest(Sha256Of(text));
  file.descriptor.size = text.size();
  file.text = std::move(text);
  return file;
}

}  // namespace linuxkit
