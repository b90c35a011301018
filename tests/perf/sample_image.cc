#include "tests/perf/sample_image.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/compress/parallel_gzip.h"
#include "tools/oci/image.pb.h"
#include "tools/package/tar_writer.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

constexpr int kThreads = 2;
// One file must not be most of an image.
constexpr uint64_t kLargestFile = 8 << 20;

// Hashes and counts what it passes on.
class HashingSink : public ByteSink {
 public:
  explicit HashingSink(ByteSink& sink) : sink_(sink) {}
  absl::Status Append(std::string_view bytes) override {
    hash_.Update(bytes);
    size_ += bytes.size();
    return sink_.Append(bytes);
  }
  std::string Digest() { return OciDigest(hash_.Finish()); }
  uint64_t size() const { return size_; }

 private:
  ByteSink& sink_;
  Sha256 hash_;
  uint64_t size_ = 0;
};

std::vector<SampleFile> FilesBelow(const std::string& root) {
  std::vector<SampleFile> files;
  std::error_code ignored;
  for (fs::recursive_directory_iterator
           entry(root, fs::directory_options::skip_permission_denied, ignored),
       end;
       entry != end; entry.increment(ignored)) {
    if (!entry->is_regular_file(ignored) || entry->is_symlink(ignored)) continue;
    const uint64_t size = entry->file_size(ignored);
    if (size <= kLargestFile) files.push_back({.path = entry->path().string(), .size = size});
  }
  std::sort(files.begin(), files.end(),
            [](const SampleFile& a, const SampleFile& b) { return a.path < b.path; });
  return files;
}

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

absl::StatusOr<FileSampler> FileSampler::Scan(const std::string& root, uint64_t bytes) {
  const std::vector<SampleFile> files = FilesBelow(root);
  uint64_t total = 0;
  for (const SampleFile& file : files) total += file.size;
  if (total < bytes) {
    return absl::NotFoundError(absl::StrCat("the files below ", root, " have ", total,
                                            " bytes; expected at least ", bytes));
  }
  const size_t stride = std::max<size_t>(1, total / std::max<uint64_t>(1, bytes));
  FileSampler sampler;
  for (size_t first = 0; first < stride; ++first) {
    for (size_t i = first; i < files.size(); i += stride) sampler.files_.push_back(files[i]);
  }
  return sampler;
}

std::vector<SampleFile> FileSampler::Take(uint64_t bytes) {
  std::vector<SampleFile> taken;
  for (uint64_t size = 0; size < bytes && next_ < files_.size(); ++next_) {
    taken.push_back(files_[next_]);
    size += files_[next_].size;
  }
  std::sort(taken.begin(), taken.end(),
            [](const SampleFile& a, const SampleFile& b) { return a.path < b.path; });
  return taken;
}

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
  layer.set_digest(stored.Digest());
  layer.set_size(stored.size());
  layer.set_diff_id(tar.Digest());
  layers.set_chain_id(layer.diff_id().substr(layer.diff_id().find(':') + 1));
  ABSL_RETURN_IF_ERROR(WriteFile(image.layers, layers.SerializeAsString()));
  return image;
}

}  // namespace linuxkit
