// Kernel images as other programs store them: umoci makes one, skopeo turns it into every form
// there is, and import_image and make_kernel read each as the rules have them do.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"
#include "tools/segment/segment.pb.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

// An arm64 Image of version 6.12.5.
std::string Kernel() {
  std::string bytes(4096, '\0');
  bytes.replace(0x38, 4, "ARM\x64");
  bytes.replace(2000, 27, "Linux version 6.12.5 (b@h) ");
  return bytes;
}

class ForeignKernelImageTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string image = absl::StrCat(layout(), ":v1");
    ASSERT_THAT(WriteFile(directory_ + "/kernel", Kernel()), IsOk());
    ASSERT_THAT(WriteFile(directory_ + "/kernel.tar",
                          TarBuilder().File("lib/modules/6.12.5/modules.dep", "own").Finish()),
                IsOk());
    ASSERT_THAT(RunProgram({"umoci", "init", "--layout", layout()}), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "new", "--image", image}), IsOk());
    for (const std::string name : {"/kernel", "/kernel.tar"}) {
      ASSERT_THAT(
          RunProgram({"umoci", "insert", "--rootless", "--image", image, directory_ + name, name}),
          IsOk());
    }
    ASSERT_THAT(RunProgram({"umoci", "config", "--image", image, "--architecture", "arm64"}),
                IsOk());
  }

  std::string layout() const { return directory_ + "/layout"; }
  std::string Out(const std::string& name) const { return absl::StrCat(directory_, "/", name); }

  // A copy in another form, by skopeo's name for it.
  std::string Archive(const std::string& form, const std::string& suffix = "") {
    const std::string path = Out(form + ".tar");
    EXPECT_THAT(
        RunProgram({"skopeo", "--insecure-policy", "--tmpdir", directory_, "copy", "--quiet",
                    absl::StrCat("oci:", layout(), ":v1"), absl::StrCat(form, ":", path, suffix)}),
        IsOk());
    return path;
  }

  // Makes the section of the image that `flag` leads to and looks at it.
  void ExpectKernel(const std::string& flag) {
    SCOPED_TRACE(flag);
    ASSERT_THAT(
        RunProgram({"tools/oci/import_image", flag, "--platform=linux/arm64",
                    "--image_config=" + Out("config.pb"), "--image_layers=" + Out("layers.pb")}),
        IsOk());
    ASSERT_THAT(RunProgram({"tools/kernel/make_kernel", "--image_layers=" + Out("layers.pb"), flag,
                            "--platform=linux/arm64", "--owner=//os:kernel",
                            "--kernel=" + Out("out.kernel"), "--segment=" + Out("out.cpio"),
                            "--index=" + Out("out.index"), "--info=" + Out("out.info")}),
                IsOk());
    EXPECT_EQ(ReadFile(Out("out.kernel")).value(), Kernel());
    SegmentIndex index;
    ASSERT_TRUE(index.ParseFromString(ReadFile(Out("out.index")).value()));
    std::vector<std::string> paths;
    for (const SegmentEntry& entry : index.entries()) paths.push_back(entry.path());
    EXPECT_THAT(paths, ElementsAre("boot", "lib/modules/6.12.5", "lib/modules/6.12.5/modules.dep"));
    std::filesystem::remove(Out("out.kernel"));
  }

  const std::string directory_ = MakeTestDirectory("kernel_image");
};

TEST_F(ForeignKernelImageTest, Layout) { ExpectKernel("--layout=" + layout()); }

TEST_F(ForeignKernelImageTest, OciArchive) { ExpectKernel("--archive=" + Archive("oci-archive")); }

TEST_F(ForeignKernelImageTest, DockerArchive) {
  ExpectKernel("--archive=" + Archive("docker-archive", ":linuxkit/kernel:6.12.5"));
}

}  // namespace
}  // namespace linuxkit
