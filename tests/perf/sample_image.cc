#include "tests/perf/sample_image.h"

#include <memory>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/hashing_sink.h"
#include "tools/base/sha256.h"
#include "tools/compress/parallel_gzip.h"
#include "tools/oci/image.pb.h"
#include "tools/package/tar_writer.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {
namespace {

constexpr int kThreads = 2;

absl::Status AddParents(std::string_view path, std::unordered_set<std::string>& known,
                        TarWriter& tar) {
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string parent(path.substr(0, slash));
    if (!known.insert(parent).second) continue;
    ABSL_RETURN_IF_ERROR(
        tar.AddHeader({.path = parent, .type = TarEntry::Type::kDirectory, .mode = 0755}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteTar(const std::vector<SampleFile>& files, ByteSink& sink) {
  TarWriter tar(sink);
  std::unordered_set<std::string> known;
  for (const SampleFile& sample : files) {
    absl::StatusOr<InputFile> file = InputFile::Open(sample.path);
    if (!file.ok()) continue;  // Another user's.
    const std::string_view path = std::string_view(sample.path).substr(1);
    ABSL_RETURN_IF_ERROR(AddParents(path, known, tar));
    FileRange content(*file);
    ABSL_RETURN_IF_ERROR(
        tar.Add({.path = std::string(path), .mode = 0644, .size = file->size()}, content));
  }
  return tar.Finish();
}

absl::StatusOr<SampleImage> MakeImage(const std::function<absl::Status(ByteSink&)>& write_tar,
                                      const std::string& stem, int level) {
  SampleImage image = {.layer = stem + ".tar.gz", .layers = stem + ".pb"};
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(image.layer));
  HashingSink stored(*file);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ParallelGzip> gzip,
                        ParallelGzip::Create(level, kThreads, stored));
  HashingSink tar(*gzip);
  ABSL_RETURN_IF_ERROR(write_tar(tar));
  ABSL_RETURN_IF_ERROR(gzip->Finish());
  ABSL_RETURN_IF_ERROR(file->Commit());
  image.stored_bytes = stored.size();
  image.tar_bytes = tar.size();
  ImageLayers layers;
  ImageLayers::Layer& layer = *layers.add_layers();
  layer.set_digest(OciDigest(stored.Finish()));
  layer.set_size(stored.size());
  layer.set_diff_id(OciDigest(tar.Finish()));
  layers.set_chain_id(layer.diff_id().substr(layer.diff_id().find(':') + 1));
  ABSL_RETURN_IF_ERROR(WriteFile(image.layers, layers.SerializeAsString()));
  return image;
}

}  // namespace linuxkit
