// Layers are read from the top. In each, a wanted name that is not settled yet is settled by
//
//   - an entry of that name: the last one of the layer counts;
//   - else a whiteout of the name or of a directory above it, an opaque whiteout of a directory above it, or an entry that
//     makes a directory above it something else. The name then is not in the image.
//
// A whiteout hides what is in the layers below, not what is in its own (OCI image specification, "Whiteouts").
#include "tools/kernel/kernel_image.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/kernel/tar_input.h"

namespace linuxkit {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
// So many names of the image a message lists.
constexpr size_t kListed = 12;

bool IsBelow(std::string_view path, std::string_view directory) {
  return directory == "." ||
         (absl::StartsWith(path, directory) && path.size() > directory.size() &&
          path[directory.size()] == '/');
}

// Whether the entry hides `path` of lower layers.
bool Hides(const ArchiveEntry& entry, std::string_view path) {
  const size_t slash = entry.path.rfind('/');
  const std::string_view directory =
      slash == std::string::npos ? "." : std::string_view(entry.path).substr(0, slash);
  std::string_view base = std::string_view(entry.path).substr(slash + 1);
  if (base == kOpaque) return IsBelow(path, directory);
  if (absl::ConsumePrefix(&base, kWhiteout)) {
    const std::string target =
        directory == "." ? std::string(base) : absl::StrCat(directory, "/", base);
    return path == target || IsBelow(path, target);
  }
  return entry.type != ArchiveEntry::Type::kDirectory && IsBelow(path, entry.path);
}

bool IsWhiteout(std::string_view path) {
  return absl::StartsWith(path.substr(path.rfind('/') + 1), kWhiteout);
}

// One file of a layer, which it keeps open.
class LayerFile : public ByteSource {
 public:
  explicit LayerFile(std::unique_ptr<ArchiveReader> layer) : layer_(std::move(layer)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return layer_->Read(buffer); }

 private:
  std::unique_ptr<ArchiveReader> layer_;
};

std::string Listing(const std::set<std::string>& names) {
  if (names.empty()) return "nothing";
  std::vector<std::string> listed(names.begin(), names.end());
  if (listed.size() > kListed) listed.resize(kListed);
  std::string text = absl::StrJoin(listed, ", ");
  if (names.size() > kListed) absl::StrAppend(&text, " and ", names.size() - kListed, " more");
  return text;
}

}  // namespace

absl::StatusOr<KernelImage> KernelImage::Open(std::string name, std::vector<LayerBlob> layers,
                                              const std::vector<std::string>& wanted) {
  KernelImage image(std::move(name), std::move(layers));
  ABSL_RETURN_IF_ERROR(
      image.Find(std::set<std::string>(wanted.begin(), wanted.end()), image.layers_.size()));
  return image;
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> KernelImage::OpenLayer(size_t layer) const {
  const LayerBlob& blob = layers_[layer];
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> bytes,
                        OpenFileRange(blob.path, blob.offset, blob.size));
  return ArchiveReader::Open(std::move(bytes), ArchiveReader::Format::kTar,
                             absl::StrCat(name_, ": layer ", layer));
}

absl::Status KernelImage::Find(std::set<std::string> open, size_t layer_count) {
  for (size_t layer = layer_count; layer-- > 0 && !open.empty();) {
    ABSL_RETURN_IF_ERROR(FindInLayer(layer, open));
  }
  return absl::OkStatus();
}

absl::Status KernelImage::FindInLayer(size_t layer, std::set<std::string>& open) {
  ABSL_ASSIGN_OR_RETURN(const auto tar, OpenLayer(layer));
  std::set<std::string> hidden;
  std::map<std::string, Place> places;
  for (uint64_t number = 0;; ++number) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<ArchiveEntry> entry, tar->Next());
    if (!entry) break;
    for (const std::string& path : open) {
      if (Hides(*entry, path)) hidden.insert(path);
    }
    if (IsWhiteout(entry->path)) continue;
    top_names_.insert(entry->path.substr(0, entry->path.find('/')));
    if (!open.contains(entry->path)) continue;
    places[entry->path] = {
        .layer = layer, .entry = number, .type = entry->type, .link = entry->link};
  }
  std::set<std::string> linked;
  for (auto& [path, place] : places) {
    open.erase(path);
    if (place.type == ArchiveEntry::Type::kHardLink) linked.insert(place.link);
    found_[path] = std::move(place);
  }
  std::erase_if(linked, [this](const std::string& path) { return found_.contains(path); });
  for (const std::string& path : hidden) open.erase(path);
  // A hard link's content is an entry of the same layer or of one below.
  return linked.empty() ? absl::OkStatus() : Find(std::move(linked), layer + 1);
}

absl::StatusOr<const KernelImage::Place*> KernelImage::PlaceOf(std::string_view what,
                                                               std::string_view path) const {
  auto found = found_.find(path);
  if (found == found_.end()) {
    return absl::NotFoundError(absl::StrCat("did not find ", what, " in kernel image ", name_,
                                            ": looked for \"", path, "\"; the image has: ",
                                            Listing(top_names_)));
  }
  // As many steps as there are places suffice; more are a circle.
  for (size_t step = 0; step < found_.size(); ++step) {
    if (found->second.type != ArchiveEntry::Type::kHardLink) break;
    const auto next = found_.find(found->second.link);
    if (next == found_.end()) break;
    found = next;
  }
  if (found->second.type == ArchiveEntry::Type::kFile) return &found->second;
  const bool symlink = found->second.type == ArchiveEntry::Type::kSymlink;
  return absl::InvalidArgumentError(absl::StrCat(
      "kernel image ", name_, ": ", what, " \"", path, "\" is ",
      symlink ? absl::StrCat("a symlink to \"", found->second.link, "\"") : "not a regular file",
      "; expected a regular file", symlink ? ": name the one it leads to" : ""));
}

absl::StatusOr<std::unique_ptr<ByteSource>> KernelImage::OpenFile(std::string_view what,
                                                                  std::string_view path) const {
  ABSL_ASSIGN_OR_RETURN(const Place* place, PlaceOf(what, path));
  ABSL_ASSIGN_OR_RETURN(auto tar, OpenLayer(place->layer));
  for (uint64_t number = 0; number <= place->entry; ++number) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<ArchiveEntry> entry, tar->Next());
    if (!entry) {
      return absl::DataLossError(
          absl::StrCat("kernel image ", name_, ": layer ", place->layer, " changed while read"));
    }
  }
  return std::make_unique<LayerFile>(std::move(tar));
}

}  // namespace linuxkit
