#include "tools/lock/testing/test_lock.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/sha256.h"
#include "tools/config/config.h"
#include "tools/config/skeleton.h"
#include "tools/oci/documents.h"
#include "tools/oci/platform.h"

namespace linuxkit {
namespace {

LockedPlatform MakePlatform(const std::string& platform, const std::string& seed) {
  LockedPlatform made = {.platform = platform};
  made.config_json = absl::StrCat("{\"seed\": \"", seed, "\", \"motto\": \"déjà vu\"}\n");
  made.manifest_json = absl::StrCat(
      "{\n\t\"schemaVersion\": 2,\n   \"config\": {\"mediaType\": \"", kOciConfig,
      "\", \"digest\": \"", OciDigest(Sha256Of(made.config_json)),
      "\", \"size\": ", made.config_json.size(), "},\n   \"layers\": [{\"mediaType\": \"",
      kOciLayer, "+gzip\", \"digest\": \"", OciDigest(Sha256Of(seed)), "\", \"size\": 1000}]\n}");
  made.manifest = {.media_type = std::string(kOciManifest),
                   .digest = OciDigest(Sha256Of(made.manifest_json)),
                   .size = made.manifest_json.size()};
  made.content = ParseManifest("test", made.manifest_json).value();
  return made;
}

}  // namespace

LockedImage MakeTestImage(const std::string& name, const std::string& reference,
                          const std::vector<std::string>& platforms, const std::string& version) {
  const std::string seed = absl::StrCat(reference, " ", version);
  LockedImage image = {.name = name,
                       .reference = reference,
                       .digest = OciDigest(Sha256Of(seed)),
                       .media_type = std::string(kOciIndex)};
  for (const std::string& platform : platforms) {
    image.platforms.push_back(MakePlatform(platform, absl::StrCat(seed, " ", platform)));
  }
  return image;
}

LockedImage MakeTestLayout(const std::string& name, const std::string& reference,
                           const std::vector<std::string>& platforms) {
  LockedImage image = MakeTestImage(name, reference, platforms);
  LockedIndex index = {.images = std::move(image.platforms)};
  image.platforms.clear();
  std::vector<std::string> entries;
  for (const LockedPlatform& locked : index.images) {
    const Platform platform = Platform::Parse(locked.platform).value();
    entries.push_back(absl::StrCat(R"({"mediaType": ")", kOciManifest, R"(", "digest": ")",
                                   locked.manifest.digest, R"(", "size": )", locked.manifest.size,
                                   R"(, "platform": {"os": ")", platform.os,
                                   R"(", "architecture": ")", platform.architecture, R"("}})"));
  }
  index.json =
      absl::StrCat(R"({"schemaVersion": 2, "manifests": [)", absl::StrJoin(entries, ", "), "]}");
  image.digest = OciDigest(Sha256Of(index.json));
  image.index = std::move(index);
  return image;
}

Skeleton TestSkeleton(const std::string& text) {
  const auto configs =
      ParseSeparateConfigs({{.path = "os/my.yml", .label = "//os:my.yml", .text = text}});
  return MakeSkeleton(configs.value().front(), "//os:my.yml").value();
}

}  // namespace linuxkit
