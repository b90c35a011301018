#include "tools/oci/blob_tree.h"

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_reader.h"

namespace linuxkit {
namespace {

// A chain of links longer than this is a loop.
constexpr int kMaxLinks = 8;

class DirectoryTree : public BlobTree {
 public:
  explicit DirectoryTree(std::string directory) : directory_(std::move(directory)) {}

  absl::StatusOr<BlobRange> Find(std::string_view name) const override {
    return BlobRange::OfFile(NameOf(name));
  }

  std::string NameOf(std::string_view name) const override {
    return absl::StrCat(directory_, "/", name);
  }

 private:
  std::string directory_;
};

// The member that a link in `path` to `target` means.
std::optional<std::string> LinkTarget(const TarEntry& entry) {
  if (entry.type == TarEntry::Type::kHardLink) return entry.link;
  // "a/layer.tar" -> "../b/layer.tar": the only form that occurs climbs out of one directory, so a
  // climb cancels it.
  std::string_view target = entry.link, directory = entry.path;
  directory = directory.substr(0, directory.find_last_of('/') + 1);
  while (target.starts_with("../") && !directory.empty()) {
    target.remove_prefix(3);
    directory.remove_suffix(1);
    directory = directory.substr(0, directory.find_last_of('/') + 1);
  }
  absl::StatusOr<std::string> clean = CleanName(absl::StrCat(directory, target));
  return clean.ok() ? std::optional(*std::move(clean)) : std::nullopt;
}

class ArchiveTree : public BlobTree {
 public:
  // `name` stands in messages.
  ArchiveTree(ArchiveFile archive, std::string name)
      : archive_(std::move(archive)), name_(std::move(name)) {}

  absl::Status ReadHeaders() {
    FileSource source(archive_.file);
    TarReader reader(name_, source);
    for (bool is_first = true;; is_first = false) {
      const absl::StatusOr<std::optional<TarEntry>> entry = reader.Next();
      if (!entry.ok()) return is_first ? NotATar(entry.status()) : entry.status();
      if (!*entry) return absl::OkStatus();
      ABSL_RETURN_IF_ERROR(Add(**entry, reader.content_offset()));
    }
  }

  absl::StatusOr<BlobRange> Find(std::string_view name) const override {
    std::string target(name);
    for (int i = 0; i < kMaxLinks; ++i) {
      const auto link = links_.find(target);
      if (link == links_.end()) break;
      target = link->second;
    }
    const auto member = members_.find(target);
    if (member != members_.end()) return member->second;
    return absl::NotFoundError(absl::StrCat(name_, " has no file \"", name, "\""));
  }

  std::string NameOf(std::string_view name) const override {
    return absl::StrCat(name_, ": ", name);
  }

 private:
  absl::Status NotATar(const absl::Status& reason) const {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": found a file that is no archive; ", kExpectedImage, " (",
                     absl::StripPrefix(reason.message(), absl::StrCat(name_, ": ")), ")"));
  }

  absl::Status Add(const TarEntry& entry, std::optional<uint64_t> offset) {
    if (entry.type == TarEntry::Type::kFile) {
      if (!offset) {
        return absl::InvalidArgumentError(
            absl::StrCat(name_, ": entry \"", entry.path,
                         "\" is a sparse file, which must be unpacked to be read; make the "
                         "archive without --sparse"));
      }
      members_[entry.path] = {.path = archive_.file.path(),
                              .offset = *offset,
                              .size = entry.size,
                              .owner = archive_.owner};
    } else if (entry.type == TarEntry::Type::kSymlink || entry.type == TarEntry::Type::kHardLink) {
      if (const std::optional<std::string> target = LinkTarget(entry)) links_[entry.path] = *target;
    }
    return absl::OkStatus();
  }

  ArchiveFile archive_;
  std::string name_;
  std::map<std::string, BlobRange, std::less<>> members_;
  std::map<std::string, std::string, std::less<>> links_;
};

}  // namespace

std::unique_ptr<BlobTree> BlobTree::OfDirectory(std::string path) {
  return std::make_unique<DirectoryTree>(std::move(path));
}

absl::StatusOr<std::unique_ptr<BlobTree>> BlobTree::OpenArchive(const std::string& path,
                                                                const ArchiveOptions& options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return OfDirectory(path);
  ABSL_ASSIGN_OR_RETURN(ArchiveFile archive, OpenArchiveFile(path, options));
  auto tree = std::make_unique<ArchiveTree>(std::move(archive), path);
  ABSL_RETURN_IF_ERROR(tree->ReadHeaders());
  return tree;
}

}  // namespace linuxkit
