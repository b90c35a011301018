// Layers are read from the top. In each, a wanted name that is not settled yet is settled by
//
//   - an entry of that name: the last one of the layer counts;
//   - else a whiteout of the name or of a directory above it, an opaque whiteout of a directory
//     above it, or an entry that makes a directory above it something else. The name then is not in
//     the image.
//
// A whiteout hides what is in the layers below, not what is in its own (OCI image specification,
// "Whiteouts").
#include "tools/kernel/kernel_image.h"

#include <optional>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {
namespace {

// So many names of the image a message lists.
constexpr size_t kListed = 12;

bool IsBelow(std::string_view path, std::string_view directory) {
  return directory == "." || (absl::StartsWith(path, directory) && path.size() > directory.size() &&
                              path[directory.size()] == '/');
}

// Whether the entry hides `path` of lower layers.
bool Hides(const LayerEntry& entry, std::string_view path) {
  switch (entry.type) {
    case LayerEntry::Type::kWhiteout:
      return path == entry.name || IsBelow(path, entry.name);
    case LayerEntry::Type::kDirectory:
      return false;
    default:
      return IsBelow(path, entry.name);
  }
}

bool IsWhiteout(const LayerEntry& entry) {
  return entry.type == LayerEntry::Type::kWhiteout || entry.type == LayerEntry::Type::kOpaque;
}

// One file of a layer, which it keeps open.
class LayerFile : public ByteSource {
 public:
  explicit LayerFile(std::unique_ptr<LayerInput> layer) : layer_(std::move(layer)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    return layer_->data().Read(buffer);
  }

 private:
  std::unique_ptr<LayerInput> layer_;
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

absl::StatusOr<std::unique_ptr<LayerInput>> KernelImage::OpenLayer(size_t layer,
                                                                   bool verify) const {
  return LayerInput::Open(
      layers_[layer],
      absl::StrCat("kernel image ", name_, ": layer ", layer + 1, " of ", layers_.size()),
      {.verify = verify});
}

absl::Status KernelImage::Find(std::set<std::string> open, size_t layer_count) {
  for (size_t layer = layer_count; layer-- > 0 && !open.empty();) {
    ABSL_RETURN_IF_ERROR(FindInLayer(layer, open));
  }
  return absl::OkStatus();
}

absl::Status KernelImage::FindInLayer(size_t layer, std::set<std::string>& open) {
  ABSL_ASSIGN_OR_RETURN(const auto tar, OpenLayer(layer, /*verify=*/true));
  std::set<std::string> hidden;
  std::set<std::string> hidden_names;
  std::map<std::string, Place> places;
  for (uint64_t number = 0;; ++number) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, tar->Next());
    if (!entry) break;
    for (const std::string& path : open) {
      if (Hides(*entry, path)) hidden.insert(path);
    }
    if (IsWhiteout(*entry)) {
      hidden_names.insert(entry->name);
      continue;
    }
    std::string top_name = entry->name.substr(0, entry->name.find('/'));
    if (!hidden_names_.contains(top_name)) top_names_.insert(std::move(top_name));
    if (!open.contains(entry->name)) continue;
    places[entry->name] = {
        .layer = layer, .entry = number, .type = entry->type, .link = entry->link};
  }
  ABSL_RETURN_IF_ERROR(tar->Verify());
  hidden_names_.merge(hidden_names);
  std::set<std::string> linked;
  for (auto& [path, place] : places) {
    open.erase(path);
    if (place.type == LayerEntry::Type::kHardLink) linked.insert(place.link);
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
                                            ": looked for \"", path,
                                            "\"; the image has: ", Listing(top_names_)));
  }
  // As many steps as there are places suffice; more are a circle.
  for (size_t step = 0; step < found_.size(); ++step) {
    if (found->second.type != LayerEntry::Type::kHardLink) break;
    const auto next = found_.find(found->second.link);
    if (next == found_.end()) break;
    found = next;
  }
  if (found->second.type == LayerEntry::Type::kFile) return &found->second;
  const bool symlink = found->second.type == LayerEntry::Type::kSymlink;
  return absl::InvalidArgumentError(absl::StrCat(
      "kernel image ", name_, ": ", what, " \"", path, "\" is ",
      symlink ? absl::StrCat("a symlink to \"", found->second.link, "\"") : "not a regular file",
      "; expected a regular file", symlink ? ": name the one it leads to" : ""));
}

absl::StatusOr<std::unique_ptr<ByteSource>> KernelImage::OpenFile(std::string_view what,
                                                                  std::string_view path) const {
  ABSL_ASSIGN_OR_RETURN(const Place* place, PlaceOf(what, path));
  ABSL_ASSIGN_OR_RETURN(auto tar, OpenLayer(place->layer, /*verify=*/false));
  for (uint64_t number = 0; number <= place->entry; ++number) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, tar->Next());
    if (!entry) {
      return absl::DataLossError(absl::StrCat("kernel image ", name_, ": layer ", place->layer + 1,
                                              " changed while read"));
    }
  }
  return std::make_unique<LayerFile>(std::move(tar));
}

}  // namespace linuxkit
