#include "tools/oci/choose_manifest.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {
namespace {

// Where OCI tools and containerd (so also `docker save`) write the name of an image.
constexpr std::string_view kReferenceKeys[] = {"org.opencontainers.image.ref.name",
                                               "io.containerd.image.name"};

std::vector<std::string> ReferencesOf(const OciDescriptor& entry) {
  std::vector<std::string> references;
  for (const std::string_view key : kReferenceKeys) {
    const auto annotation = entry.annotations.find(std::string(key));
    if (annotation != entry.annotations.end()) references.push_back(annotation->second);
  }
  return references;
}

// BuildKit stores provenance beside images, as entries for the platform unknown/unknown.
bool IsAttestation(const OciDescriptor& entry) {
  return entry.annotations.contains("vnd.docker.reference.type") ||
         (entry.platform && entry.platform->os == "unknown" &&
          entry.platform->architecture == "unknown");
}

// The images of `index`, each digest once.
std::vector<OciDescriptor> Images(const ImageIndex& index) {
  std::vector<OciDescriptor> images;
  std::set<std::string> seen;
  for (const OciDescriptor& entry : index.manifests) {
    if (!IsAttestation(entry) && seen.insert(entry.digest).second) images.push_back(entry);
  }
  return images;
}

// The names of all images, quoted.
std::string DescribeReferences(const std::vector<OciDescriptor>& images) {
  std::set<std::string> names;
  for (const OciDescriptor& image : images) {
    const std::vector<std::string> references = ReferencesOf(image);
    names.insert(references.empty() ? "an image without name"
                                    : absl::StrCat("\"", references.front(), "\""));
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

absl::StatusOr<std::vector<OciDescriptor>> WithReference(std::string_view name,
                                                         const ImageIndex& index,
                                                         std::string_view reference) {
  ImageIndex named;
  for (const OciDescriptor& entry : index.manifests) {
    const std::vector<std::string> references = ReferencesOf(entry);
    if (std::find(references.begin(), references.end(), reference) != references.end()) {
      named.manifests.push_back(entry);
    }
  }
  if (!named.manifests.empty()) return Images(named);
  return absl::NotFoundError(absl::StrCat(name, ": found no image named \"", reference,
                                          "\"; there is: ", DescribeReferences(Images(index))));
}

absl::Status Ambiguous(std::string_view name, const std::vector<OciDescriptor>& images) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": found ", images.size(), " images (",
                                                 DescribeReferences(images),
                                                 "); say which one by its reference"));
}

}  // namespace

absl::StatusOr<OciDescriptor> ChooseImage(std::string_view name, const ImageIndex& index,
                                          const ImageChoice& choice) {
  std::vector<OciDescriptor> images = Images(index);
  if (!choice.reference.empty()) {
    ABSL_ASSIGN_OR_RETURN(images, WithReference(name, index, choice.reference));
  }
  // Layouts of several tagged images carry no platforms: nothing but the name tells the images
  // apart.
  const bool has_platform =
      std::any_of(images.begin(), images.end(), [](const OciDescriptor& i) { return i.platform; });
  if (images.size() > 1 && !has_platform) return Ambiguous(name, images);
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> matches,
                        BestMatches(name, images, choice.platform));
  if (matches.size() > 1) return Ambiguous(name, matches);
  return matches.front();
}

absl::StatusOr<OciDescriptor> ChoosePlatform(std::string_view name, const ImageIndex& index,
                                             const Platform& platform) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<OciDescriptor> matches,
                        BestMatches(name, Images(index), platform));
  return matches.front();
}

}  // namespace linuxkit
