#include "tests/perf/file_sampler.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

std::vector<SampleFile> FilesBelow(const std::string& root) {
  std::vector<SampleFile> files;
  std::error_code ignored;
  for (fs::recursive_directory_iterator
           entry(root, fs::directory_options::skip_permission_denied, ignored),
       end;
       entry != end; entry.increment(ignored)) {
    if (!entry->is_regular_file(ignored) || entry->is_symlink(ignored)) continue;
    files.push_back({.path = entry->path().string(), .size = entry->file_size(ignored)});
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<FileSampler> FileSampler::Scan(const std::string& root, uint64_t bytes) {
  const std::vector<SampleFile> files = FilesBelow(root);
  uint64_t total = 0;
  for (const SampleFile& file : files) total += file.size;
  if (total == 0) {
    return absl::NotFoundError(absl::StrCat("the files below ", root, " have no bytes"));
  }
  const size_t stride = std::max<size_t>(1, total / std::max<uint64_t>(1, bytes));
  FileSampler sampler;
  sampler.root_ = root;
  for (uint64_t size = 0; size < bytes; size += total) {
    for (size_t first = 0; first < stride; ++first) {
      for (size_t i = first; i < files.size(); i += stride) sampler.files_.push_back(files[i]);
    }
  }
  return sampler;
}

absl::StatusOr<std::vector<SampleFile>> FileSampler::Take(uint64_t bytes) {
  uint64_t left = bytes;
  std::vector<SampleFile> taken, rest;
  for (SampleFile& file : files_) {
    const bool fits = file.size <= left;
    if (fits) left -= file.size;
    (fits ? taken : rest).push_back(std::move(file));
  }
  files_ = std::move(rest);
  if (left > bytes / 10) {
    return absl::FailedPreconditionError(absl::StrCat("found too few files below ", root_, ": ",
                                                      bytes - left, " bytes; expected ", bytes));
  }
  std::sort(taken.begin(), taken.end());
  // Where all files have been taken and the next are the first again.
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  return taken;
}

}  // namespace linuxkit
