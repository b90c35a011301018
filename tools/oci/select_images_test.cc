#include "tools/oci/select_images.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tools/base/sha256.h"

namespace linuxkit {
namespace {

OciDescriptor Entry(const std::string& platform, std::string_view media_type = kOciManifest) {
  OciDescriptor entry = {.media_type = std::string(media_type),
                         .digest = OciDigest(Sha256Of(absl::StrCat(platform, media_type))),
                         .size = 7};
  if (!platform.empty()) entry.platform = Platform::Parse(platform).value();
  return entry;
}

const ImageIndex& TestIndex() {
  static const ImageIndex& index = *new ImageIndex{
      {Entry("linux/arm/v7"), Entry("linux/amd64"), Entry("linux/arm/v6", kDockerManifest),
       Entry("linux/arm64/v8"), Entry("linux/amd64"), Entry("linux/amd64", kOciIndex),
       Entry("unknown/unknown"), Entry("")}};
  return index;
}

std::string Select(const std::vector<std::string>& platforms) {
  const auto images = SelectImages("redis:7", TestIndex(), platforms);
  if (!images.ok()) return std::string(images.status().message());
  return absl::StrJoin(*images, " ", [](std::string* out, const OciDescriptor& entry) {
    out->append(PlatformName(entry));
  });
}

// LinuxKit format, section 2.9.
TEST(SelectImagesTest, AllWithAttestationsWithoutPlatforms) {
  EXPECT_EQ(Select({}),
            "linux/arm/v7 linux/amd64 linux/arm/v6 linux/arm64/v8 unknown/unknown unknown/unknown");
}

TEST(SelectImagesTest, OnePlatform) { EXPECT_EQ(Select({"linux/amd64"}), "linux/amd64"); }

TEST(SelectImagesTest, OrderIsThatOfTheIndex) {
  EXPECT_EQ(Select({"linux/amd64", "linux/arm/v7"}), "linux/arm/v7 linux/amd64");
}

TEST(SelectImagesTest, WithoutVariantAllVariants) {
  EXPECT_EQ(Select({"linux/arm"}), "linux/arm/v7 linux/arm/v6");
}

TEST(SelectImagesTest, PlatformGivenTwice) {
  EXPECT_EQ(Select({"linux/arm/v7", "linux/arm/v7"}), "linux/arm/v7");
}

TEST(SelectImagesTest, VariantThatIsNotThere) {
  EXPECT_EQ(Select({"linux/amd64", "linux/amd64/v3"}),
            "redis:7: found no image for linux/amd64/v3; there is: linux/arm/v7, linux/amd64, "
            "linux/arm/v6, linux/arm64/v8, unknown/unknown, unknown/unknown");
}

TEST(SelectImagesTest, IndexWithoutImages) {
  EXPECT_EQ(SelectImages("redis:7", {}, std::vector<std::string>{"linux/amd64"}).status().message(),
            "redis:7: found no image for linux/amd64; there is: none");
}

TEST(SelectImagesTest, BadPlatform) {
  EXPECT_EQ(Select({"amd64"}),
            "platform \"amd64\"; expected os/architecture or os/architecture/variant, like "
            "linux/amd64");
}

}  // namespace
}  // namespace linuxkit
