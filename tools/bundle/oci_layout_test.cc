// Volumes of format oci: entries as LinuxKit orders them, and layouts that skopeo and umoci read.
// cpio unpacks the segments, as the kernel would.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/bundle/bundle.h"
#include "tools/cpio/newc_reader.h"
#include "tools/oci/documents.h"
#include "tools/oci/index_source.h"
#include "tools/oci/testing/run_program.h"
#include "tools/oci/verified_blob.h"
#include "tools/registry/testing/docker_registry.h"
#include "tools/segment/segment_writer.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr char kReference[] = "docker.io/team/app:1";
constexpr char kLower[] = "containers/volumes/data/lower";

class OciLayoutTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    images_ = new std::string(MakeTestDirectory("images"));
    MakeTestImages(*images_);
    RunProgram({"skopeo", "--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests",
                absl::StrCat("oci:", *images_, "/layout:multi"),
                absl::StrCat("oci:", *images_, "/multi:", kReference)})
        .value();
    RunProgram({"skopeo", "--insecure-policy", "copy", "--quiet", "--preserve-digests",
                absl::StrCat("oci:", *images_, "/layout:arm64"),
                absl::StrCat("oci:", *images_, "/single")})
        .value();
  }
  static void TearDownTestSuite() { delete images_; }

  static std::string Images(std::string_view name) { return absl::StrCat(*images_, "/", name); }

  static absl::StatusOr<IndexSource> Layout(const std::string& name) {
    return IndexSource::OfTree(BlobTree::OfDirectory(Images(name)), "site:image");
  }

  // The index of `source`, the manifests it names, and what these consist of.
  static std::vector<OciDescriptor> Entries(const IndexSource& source) {
    return ParseIndex("index", source.text)->manifests;
  }
  static ImageManifest Manifest(const IndexSource& source, const OciDescriptor& entry) {
    return *ParseManifest("manifest", *ReadBlob(*source.blobs, entry));
  }

  absl::Status Write(const IndexSource& source, const std::vector<std::string>& platforms = {}) {
    Volume volume;
    volume.set_name("data");
    volume.set_image("x");
    volume.set_format("oci");
    volume.mutable_platforms()->Assign(platforms.begin(), platforms.end());
    ABSL_ASSIGN_OR_RETURN(
        const std::unique_ptr<SegmentWriter> writer,
        SegmentWriter::Create(Path("segment"),
                              {.owner = "//os:test", .compression = {Compression::Format::kNone}}));
    ABSL_RETURN_IF_ERROR(AddVolume(volume, &source, *writer));
    return writer->Finish(Path("index"));
  }

  // The layout, unpacked.
  std::string Unpack() {
    const std::string root = Path("root");
    std::filesystem::create_directories(root);
    EXPECT_THAT(RunProgram({"cpio", "--quiet", "-i", "-D", root, "-F", Path("segment")}), IsOk());
    return absl::StrCat(root, "/", kLower);
  }

  std::vector<std::string> Listing() {
    const InputFile file = *InputFile::Open(Path("segment"));
    FileRange range(file);
    NewcReader cpio(range);
    std::vector<std::string> lines;
    while (true) {
      const std::optional<NewcMember> member = *cpio.Next();
      if (!member) return lines;
      lines.push_back(
          absl::StrFormat("%s %o %d", member->name, member->header.mode, member->header.mtime));
    }
  }

  std::string Path(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  const std::string directory_ = MakeTestDirectory("test");

 private:
  static std::string* images_;
};

std::string* OciLayoutTest::images_ = nullptr;

std::string BlobLine(const OciDescriptor& blob) {
  return absl::StrCat(kLower, "/", BlobName(blob.digest), " 100644 0");
}

TEST_F(OciLayoutTest, EntriesInLinuxkitsOrder) {
  const auto source = Layout("multi");
  ASSERT_THAT(source, IsOk());
  ASSERT_THAT(Write(*source), IsOk());
  std::vector<std::string> expected = {"containers 40755 1492533000",
                                       "containers/volumes 40755 1492533000",
                                       "containers/volumes/data 40755 1492533000",
                                       absl::StrCat(kLower, " 40755 1492533000"),
                                       absl::StrCat(kLower, "/oci-layout 100644 0"),
                                       absl::StrCat(kLower, "/blobs 40755 0"),
                                       absl::StrCat(kLower, "/blobs/sha256 40755 0")};
  const OciDescriptor amd64 = Entries(*source).at(0), arm64 = Entries(*source).at(1);
  const ImageManifest first = Manifest(*source, amd64), second = Manifest(*source, arm64);
  // Both have the same layer, which is there once.
  ASSERT_EQ(first.layers.at(0).digest, second.layers.at(0).digest);
  for (const OciDescriptor& blob :
       {first.config, first.layers.at(0), amd64, second.config, arm64}) {
    expected.push_back(BlobLine(blob));
  }
  expected.push_back(
      absl::StrCat(kLower, "/blobs/sha256/", Hex(Sha256Of(source->text)), " 100644 0"));
  expected.push_back(absl::StrCat(kLower, "/index.json 100644 0"));
  expected.push_back("containers/volumes/data/tmp 40755 1492533000");
  expected.push_back("containers/volumes/data/merged 40755 1492533000");
  EXPECT_THAT(Listing(), ElementsAreArray(expected));
}

TEST_F(OciLayoutTest, TextOfTheFrame) {
  const auto source = Layout("multi");
  ASSERT_THAT(Write(*source), IsOk());
  const std::string layout = Unpack();
  EXPECT_EQ(*ReadFile(layout + "/oci-layout"), "{\n\t\t\"imageLayoutVersion\": \"1.0.0\"\n\t}");
  EXPECT_EQ(*ReadFile(layout + "/index.json"),
            absl::StrFormat(R"({
   "schemaVersion": 2,
   "mediaType": "application/vnd.oci.image.index.v1+json",
   "manifests": [
      {
         "mediaType": "application/vnd.oci.image.index.v1+json",
         "size": %d,
         "digest": "%s",
         "annotations": {
            "org.opencontainers.image.ref.name": "docker.io/team/app:1"
         }
      }
   ]
})",
                            source->text.size(), OciDigest(Sha256Of(source->text))));
}

TEST_F(OciLayoutTest, SkopeoCopiesEveryPlatform) {
  ASSERT_THAT(Write(*Layout("multi")), IsOk());
  const std::string layout = Unpack();
  EXPECT_THAT(RunProgram({"skopeo", "--insecure-policy", "copy", "--quiet", "--all",
                          absl::StrCat("oci:", layout, ":", kReference),
                          absl::StrCat("dir:", Path("copy"))}),
              IsOk());
  EXPECT_EQ(*RunProgram({"umoci", "ls", "--layout", layout}), "docker.io/team/app:1\n");
}

TEST_F(OciLayoutTest, OnePlatformAndTheWholeIndex) {
  const auto source = Layout("multi");
  ASSERT_THAT(Write(*source, {"linux/arm64"}), IsOk());
  const std::string image = absl::StrCat("oci:", Unpack(), ":", kReference);
  EXPECT_EQ(*RunProgram({"skopeo", "inspect", "--raw", image}), source->text);
  const auto copy = [&](const std::string& architecture) {
    return RunProgram({"skopeo", "--insecure-policy", "--override-arch", architecture, "copy",
                       "--quiet", image, absl::StrCat("dir:", Path(architecture))})
        .status();
  };
  EXPECT_THAT(copy("arm64"), IsOk());
  EXPECT_THAT(copy("amd64").message(), HasSubstr("no such file or directory"));
}

TEST_F(OciLayoutTest, ImageOfOnePlatformGetsAnIndex) {
  const auto source = Layout("single");
  ASSERT_THAT(source, IsOk());
  ASSERT_THAT(Write(*source, {"linux/arm64"}), IsOk());
  EXPECT_THAT(RunProgram({"skopeo", "--override-arch", "arm64", "inspect",
                          absl::StrCat("oci:", Unpack(), ":site:image")}),
              IsOk());
}

TEST_F(OciLayoutTest, PartsOfAnImage) {
  const auto whole = Layout("single");
  const OciDescriptor entry = Entries(*whole).at(0);
  const ImageManifest manifest = Manifest(*whole, entry);
  const auto file = [](const OciDescriptor& blob) {
    return absl::StrCat(Images("single"), "/", BlobName(blob.digest));
  };
  const auto parts = IndexSource::OfImage(file(entry), file(manifest.config),
                                          {.layers = {file(manifest.layers.at(0))}}, "site:image");
  ASSERT_THAT(parts, IsOk());
  EXPECT_EQ(parts->text, whole->text);
  EXPECT_THAT(Write(*parts), IsOk());
  EXPECT_EQ(IndexSource::OfImage(file(entry), file(manifest.config), {}, "x").status().message(),
            absl::StrCat("nothing says where ", manifest.layers.at(0).digest,
                         " is; expected --layer, --blob, --layout or --archive"));
}

// Only the blobs of the chosen images are there.
TEST_F(OciLayoutTest, LockedImage) {
  const auto whole = Layout("multi");
  ASSERT_THAT(WriteFile(Path("locked"), whole->text), IsOk());
  const OciDescriptor entry = Entries(*whole).at(1);
  const ImageManifest manifest = Manifest(*whole, entry);
  std::vector<std::string> words;
  for (const OciDescriptor& blob : {manifest.config, manifest.layers.at(0), entry}) {
    words.push_back(absl::StrCat(blob.digest, "=", Images("multi"), "/", BlobName(blob.digest)));
  }
  const auto locked = IndexSource::OfFiles(Path("locked"), kReference, words);
  ASSERT_THAT(locked, IsOk());
  EXPECT_THAT(Write(*locked, {"linux/arm64/v8"}), IsOk());
  const std::vector<std::string> lines = Listing();
  EXPECT_THAT(Write(*whole, {"linux/arm64/v8"}), IsOk());
  EXPECT_THAT(Listing(), ElementsAreArray(lines));
  EXPECT_EQ(Write(*locked).message(),
            absl::StrCat("nothing says where ", BlobName(Entries(*whole).at(0).digest),
                         " is; expected --blob"));
  EXPECT_EQ(IndexSource::OfFiles(Path("locked"), kReference, {"sha256:1=x"}).status().message(),
            "--blob=sha256:1=x: expected --blob=DIGEST=PATH");
}

TEST_F(OciLayoutTest, PlatformThatIsNotThere) {
  const auto source = Layout("multi");
  EXPECT_EQ(Write(*source, {"linux/riscv64"}).message(),
            absl::StrCat(source->name,
                         ": found no image for linux/riscv64; there is: "
                         "linux/amd64, linux/arm64/v8"));
  EXPECT_FALSE(std::filesystem::exists(Path("segment")));
}

TEST_F(OciLayoutTest, DamagedLayer) {
  std::filesystem::copy(Images("single"), Path("damaged"),
                        std::filesystem::copy_options::recursive);
  const auto source = IndexSource::OfTree(BlobTree::OfDirectory(Path("damaged")), "x");
  const OciDescriptor layer = Manifest(*source, Entries(*source).at(0)).layers.at(0);
  const std::string path = absl::StrCat(Path("damaged"), "/", BlobName(layer.digest));
  std::string bytes = *ReadFile(path);
  bytes.back() ^= 1;
  ASSERT_THAT(WriteFile(path, bytes), IsOk());
  EXPECT_EQ(Write(*source).message(),
            absl::StrCat(path, " is damaged: found digest ", OciDigest(Sha256Of(bytes)),
                         "; expected ", layer.digest));
  EXPECT_FALSE(std::filesystem::exists(Path("segment")));
}

TEST_F(OciLayoutTest, LayoutOfSeveralImages) {
  EXPECT_EQ(Layout("layout").status().message(),
            absl::StrCat(Images("layout"),
                         "/index.json: found 6 images (\"amd64\", \"arm64\", \"gzip\", "
                         "\"multi\", \"plain\", \"zstd\"); choose one: linuxkit_oci_image(name = "
                         "\"NAME\", src = \"IMAGE\", reference = \"gzip\"), and give \":NAME\" "
                         "as the image"));
  const auto chosen = IndexSource::OfTree(BlobTree::OfDirectory(Images("layout")), "x",
                                          {.platform = {}, .reference = "multi"});
  ASSERT_THAT(chosen, IsOk());
  EXPECT_EQ(Entries(*chosen).size(), 2);
}

}  // namespace
}  // namespace linuxkit
