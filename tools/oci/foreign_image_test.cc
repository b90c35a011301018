// Images made by other programs: umoci makes them, skopeo turns them into every form there is.
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/image_source.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class ForeignImageTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string image = absl::StrCat(layout(), ":v1");
    ASSERT_THAT(WriteFile(directory_ + "/one", "1\n"), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "init", "--layout", layout()}), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "new", "--image", image}), IsOk());
    for (const std::string path : {"/first", "/second"}) {
      ASSERT_THAT(RunProgram({"umoci", "insert", "--rootless", "--image", image,
                              directory_ + "/one", path}),
                  IsOk());
    }
    ASSERT_THAT(RunProgram({"umoci", "config", "--image", image, "--architecture", "amd64",
                            "--config.entrypoint", "/bin/a", "--config.cmd", "b c", "--config.env",
                            "K=V", "--config.label", "k=v", "--config.workingdir", "/w"}),
                IsOk());
  }

  std::string layout() const { return directory_ + "/layout"; }

  // A copy of the image in another form: a destination as skopeo names it.
  std::string Copy(const std::string& form, const std::string& name,
                   std::vector<std::string> options = {}, const std::string& suffix = "") {
    const std::string path = absl::StrCat(directory_, "/", name);
    std::vector<std::string> words = {"skopeo", "--insecure-policy", "--tmpdir", directory_, "copy",
                                      "--quiet"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(absl::StrCat("oci:", layout(), ":v1"));
    words.push_back(absl::StrCat(form, ":", path, suffix));
    EXPECT_THAT(RunProgram(words), IsOk());
    return path;
  }

  // The first bytes of layer 0, which tell its compression.
  static std::string Magic(const ImageSource& image) {
    BlobRange range = image.Layer(0);
    range.size = 4;
    return *ReadRange("layer", range, 4);
  }

  static std::string ContentDigest(const ImageSource& image, int layer) {
    return OciDigest(Sha256Of(*ReadRange("layer", image.Layer(layer), 1 << 20)));
  }

  const std::string directory_ = MakeTestDirectory("foreign");
};

TEST_F(ForeignImageTest, UmociLayout) {
  const auto image = ImageSource::OpenLayout(layout(), {});
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->layers().layers_size(), 2);
  EXPECT_THAT(image->config().entrypoint(), ElementsAre("/bin/a"));
  EXPECT_THAT(image->config().cmd(), ElementsAre("b c"));
  EXPECT_THAT(image->config().env(), ElementsAre("K=V"));
  EXPECT_THAT(image->config().labels(), UnorderedElementsAre(Pair("k", "v")));
  EXPECT_EQ(image->config().working_dir(), "/w");
  EXPECT_THAT(Magic(*image), StartsWith("\x1f\x8b"));
  EXPECT_EQ(ContentDigest(*image, 1), image->layers().layers(1).digest());
}

// However the image is stored, its content, and so its chain id, stays the same.
TEST_F(ForeignImageTest, ChainIdIsTheSameInEveryForm) {
  const auto image = ImageSource::OpenLayout(layout(), {});
  const auto zstd =
      ImageSource::OpenLayout(Copy("oci", "zstd", {"--dest-compress-format=zstd"}, ":z"), {});
  const auto oci_archive = ImageSource::OpenArchive(Copy("oci-archive", "oci.tar"), {});
  const auto docker_archive =
      ImageSource::OpenArchive(Copy("docker-archive", "docker.tar", {}, ":name/x:1"), {});
  for (const auto* form : {&image, &zstd, &oci_archive, &docker_archive}) {
    ASSERT_THAT(*form, IsOk());
    EXPECT_EQ((*form)->layers().chain_id(), image->layers().chain_id());
    EXPECT_EQ((*form)->config().labels().at("k"), "v");
    EXPECT_EQ(ContentDigest(**form, 0), (*form)->layers().layers(0).digest());
  }
  EXPECT_EQ(Magic(*zstd), "\x28\xb5\x2f\xfd");
  EXPECT_EQ(oci_archive->config().manifest_digest(), image->config().manifest_digest());
  // A docker archive holds plain tars.
  EXPECT_EQ(docker_archive->layers().layers(0).digest(), image->layers().layers(0).diff_id());
}

TEST_F(ForeignImageTest, DockerArchiveByReference) {
  const std::string archive = Copy("docker-archive", "docker.tar", {}, ":name/x:1");
  EXPECT_THAT(
      ImageSource::OpenArchive(archive, {.platform = {}, .reference = "docker.io/name/x:1"}),
      IsOk());
}

TEST_F(ForeignImageTest, Docker2Manifest) {
  const std::string copy = Copy("dir", "dir", {"--format=v2s2"});
  const std::string manifest = copy + "/manifest.json";
  const std::string text = *ReadFile(manifest);
  const size_t digest = text.find("sha256:") + 7;
  EXPECT_THAT(
      ImageSource::OpenFiles({manifest, absl::StrCat(copy, "/", text.substr(digest, 64)), {}}, {}),
      IsOk());
}

}  // namespace
}  // namespace linuxkit
