// Layers and images as other programs see them: dpkg-deb and tar make the inputs, umoci and skopeo
// read what we make.
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/documents.h"
#include "tools/oci/image_source.h"
#include "tools/oci/testing/run_program.h"
#include "tools/package/image_writer.h"
#include "tools/package/layer_writer.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using Format = Compression::Format;
using Inputs = std::vector<std::unique_ptr<LayerInput>>;

class PackageTest : public testing::Test {
 protected:
  // A tree of files in the test's directory.
  std::string Tree(const std::string& name, const std::vector<std::string>& files) {
    const std::string root = absl::StrCat(directory_, "/", name);
    for (const std::string& file : files) {
      const std::filesystem::path path(absl::StrCat(root, "/", file));
      std::filesystem::create_directories(path.parent_path());
      EXPECT_THAT(WriteFile(path, absl::StrCat(name, " ", file, "\n")), IsOk());
    }
    return root;
  }

  std::string Tar(const std::string& root, const std::string& option = "--gzip") {
    const std::string path = absl::StrCat(root, ".tar");
    EXPECT_THAT(RunProgram({"tar", "-C", root, option, "--sort=name", "-cf", path, "."}), IsOk());
    return path;
  }

  // A Debian package of this tree.
  std::string Deb(const std::string& root, const std::string& compression) {
    const std::string path = absl::StrCat(root, ".deb");
    std::filesystem::create_directories(root + "/DEBIAN");
    EXPECT_THAT(WriteFile(root + "/DEBIAN/control",
                          "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\n"
                          "Description: d\n"),
                IsOk());
    EXPECT_THAT(
        RunProgram({"dpkg-deb", "--root-owner-group", "-Z" + compression, "--build", root, path}),
        IsOk());
    return path;
  }

  absl::StatusOr<ImageLayers::Layer> Write(Inputs inputs, const LayerOptions& options = {}) {
    return WriteLayer(inputs, options, blob_);
  }

  // Paths in the layer, as tar lists them.
  std::string List(Inputs inputs, LayerOptions options = {}) {
    options.compression.format = Format::kNone;
    const auto layer = Write(std::move(inputs), options);
    if (!layer.ok()) return std::string(layer.status().message());
    const auto list = RunProgram({"tar", "-tf", blob_});
    return list.ok() ? *list : std::string(list.status().message());
  }

  // Makes an OCI layout of one layer.
  std::string Layout(const ImageLayers::Layer& layer) {
    ImageLayers layers;
    *layers.add_layers() = layer;
    ImageConfig config;
    config.set_architecture("amd64");
    config.set_os("linux");
    config.add_entrypoint("/bin/a b");
    config.add_env("K=V");
    (*config.mutable_labels())["z"] = "1";
    (*config.mutable_labels())["a"] = "<&>";
    const auto documents = WriteImageDocuments(config, "1:2", layers);
    EXPECT_THAT(documents, IsOk());
    EXPECT_THAT(WriteFile(directory_ + "/manifest", documents->manifest), IsOk());
    EXPECT_THAT(WriteFile(directory_ + "/config", documents->config), IsOk());
    const std::string layout = directory_ + "/layout";
    EXPECT_THAT(WriteLayout({.manifest = directory_ + "/manifest",
                             .config = directory_ + "/config",
                             .layers = {.layers = {blob_}}},
                            "v1", layout),
                IsOk());
    return layout;
  }

  static Inputs Of(std::unique_ptr<LayerInput> first,
                   std::unique_ptr<LayerInput> second = nullptr) {
    Inputs inputs;
    inputs.push_back(std::move(first));
    if (second) inputs.push_back(std::move(second));
    return inputs;
  }

  const std::string directory_ = MakeTestDirectory("package");
  const std::string blob_ = directory_ + "/blob";
};

TEST_F(PackageTest, TarsOfEveryCompression) {
  const std::string root = Tree("in", {"a/f", "g"});
  for (const std::string option : {"--gzip", "--xz", "--zstd", "--format=gnu"}) {
    EXPECT_EQ(List(Of(LayerInput::Tar(Tar(root, option)))), "./\na/\na/f\ng\n") << option;
  }
}

TEST_F(PackageTest, DebsOfEveryCompression) {
  for (const std::string compression : {"xz", "zstd", "gzip"}) {
    const std::string root = Tree("deb-" + compression, {"usr/bin/tool"});
    EXPECT_EQ(List(Of(LayerInput::Deb(Deb(root, compression)))),
              "./\nusr/\nusr/bin/\nusr/bin/tool\n");
  }
}

TEST_F(PackageTest, StripDocsAndExcludes) {
  const std::string tar =
      Tar(Tree("in", {"usr/share/doc/p/copyright", "usr/share/man/man1/p.1.gz", "usr/share/docs/x",
                      "usr/bin/p", "var/cache/a", "etc/p.conf", "etc/q.conf"}));
  EXPECT_EQ(List(Of(LayerInput::Tar(tar)),
                 {.strip_docs = true, .excludes = {"var/cache", "etc/p*"}, .compression = {}}),
            "./\netc/\netc/q.conf\nusr/\nusr/bin/\nusr/bin/p\nusr/share/\nusr/share/docs/\n"
            "usr/share/docs/x\nvar/\n");
}

TEST_F(PackageTest, MergeUsrJoinsBothLayouts) {
  const std::string old_layout = Deb(Tree("old", {"bin/sh", "lib/x/libc.so"}), "xz");
  const std::string merged = Tree("merged", {"usr/bin/ls"});
  std::filesystem::create_symlink("usr/bin", merged + "/bin");
  EXPECT_EQ(List(Of(LayerInput::Deb(old_layout), LayerInput::Tar(Tar(merged))),
                 {.strip_docs = false, .excludes = {}, .merge_usr = true, .compression = {}}),
            "usr/\nusr/bin/\nusr/sbin/\nusr/lib/\nusr/lib64/\nbin\nsbin\nlib\nlib64\n./\n"
            "usr/bin/sh\nusr/lib/x/\nusr/lib/x/libc.so\nusr/bin/ls\n");
}

TEST_F(PackageTest, WithoutMergeUsrTheLayoutsClash) {
  const std::string merged = Tree("merged", {"usr/bin/ls"});
  std::filesystem::create_symlink("usr/bin", merged + "/bin");
  const std::string old_layout = Tar(Tree("old", {"bin/sh"}));
  EXPECT_EQ(List(Of(LayerInput::Tar(Tar(merged)), LayerInput::Tar(old_layout))),
            absl::StrCat(old_layout, ": \"bin\" is a directory, but a symbolic link in ", merged,
                         ".tar; leave one of them out (--merge_usr moves everything below it to "
                         "usr/)"));
}

TEST_F(PackageTest, FilesLinksAndDirectories) {
  const std::string root = Tree("in", {"script", "program", "data", "empty"});
  ASSERT_THAT(WriteFile(root + "/script", "#!/bin/sh\n"), IsOk());
  ASSERT_THAT(WriteFile(root + "/program", "\177ELF..."), IsOk());
  ASSERT_THAT(WriteFile(root + "/empty", ""), IsOk());
  // Permissions of inputs are no part of an action's key.
  ASSERT_EQ(chmod((root + "/data").c_str(), 0755), 0);
  absl::StatusOr<std::unique_ptr<LayerInput>> made[] = {
      LayerInput::Directory("/var/lib/x:0700"),
      LayerInput::File(absl::StrCat("/bin/run=", root, "/script")),
      LayerInput::File(absl::StrCat("/bin/tool=", root, "/program")),
      LayerInput::File(absl::StrCat("etc/data=", root, "/data")),
      LayerInput::File(absl::StrCat("etc/empty=", root, "/empty")),
      LayerInput::File(absl::StrCat("etc/key:400=", root, "/data")),
      LayerInput::Symlink("etc/link=../bin/run")};
  Inputs inputs;
  for (auto& input : made) {
    ASSERT_THAT(input, IsOk());
    inputs.push_back(*std::move(input));
  }
  ASSERT_THAT(Write(std::move(inputs)), IsOk());
  EXPECT_THAT(
      RunProgram({"tar", "--zstd", "--numeric-owner", "--full-time", "--utc", "-tvf", blob_}),
      IsOkAndHolds("drwxr-xr-x 0/0               0 2017-04-18 16:30:00 var/\n"
                   "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 var/lib/\n"
                   "drwx------ 0/0               0 2017-04-18 16:30:00 var/lib/x/\n"
                   "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 bin/\n"
                   "-rwxr-xr-x 0/0              10 2017-04-18 16:30:00 bin/run\n"
                   "-rwxr-xr-x 0/0               7 2017-04-18 16:30:00 bin/tool\n"
                   "drwxr-xr-x 0/0               0 2017-04-18 16:30:00 etc/\n"
                   "-rw-r--r-- 0/0               8 2017-04-18 16:30:00 etc/data\n"
                   "-rw-r--r-- 0/0               0 2017-04-18 16:30:00 etc/empty\n"
                   "-r-------- 0/0               8 2017-04-18 16:30:00 etc/key\n"
                   "lrwxrwxrwx 0/0               0 2017-04-18 16:30:00 etc/link -> "
                   "../bin/run\n"));
}

TEST_F(PackageTest, MalformedFlags) {
  EXPECT_THAT(LayerInput::File("etc/x"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                  "--file=etc/x: expected --file=DEST=SOURCE"));
  EXPECT_THAT(LayerInput::Symlink("etc/x="), StatusIs(absl::StatusCode::kInvalidArgument,
                                                      "--symlink=etc/x=: expected DEST=TARGET"));
  EXPECT_THAT(LayerInput::Directory("../x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "\"../x\" is not a path in the image; expected one like usr/bin/tool"));
}

TEST_F(PackageTest, DamagedDeb) {
  const std::string deb = Deb(Tree("p", {"usr/bin/tool"}), "xz");
  const std::string good = *ReadFile(deb);
  ASSERT_THAT(WriteFile(deb, good.substr(0, good.size() - 10)), IsOk());
  EXPECT_THAT(
      Write(Of(LayerInput::Deb(deb))),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr(".deb is not a valid Debian package: member \"data.tar.xz\" has ")));
  ASSERT_THAT(WriteFile(deb, "hello"), IsOk());
  EXPECT_THAT(Write(Of(LayerInput::Deb(deb))),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(deb,
                                    " is not a valid Debian package: it does not begin with "
                                    "\"!<arch>\"")));
  EXPECT_FALSE(std::filesystem::exists(blob_));
}

TEST_F(PackageTest, TruncatedTarLeavesNothing) {
  const std::string tar = Tar(Tree("in", {"a", "b", "c"}), "--gzip");
  const std::string good = *ReadFile(tar);
  ASSERT_THAT(WriteFile(tar, good.substr(0, good.size() - 6)), IsOk());
  EXPECT_THAT(Write(Of(LayerInput::Tar(tar))).status().message(), HasSubstr(tar));
  EXPECT_FALSE(std::filesystem::exists(blob_));
  EXPECT_FALSE(std::filesystem::exists(blob_ + ".partial"));
}

class CompressionTest : public PackageTest, public testing::WithParamInterface<Format> {};

// umoci unpacks our image to exactly the tree that went in.
TEST_P(CompressionTest, UmociUnpacksTheInputTree) {
  const std::string root = Tree("in", {"a/f", "a/empty", "b/" + std::string(120, 'n'), "g"});
  std::filesystem::create_symlink("../g", root + "/a/symlink");
  std::filesystem::create_hard_link(root + "/g", root + "/hard");
  ASSERT_EQ(chmod((root + "/a").c_str(), 0711), 0);
  const auto layer = Write(Of(LayerInput::Tar(Tar(root))), {.strip_docs = false,
                                                            .excludes = {},
                                                            .merge_usr = false,
                                                            .compression = {.format = GetParam()}});
  ASSERT_THAT(layer, IsOk());
  const std::string layout = Layout(*layer);
  const std::string unpacked = directory_ + "/unpacked";
  ASSERT_THAT(RunProgram({"umoci", "unpack", "--rootless", "--image", layout + ":v1", unpacked}),
              IsOk());
  EXPECT_THAT(RunProgram({"diff", "-r", "--no-dereference", root, unpacked + "/rootfs"}),
              IsOkAndHolds(""));
  EXPECT_EQ(std::filesystem::hard_link_count(unpacked + "/rootfs/hard"), 2);
  struct stat info;
  ASSERT_EQ(stat((unpacked + "/rootfs/a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0711);
}

// skopeo checks every digest on the way, and we read our own image.
TEST_P(CompressionTest, SkopeoCopiesIt) {
  const auto layer =
      Write(Of(LayerInput::Tar(Tar(Tree("in", {"f"})))), {.strip_docs = false,
                                                          .excludes = {},
                                                          .merge_usr = false,
                                                          .compression = {.format = GetParam()}});
  ASSERT_THAT(layer, IsOk());
  const std::string layout = Layout(*layer);
  EXPECT_THAT(RunProgram({"skopeo", "--tmpdir", directory_, "inspect", "--raw",
                          absl::StrCat("oci:", layout, ":v1")}),
              IsOkAndHolds(*ReadFile(directory_ + "/manifest")));
  const std::string archive = directory_ + "/docker.tar";
  ASSERT_THAT(RunProgram({"skopeo", "--insecure-policy", "--tmpdir", directory_, "copy", "--quiet",
                          absl::StrCat("oci:", layout, ":v1"),
                          absl::StrCat("docker-archive:", archive, ":x:1")}),
              IsOk());
  const auto copy = ImageSource::OpenArchive(archive, {});
  const auto image = ImageSource::OpenLayout(layout, {});
  ASSERT_THAT(copy, IsOk());
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(copy->layers().chain_id(), image->layers().chain_id());
  EXPECT_EQ(image->config().entrypoint(0), "/bin/a b");
  EXPECT_EQ(image->config().labels().at("a"), "<&>");
}

INSTANTIATE_TEST_SUITE_P(All, CompressionTest,
                         testing::Values(Format::kNone, Format::kGzip, Format::kZstd));

TEST_F(PackageTest, DocumentsAreFixedBytes) {
  ImageLayers layers;
  ImageLayers::Layer& layer = *layers.add_layers();
  layer.set_media_type(std::string(kOciLayer));
  layer.set_digest("sha256:d");
  layer.set_diff_id("sha256:i");
  layer.set_size(3);
  ImageConfig config;
  config.set_architecture("arm64");
  config.set_os("linux");
  config.add_cmd("/a");
  (*config.mutable_labels())["b"] = "2";
  (*config.mutable_labels())["a"] = "1";
  const auto documents = WriteImageDocuments(config, "", layers);
  ASSERT_THAT(documents, IsOk());
  EXPECT_EQ(documents->config,
            R"({"architecture":"arm64","os":"linux","config":{"Cmd":["/a"],)"
            R"("Labels":{"a":"1","b":"2"}},"rootfs":{"type":"layers","diff_ids":["sha256:i"]}})");
  EXPECT_THAT(
      documents->manifest,
      testing::MatchesRegex(
          R"(\{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1\+json",)"
          R"("config":\{"mediaType":"application/vnd.oci.image.config.v1\+json",)"
          R"("digest":"sha256:[0-9a-f]*","size":139\},)"
          R"("layers":\[\{"mediaType":"application/vnd.oci.image.layer.v1.tar",)"
          R"("digest":"sha256:d","size":3\}\]\})"));
}

TEST_F(PackageTest, TextThatIsNotUtf8) {
  ImageConfig config;
  config.set_working_dir("\xff");
  EXPECT_THAT(WriteImageDocuments(config, "", {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the image configuration has text that is not valid UTF-8, which JSON "
                       "cannot hold"));
}

TEST_F(PackageTest, LayoutWithADamagedBlob) {
  const auto layer = Write(Of(LayerInput::Tar(Tar(Tree("in", {"f"})))));
  ASSERT_THAT(layer, IsOk());
  Layout(*layer);
  std::filesystem::remove_all(directory_ + "/layout");
  ASSERT_THAT(WriteFile(blob_, "damaged"), IsOk());
  EXPECT_THAT(
      WriteLayout({.manifest = directory_ + "/manifest",
                   .config = directory_ + "/config",
                   .layers = {.layers = {blob_}}},
                  "", directory_ + "/layout"),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr(absl::StrCat("blob: found digest sha256:"))));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/layout/index.json"));
}

}  // namespace
}  // namespace linuxkit
