#include "tools/lock/image_names.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/oci/reference.h"

namespace linuxkit {
namespace {

// Enough to tell the images of one repository apart.
constexpr size_t kShownDigits = 12;

std::string TargetName(std::string_view text) {
  absl::ConsumePrefix(&text, "docker.io/");
  absl::ConsumePrefix(&text, "library/");
  std::string name(text);
  for (char& c : name) {
    const bool is_kept =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
    if (!is_kept) c = '_';
  }
  return name;
}

std::string FreeName(const LockedImage& image, const std::set<std::string>& taken) {
  // The file may have been edited by hand.
  const ImageReference reference =
      ImageReference::Parse(image.reference).value_or(ImageReference{.name = image.reference});
  const std::string name = TargetName(reference.name);
  if (!taken.contains(name)) return name;
  const std::string with_tag = absl::StrCat(name, "_", TargetName(reference.tag));
  if (!reference.tag.empty() && !taken.contains(with_tag)) return with_tag;
  const std::string_view hex = absl::StripPrefix(image.digest, "sha256:");
  const std::string with_digest = absl::StrCat(name, "_", hex.substr(0, kShownDigits));
  std::string numbered = with_digest;
  for (int i = 2; taken.contains(numbered); ++i) numbered = absl::StrCat(with_digest, "_", i);
  return numbered;
}

}  // namespace

void NameImages(std::vector<LockedImage>& images) {
  std::set<std::string> taken;
  for (LockedImage& image : images) {
    if (!image.name.empty() && !taken.insert(image.name).second) image.name.clear();
  }
  for (LockedImage& image : images) {
    if (image.name.empty()) image.name = *taken.insert(FreeName(image, taken)).first;
  }
}

}  // namespace linuxkit
