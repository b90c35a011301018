// entries -> TarWriter -> (diff_id hash, Compressor) -> (digest hash, file)
#include "tools/package/layer_writer.h"

#include <fnmatch.h>

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/hashing_sink.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/package/layer_plan.h"
#include "tools/package/merge_usr.h"
#include "tools/package/tar_writer.h"

namespace linuxkit {
namespace {

// What a running system does not read. Debian policy puts licences below usr/share/doc: who gives
// the image away has to publish them elsewhere.
constexpr std::string_view kDocs[] = {"usr/share/doc", "usr/share/man", "usr/share/locale",
                                      "usr/share/lintian"};

bool IsDocumentation(std::string_view path) {
  for (const std::string_view directory : kDocs) {
    if (path.starts_with(directory) &&
        (path.size() == directory.size() || path[directory.size()] == '/')) {
      return true;
    }
  }
  return false;
}

std::function<bool(std::string_view)> ExclusionOf(const LayerOptions& options) {
  return [&options](std::string_view path) {
    if (options.strip_docs && IsDocumentation(path)) return true;
    const std::string name(path);
    for (const std::string& pattern : options.excludes) {
      if (fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME | FNM_LEADING_DIR) == 0) return true;
    }
    return false;
  };
}

using Visitor =
    std::function<absl::Status(std::string_view owner, const TarEntry& entry, ByteSource& content)>;

absl::Status WithContext(std::string_view context, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(context, ": ", status.message()));
}

// Visits the entries of all inputs with their final paths.
absl::Status VisitAll(const std::vector<std::unique_ptr<LayerInput>>& inputs, bool merge_usr,
                      const Visitor& visitor) {
  if (merge_usr) {
    StringSource nothing("");
    for (const TarEntry& entry : MergedUsrEntries()) {
      ABSL_RETURN_IF_ERROR(visitor("--merge_usr", entry, nothing));
    }
  }
  for (const std::unique_ptr<LayerInput>& input : inputs) {
    ABSL_RETURN_IF_ERROR(input->Visit([&](const TarEntry& entry, ByteSource& content) {
      TarEntry moved = entry;
      const absl::Status status = merge_usr ? MoveIntoUsr(moved) : absl::OkStatus();
      return status.ok() ? visitor(input->name(), moved, content)
                         : WithContext(input->name(), status);
    }));
  }
  return absl::OkStatus();
}

// Writes the tar of all inputs: a first pass to decide, a second to write.
absl::Status WriteTar(const std::vector<std::unique_ptr<LayerInput>>& inputs,
                      const LayerOptions& options, ByteSink& sink) {
  LayerPlan plan(ExclusionOf(options), !options.on_top);
  ABSL_RETURN_IF_ERROR(VisitAll(inputs, options.merge_usr,
                                [&plan](std::string_view owner, const TarEntry& entry,
                                        ByteSource&) { return plan.Add(owner, entry); }));
  TarWriter writer(sink);
  const auto write = [&](std::string_view owner, const TarEntry& entry, ByteSource& content) {
    for (const TarEntry& planned : plan.Take(entry)) {
      const absl::Status status = writer.Add(planned, content);
      if (!status.ok()) return WithContext(owner, status);
    }
    return absl::OkStatus();
  };
  ABSL_RETURN_IF_ERROR(VisitAll(inputs, options.merge_usr, write));
  return writer.Finish();
}

std::string MediaTypeOf(Compression::Format format) {
  switch (format) {
    case Compression::Format::kNone:
      return std::string(kOciLayer);
    case Compression::Format::kGzip:
      return absl::StrCat(kOciLayer, "+gzip");
    case Compression::Format::kZstd:
      return absl::StrCat(kOciLayer, "+zstd");
  }
  return "";
}

}  // namespace

absl::StatusOr<ImageLayers::Layer> WriteLayer(
    const std::vector<std::unique_ptr<LayerInput>>& inputs, const LayerOptions& options,
    const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  HashingSink blob(*file);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<Compressor> compressor,
                        Compressor::Create(options.compression, blob));
  HashingSink tar(*compressor);
  ABSL_RETURN_IF_ERROR(WriteTar(inputs, options, tar));
  ABSL_RETURN_IF_ERROR(compressor->Finish());
  ImageLayers::Layer layer;
  layer.set_media_type(MediaTypeOf(options.compression.format));
  layer.set_digest(OciDigest(blob.Finish()));
  layer.set_size(file->size());
  layer.set_diff_id(OciDigest(tar.Finish()));
  ABSL_RETURN_IF_ERROR(file->Commit());
  return layer;
}

}  // namespace linuxkit
