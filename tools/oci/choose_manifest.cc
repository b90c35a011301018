#include "tools/oci/choose_manifest.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/oci/find_images.h"

namespace linuxkit {
namespace {

// As users of Docker write it: "docker.io/library/redis:7" is "redis:7".
std::string FamiliarName(std::string_view name) {
  if (absl::ConsumePrefix(&name, "docker.io/")) absl::ConsumePrefix(&name, "library/");
  return std::string(name);
}

// Its names, the best first, and last the digest, which every image has.
std::vector<std::string> ReferencesOf(const OciDescriptor& entry) {
  std::vector<std::string> references;
  const auto of_containerd = entry.annotations.find(kContainerdNameKey);
  if (of_containerd != entry.annotations.end()) {
    references = {FamiliarName(of_containerd->second), of_containerd->second};
  }
  const auto of_oci = entry.annotations.find(kReferenceKey);
  if (of_oci != entry.annotations.end()) references.push_back(of_oci->second);
  references.push_back(entry.digest);
  return references;
}

// The best name that no other image has.
std::string NameAmong(const std::vector<OciDescriptor>& images, const OciDescriptor& image) {
  for (const std::string& name : ReferencesOf(image)) {
    const auto has_name = [&](const OciDescriptor& other) {
      return absl::c_linear_search(ReferencesOf(other), name);
    };
    if (absl::c_count_if(images, has_name) == 1) return name;
  }
  return image.digest;
}

// The names of all images, quoted.
std::string DescribeReferences(const std::vector<OciDescriptor>& images) {
  std::set<std::string> names;
  for (const OciDescriptor& image : images) {
    names.insert(absl::StrCat("\"", NameAmong(images, image), "\""));
  }
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

std::string DescribePlatforms(const std::vector<OciDescriptor>& images) {
  std::vector<std::string> platforms;
  for (const OciDescriptor& image : images) {
    platforms.push_back(image.platform ? image.platform->ToString() : "one without platform");
  }
  return platforms.empty() ? "none" : absl::StrJoin(platforms, ", ");
}

// The images that serve `platform` best, in order. A single image without platform has to do;
// whoever reads its configuration will see whether it does.
absl::StatusOr<std::vector<OciDescriptor>> BestMatches(std::string_view name,
                                                       const std::vector<OciDescriptor>& images,
                                                       const Platform& platform) {
  if (images.size() == 1 && !images[0].platform) return images;
  int best = 1;
  std::vector<OciDescriptor> matches;
  for (const OciDescriptor& image : images) {
    const int quality = image.platform ? MatchQuality(platform, *image.platform) : 0;
    if (quality < best) continue;
    if (quality > best) matches.clear();
    best = quality;
    matches.push_back(image);
  }
  if (!matches.empty()) return matches;
  return absl::NotFoundError(absl::StrCat(name, ": found no image for ", platform.ToString(),
                                          "; there is: ", DescribePlatforms(images)));
}

std::vector<OciDescriptor> WithReference(const std::vector<OciDescriptor>& entries,
                                         const std::string& reference) {
  std::vector<OciDescriptor> named;
  for (const OciDescriptor& entry : entries) {
    if (absl::c_linear_search(ReferencesOf(entry), reference)) named.push_back(entry);
  }
  return named;
}

absl::Status NoImage(std::string_view name, const std::vector<std::string>& artifact_types) {
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": found ", artifact_types.size() == 1 ? "an artifact of type " : "artifacts of types ",
      absl::StrJoin(artifact_types, ", "), "; expected a container image"));
}

// The images of these entries, of which there is at least one unless there are no entries.
absl::StatusOr<std::vector<OciDescriptor>> ImagesOf(const BlobTree* tree, std::string_view name,
                                                    const std::vector<OciDescriptor>& entries) {
  FoundImages found = FindImages(tree, entries);
  if (found.images.empty() && !found.artifact_types.empty()) {
    return NoImage(name, found.artifact_types);
  }
  return std::move(found.images);
}

// The images that the reference allows.
absl::StatusOr<std::vector<OciDescriptor>> Candidates(const BlobTree& tree, std::string_view name,
                                                      const ImageIndex& index,
                                                      const std::string& reference) {
  if (reference.empty()) return ImagesOf(&tree, name, index.manifests);
  const std::vector<OciDescriptor> named = WithReference(index.manifests, reference);
  if (!named.empty()) return ImagesOf(&tree, name, named);
  return absl::NotFoundError(absl::StrCat(
      name, ": found no image named \"", reference,
      "\"; there is: ", DescribeReferences(FindImages(&tree, index.manifests).images)));
}

absl::Status Ambiguous(std::string_view name, const std::vector<OciDescriptor>& images,
                       const ImageChoice& choice) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": found ", images.size(), " images (", DescribeReferences(images), ")",
                   ChooseByReference(choice, NameAmong(images, images.front()))));
}

absl::StatusOr<OciDescriptor> ChoosePlatform(const BlobTree* tree, std::string_view name,
                                             const ImageIndex& index, const Platform& platform) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> images,
                        ImagesOf(tree, name, index.manifests));
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> matches,
                        BestMatches(name, images, platform));
  return matches.front();
}

}  // namespace

absl::StatusOr<OciDescriptor> ChooseImage(const BlobTree& tree, std::string_view name,
                                          const ImageIndex& index, const ImageChoice& choice) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> images,
                        Candidates(tree, name, index, choice.reference));
  // Layouts of several tagged images carry no platforms: nothing but the name tells the images
  // apart.
  const bool has_platform =
      absl::c_any_of(images, [](const OciDescriptor& image) { return image.platform; });
  if (images.size() > 1 && !has_platform) return Ambiguous(name, images, choice);
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> matches,
                        BestMatches(name, images, choice.platform));
  if (matches.size() > 1) return Ambiguous(name, matches, choice);
  return matches.front();
}

absl::StatusOr<OciDescriptor> ChooseEntry(const BlobTree& tree, std::string_view name,
                                          const ImageIndex& index, const ImageChoice& choice) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> images,
                        Candidates(tree, name, index, choice.reference));
  if (images.size() == 1) return images.front();
  if (images.size() > 1) return Ambiguous(name, images, choice);
  return absl::NotFoundError(absl::StrCat(name, ": found no image"));
}

absl::StatusOr<OciDescriptor> ChoosePlatform(const BlobTree& tree, std::string_view name,
                                             const ImageIndex& index, const Platform& platform) {
  return ChoosePlatform(&tree, name, index, platform);
}

absl::StatusOr<OciDescriptor> ChoosePlatform(std::string_view name, const ImageIndex& index,
                                             const Platform& platform) {
  return ChoosePlatform(nullptr, name, index, platform);
}

std::string ChooseByReference(const ImageChoice& choice, std::string_view reference) {
  return absl::StrCat("; choose one: linuxkit_oci_image(name = \"NAME\", src = \"",
                      choice.label.empty() ? "IMAGE" : choice.label, "\", reference = \"",
                      reference, "\"), and give \":NAME\" as the image");
}

}  // namespace linuxkit
