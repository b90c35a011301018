// The layout of the text, by indentation:
//
//   {
//     "version": 1, "platforms": [...],              one line each
//     "configs": [
//       SKELETON                                     as SkeletonJson writes it
//     ],
//     "images": [
//       {
//         "name": ...                                one key a line
//         "platforms": [
//           {
//             "manifest": {DESCRIPTOR}               one line
//             "layers": [
//               {DESCRIPTOR}                         one line each
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "tools/config/skeleton.h"
#include "tools/lock/lock_file.h"

namespace linuxkit {
namespace {

// Anything but quotes, backslashes and control characters stands as it is: Starlark knows strings
// of bytes, and an escape for a character would not give the character's UTF-8 bytes back.
std::string Quote(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Indent(std::string_view text, std::string_view by) {
  return absl::StrCat(by, absl::StrReplaceAll(text, {{"\n", absl::StrCat("\n", by)}}));
}

// The items below each other, deeper than what stands around them.
std::string Block(const std::vector<std::string>& items) {
  if (items.empty()) return "[]";
  return absl::StrCat("[\n", Indent(absl::StrJoin(items, ",\n"), "  "), "\n]");
}

std::string Object(const std::vector<std::string>& fields) {
  return absl::StrCat("{\n", Indent(absl::StrJoin(fields, ",\n"), "  "), "\n}");
}

std::string Field(std::string_view key, std::string_view value) {
  return absl::StrCat("\"", key, "\": ", value);
}

std::string DescriptorText(const OciDescriptor& descriptor) {
  return absl::StrCat("{", Field("media_type", Quote(descriptor.media_type)), ", ",
                      Field("digest", Quote(descriptor.digest)), ", ",
                      Field("size", absl::StrCat(descriptor.size)), "}");
}

std::string PlatformText(const LockedPlatform& platform) {
  std::vector<std::string> layers;
  for (const OciDescriptor& layer : platform.content.layers) {
    layers.push_back(DescriptorText(layer));
  }
  return Object({Field("platform", Quote(platform.platform)),
                 Field("manifest", DescriptorText(platform.manifest)),
                 Field("config", DescriptorText(platform.content.config)),
                 Field("layers", Block(layers)),
                 Field("manifest_json", Quote(platform.manifest_json)),
                 Field("config_json", Quote(platform.config_json))});
}

std::string PlatformBlock(const std::vector<LockedPlatform>& platforms) {
  std::vector<std::string> texts;
  for (const LockedPlatform& platform : platforms) texts.push_back(PlatformText(platform));
  return Block(texts);
}

std::string ImageText(const LockedImage& image) {
  std::vector<std::string> fields = {
      Field("name", Quote(image.name)), Field("reference", Quote(image.reference)),
      Field("digest", Quote(image.digest)), Field("media_type", Quote(image.media_type)),
      Field("platforms", PlatformBlock(image.platforms))};
  if (image.index) {
    fields.push_back(Field("index", Object({Field("json", Quote(image.index->json)),
                                            Field("images", PlatformBlock(image.index->images))})));
  }
  return Object(fields);
}

}  // namespace

std::string LockFileText(const LockFile& lock) {
  std::vector<std::string> platforms, configs, images;
  for (const std::string& platform : lock.platforms) platforms.push_back(Quote(platform));
  for (const Skeleton& config : lock.configs) {
    configs.emplace_back(absl::StripSuffix(SkeletonJson(config), "\n"));
  }
  for (const LockedImage& image : lock.images) images.push_back(ImageText(image));
  const std::string platform_list = absl::StrCat("[", absl::StrJoin(platforms, ", "), "]");
  return absl::StrCat(Object({Field("version", "1"), Field("platforms", platform_list),
                              Field("configs", Block(configs)), Field("images", Block(images))}),
                      "\n");
}

}  // namespace linuxkit
