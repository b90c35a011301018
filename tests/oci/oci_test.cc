// What became of the images in BUILD.bazel, after they went through the rules.
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tools/base/file.h"
#include "tools/oci/image_source.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

// The `process` of a service's config.json.
nlohmann::json Process(const std::string& service) {
  const auto text = ReadFile(absl::StrCat("tests/oci/system.services.", service, "/config.json"));
  EXPECT_THAT(text, IsOk());
  return nlohmann::json::parse(*text)["process"];
}

// The image "b:1" of two.
TEST(OciTest, ImageChosenByItsReference) {
  EXPECT_EQ(Process("chosen")["args"], nlohmann::json({"/run", "b:1"}));
}

TEST(OciTest, CompressedArchiveAsAFile) {
  EXPECT_EQ(Process("file")["args"], nlohmann::json({"/run", "c:1"}));
}

TEST(OciTest, PackageOnPackageOnAnImageOfSeveral) {
  EXPECT_EQ(Process("on_top")["args"], nlohmann::json({"/run", "own"}));
  EXPECT_EQ(Process("on_top")["env"], nlohmann::json({"ADDED=yes"}));
}

// The content of each image under the name of its chain, that of the file once for both services.
TEST(OciTest, ContentOfTheSystem) {
  const auto list = RunProgram(
      {"sh", "-c",
       "tar -tf tests/oci/system.tar | sed -n 's,^containers/images/[0-9a-f]*/rootfs/,,p' | "
       "grep -e '^[a-z]*$' | grep -xe file -e added -e more | sort | uniq -c | sed 's/^ *//'"});
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(*list, "1 added\n3 file\n1 more\n");
}

TEST(OciTest, LayoutHasTheLayersOfAll) {
  const auto image = ImageSource::OpenLayout("tests/oci/package_on_package.layout", {});
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->layers().layers_size(), 3);
  EXPECT_THAT(image->config().cmd(), ElementsAre("/run", "own"));
  EXPECT_THAT(image->config().env(), ElementsAre("ADDED=yes"));
}

}  // namespace
}  // namespace linuxkit
