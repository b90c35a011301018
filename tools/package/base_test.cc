// Packages on top of another image, made by the programs as the rule runs them. umoci makes the
// image below, skopeo brings it into other forms; both read what comes out.
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/image_source.h"
#include "tools/oci/proto_file.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Words = std::vector<std::string>;

class BaseTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string image = Path("base") + ":v1";
    ASSERT_THAT(WriteFile(Path("one"), "1\n"), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "init", "--layout", Path("base")}), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "new", "--image", image}), IsOk());
    ASSERT_THAT(
        RunProgram({"umoci", "insert", "--rootless", "--image", image, Path("one"), "/one"}),
        IsOk());
    std::filesystem::create_directories(Path("tree/usr/bin"));
    std::filesystem::create_symlink("usr/bin", Path("tree/bin"));
    ASSERT_THAT(WriteFile(Path("tree/two"), "2\n"), IsOk());
    ASSERT_THAT(RunProgram({"umoci", "insert", "--rootless", "--image", image, Path("tree"), "/"}),
                IsOk());
    ASSERT_THAT(RunProgram({"umoci",
                            "config",
                            "--image",
                            image,
                            "--architecture",
                            "amd64",
                            "--config.entrypoint",
                            "/entry",
                            "--config.cmd",
                            "base",
                            "--config.env",
                            "A=1",
                            "--config.user",
                            "7:8",
                            "--config.exposedports",
                            "80/tcp",
                            "--config.label",
                            "base=yes",
                            "--config.workingdir",
                            "/w",
                            "--config.stopsignal",
                            "SIGQUIT"}),
                IsOk());
  }

  std::string Path(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  // What a program of ours says, with DIR for the test's directory.
  std::string Run(const std::string& program, const Words& flags) const {
    Words words = {absl::StrCat("tools/package/", program)};
    words.insert(words.end(), flags.begin(), flags.end());
    const absl::StatusOr<std::string> output = RunProgram(words);
    return absl::StrReplaceAll(output.ok() ? *output : output.status().message(),
                               {{directory_, "DIR"}});
  }

  // A layer with the file /two, which hides the base's, and /bin/script, where the base has a
  // symlink.
  void MakeLayer(const std::string& name = "layer") {
    ASSERT_THAT(WriteFile(Path("script"), "#!/bin/sh\n"), IsOk());
    ASSERT_EQ(Run("make_layer", {"--on_top", absl::StrCat("--file=/bin/script=", Path("script")),
                                 absl::StrCat("--file=/two=", Path("script")),
                                 absl::StrCat("--layer=", Path(name)),
                                 absl::StrCat("--descriptor=", Path(name + ".pb"))}),
              "");
  }

  // Makes the image NAME of a base that these flags name.
  std::string MakeImage(const std::string& name, Words flags, const std::string& layer = "layer") {
    for (const std::string part : {"manifest", "config", "image_config", "image_layers"}) {
      flags.push_back(absl::StrCat("--", part, "=", Path(absl::StrCat(name, ".", part))));
    }
    flags.push_back(absl::StrCat("--descriptor=", Path(layer + ".pb")));
    return Run("make_image", flags);
  }

  // Writes the layout NAME.layout; `flags` say where the layers are.
  std::string MakeLayout(const std::string& name, Words flags) {
    flags.insert(flags.begin(),
                 {absl::StrCat("--manifest=", Path(name + ".manifest")),
                  absl::StrCat("--config=", Path(name + ".config")),
                  absl::StrCat("--output=", Path(name + ".layout")), "--reference=v1"});
    return Run("make_layout", flags);
  }

  std::string Inspect(const std::string& layout, const std::string& format) {
    const auto output = RunProgram({"skopeo", "--tmpdir", directory_, "inspect", "--config",
                                    "--format", format, absl::StrCat("oci:", layout, ":v1")});
    return output.ok() ? *output : std::string(output.status().message());
  }

  // Copies the base into another form of skopeo's.
  std::string Copy(const std::string& form, const std::string& name, const std::string& suffix) {
    EXPECT_THAT(RunProgram({"skopeo", "--insecure-policy", "--tmpdir", directory_, "copy",
                            "--quiet", absl::StrCat("oci:", Path("base"), ":v1"),
                            absl::StrCat(form, ":", Path(name), suffix)}),
                IsOk());
    return Path(name);
  }

  const std::string directory_ = MakeTestDirectory("base");
};

TEST_F(BaseTest, ForeignProgramsReadIt) {
  MakeLayer();
  ASSERT_EQ(MakeImage("app", {absl::StrCat("--base_layout=", Path("base")), "--env=B=2",
                              "--command=own", "--label=own=yes"}),
            "");
  ASSERT_EQ(MakeLayout("app", {absl::StrCat("--layout=", Path("base")),
                               absl::StrCat("--layer=", Path("layer"))}),
            "");
  const std::string layout = Path("app.layout");
  EXPECT_EQ(Inspect(layout,
                    "{{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.Env}} "
                    "{{.Config.User}} {{.Config.ExposedPorts}} {{.Config.Labels}} "
                    "{{.Config.WorkingDir}} {{.Config.StopSignal}} {{len .History}}"),
            "[/entry] [own] [A=1 B=2] 7:8 map[80/tcp:{}] map[base:yes own:yes] /w SIGQUIT 4\n");
  const std::string unpacked = Path("unpacked");
  ASSERT_THAT(RunProgram({"umoci", "unpack", "--rootless", "--image", layout + ":v1", unpacked}),
              IsOk());
  EXPECT_THAT(ReadFile(unpacked + "/rootfs/one"), IsOkAndHolds("1\n"));
  EXPECT_THAT(ReadFile(unpacked + "/rootfs/two"), IsOkAndHolds("#!/bin/sh\n"));
  EXPECT_THAT(ReadFile(unpacked + "/rootfs/usr/bin/script"), IsOkAndHolds("#!/bin/sh\n"));
  EXPECT_TRUE(std::filesystem::is_symlink(unpacked + "/rootfs/bin"));
  ASSERT_THAT(RunProgram({"skopeo", "--insecure-policy", "--tmpdir", directory_, "copy", "--quiet",
                          absl::StrCat("oci:", layout, ":v1"),
                          absl::StrCat("docker-archive:", Path("docker.tar"), ":x:1")}),
              IsOk());
}

// The layers are those of the base, whatever form it comes in, and ours.
TEST_F(BaseTest, EveryFormOfBase) {
  MakeLayer();
  const std::string archive = Copy("oci-archive", "oci.tar", ":v1");
  const std::string docker = Copy("docker-archive", "docker.tar", ":name/x:1");
  ASSERT_THAT(RunProgram({"gzip", "-k", docker}), IsOk());
  std::string chain_id;
  for (const auto& [name, path] :
       std::vector<std::pair<std::string, std::string>>{{"directory", Path("base")},
                                                        {"oci", archive},
                                                        {"docker", docker},
                                                        {"gzip", docker + ".gz"}}) {
    ASSERT_EQ(MakeImage(name, {absl::StrCat("--base_archive=", path)}), "") << name;
    ASSERT_EQ(MakeLayout(name, {absl::StrCat("--archive=", path),
                                absl::StrCat("--layer=", Path("layer"))}),
              "")
        << name;
    const auto image = ImageSource::OpenLayout(Path(name + ".layout"), {});
    ASSERT_THAT(image, IsOk()) << name;
    EXPECT_EQ(image->layers().layers_size(), 3) << name;
    if (chain_id.empty()) chain_id = image->layers().chain_id();
    EXPECT_EQ(image->layers().chain_id(), chain_id) << name;
    ImageLayers told;
    ASSERT_THAT(ReadProto(Path(name + ".image_layers"), told), IsOk());
    EXPECT_EQ(told.SerializeAsString(), image->layers().SerializeAsString()) << name;
    ImageConfig config;
    ASSERT_THAT(ReadProto(Path(name + ".image_config"), config), IsOk());
    EXPECT_EQ(config.chain_id(), chain_id) << name;
    EXPECT_THAT(config.entrypoint(), ElementsAre("/entry"));
  }
}

// A package on a package: by its parts, and the layers of both on those of the layout.
TEST_F(BaseTest, PackageOnPackage) {
  MakeLayer("lower");
  MakeLayer("upper");
  ASSERT_EQ(MakeImage("first", {absl::StrCat("--base_layout=", Path("base"))}, "lower"), "");
  ASSERT_EQ(MakeImage("second",
                      {absl::StrCat("--base_manifest=", Path("first.manifest")),
                       absl::StrCat("--base_config=", Path("first.config")), "--entrypoint=/x"},
                      "upper"),
            "");
  ASSERT_EQ(MakeLayout("second", {absl::StrCat("--layout=", Path("base")),
                                  absl::StrCat("--layer=", Path("lower")),
                                  absl::StrCat("--layer=", Path("upper"))}),
            "");
  const auto image = ImageSource::OpenLayout(Path("second.layout"), {});
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->layers().layers_size(), 4);
  EXPECT_EQ(
      Inspect(Path("second.layout"), "{{.Config.Entrypoint}} {{.Config.Cmd}} {{len .History}}"),
      "[/x] [] 5\n");
}

TEST_F(BaseTest, ConfigurationKeepsWhatNobodyKnows) {
  MakeLayer();
  ASSERT_THAT(WriteFile(Path("b.config"),
                        R"({"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux",)"
                        R"("x":[1.5,null],"config":{"Env":["A=1"],"Healthcheck":{"Test":["NONE"]},)"
                        R"("Cmd":["/c"]},"rootfs":{"type":"layers","diff_ids":[]}})"),
              IsOk());
  const std::string config = *ReadFile(Path("b.config"));
  ASSERT_THAT(
      WriteFile(
          Path("b.manifest"),
          absl::StrCat(
              R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",)"
              R"("digest":")",
              OciDigest(Sha256Of(config)), R"(","size":)", config.size(), R"(},"layers":[]})")),
      IsOk());
  ASSERT_EQ(
      MakeImage("app", {absl::StrCat("--base_manifest=", Path("b.manifest")),
                        absl::StrCat("--base_config=", Path("b.config")), "--working_dir=/w"}),
      "");
  EXPECT_THAT(*ReadFile(Path("app.config")),
              testing::MatchesRegex(
                  R"(\{"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux",)"
                  R"("x":\[1.5,null\],"config":\{"Healthcheck":\{"Test":\["NONE"\]\},)"
                  R"("Env":\["A=1"\],"Cmd":\["/c"\],"WorkingDir":"/w"\},)"
                  R"("rootfs":\{"type":"layers","diff_ids":\["sha256:[0-9a-f]*"\]\}\})"));
}

TEST_F(BaseTest, OtherPlatform) {
  MakeLayer();
  const Words flags = {absl::StrCat("--base_layout=", Path("base")), "--base_label=//os:busybox",
                       "--architecture=arm64"};
  EXPECT_THAT(MakeImage("app", flags),
              testing::MatchesRegex(
                  ".*make_image: base //os:busybox of a package for linux/arm64: "
                  "DIR/base/blobs/sha256/[0-9a-f]*: found an image for linux/amd64; expected one "
                  "for linux/arm64\n"));
  EXPECT_FALSE(std::filesystem::exists(Path("app.manifest")));
}

TEST_F(BaseTest, BaseOfSeveralImages) {
  MakeLayer();
  ASSERT_THAT(RunProgram({"umoci", "config", "--image", Path("base") + ":v1", "--tag", "v2",
                          "--config.cmd", "second"}),
              IsOk());
  const std::string base = absl::StrCat("--base_layout=", Path("base"));
  EXPECT_THAT(MakeImage("app", {base, "--base_label=//os:two"}),
              HasSubstr("base //os:two of a package for linux/amd64: DIR/base/index.json: found 2 "
                        "images (\"v1\", \"v2\"); choose one: linuxkit_oci_image(name = \"NAME\", "
                        "src = \"//os:two\", reference = \"v1\"), and give \":NAME\" as the "
                        "image\n"));
  ASSERT_EQ(MakeImage("app", {base, "--base_choose=v2"}), "");
  ImageConfig config;
  ASSERT_THAT(ReadProto(Path("app.image_config"), config), IsOk());
  EXPECT_THAT(config.cmd(), ElementsAre("second"));
}

}  // namespace
}  // namespace linuxkit
