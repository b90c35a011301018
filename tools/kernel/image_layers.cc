#include "tools/kernel/image_layers.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/kernel/tar_input.h"
#include "tools/oci/image.pb.h"

namespace linuxkit {
namespace {

absl::StatusOr<LayerBlob> WholeFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  return LayerBlob{.path = path, .offset = 0, .size = file.size()};
}

absl::StatusOr<LayerBlob> InLayout(const std::string& layout, std::string_view digest) {
  if (!absl::ConsumePrefix(&digest, "sha256:")) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer digest \"", digest, "\": expected sha256 and 64 hex digits"));
  }
  return WholeFile(absl::StrCat(layout, "/blobs/sha256/", digest));
}

// The part of a --blob behind "DIGEST=".
absl::StatusOr<LayerBlob> ParseBlob(std::string_view place) {
  const std::vector<std::string> parts = absl::StrSplit(place, ':');
  if (parts.size() == 1) return WholeFile(parts[0]);
  LayerBlob blob = {.path = parts[0]};
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &blob.offset) ||
      !absl::SimpleAtoi(parts[2], &blob.size)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--blob: found \"", place, "\", expected PATH or PATH:OFFSET:SIZE"));
  }
  return blob;
}

absl::StatusOr<LayerBlob> AmongBlobs(const std::vector<std::string>& blobs,
                                     std::string_view digest) {
  for (std::string_view blob : blobs) {
    if (absl::ConsumePrefix(&blob, digest) && absl::ConsumePrefix(&blob, "=")) {
      return ParseBlob(blob);
    }
  }
  return absl::NotFoundError(absl::StrCat("no --blob for layer ", digest));
}

absl::Status CheckDigest(const LayerBlob& blob, std::string_view digest) {
  ABSL_ASSIGN_OR_RETURN(const auto bytes, OpenFileRange(blob.path, blob.offset, blob.size));
  Sha256 hash;
  ABSL_RETURN_IF_ERROR(CopyAll(*bytes, hash).status());
  const std::string found = OciDigest(hash.Finish());
  if (found == digest) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("layer ", blob.path, " has digest ", found, ", expected ", digest));
}

}  // namespace

absl::StatusOr<std::vector<LayerBlob>> FindLayers(const std::string& path,
                                                  const LayerFlags& flags) {
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  ImageLayers image;
  if (!image.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not an ImageLayers message"));
  }
  const size_t count = static_cast<size_t>(image.layers_size());
  if (!flags.layers.empty() && flags.layers.size() != count) {
    return absl::InvalidArgumentError(absl::StrCat("found ", flags.layers.size(),
                                                   " --layer flags, expected ", count,
                                                   ", one for each layer of ", path));
  }
  std::vector<LayerBlob> result;
  for (const ImageLayers::Layer& layer : image.layers()) {
    const absl::StatusOr<LayerBlob> blob =
        !flags.layers.empty() ? WholeFile(flags.layers[result.size()])
        : flags.layout        ? InLayout(*flags.layout, layer.digest())
                              : AmongBlobs(flags.blobs, layer.digest());
    ABSL_RETURN_IF_ERROR(blob.status());
    ABSL_RETURN_IF_ERROR(CheckDigest(*blob, layer.digest()));
    result.push_back(*blob);
  }
  return result;
}

}  // namespace linuxkit
