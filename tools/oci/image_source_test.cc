#include "tools/oci/image_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/blob_tree.h"
#include "tools/oci/documents.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// A layout in the making. Messages about it name "L" instead of its directory.
class TestLayout {
 public:
  TestLayout() : directory_(MakeTestDirectory("layout")) {
    mkdir((directory_ + "/blobs").c_str(), 0755);
    mkdir((directory_ + "/blobs/sha256").c_str(), 0755);
  }

  // Stores a blob and returns the inside of its descriptor.
  std::string Add(std::string_view media_type, std::string_view blob) {
    const std::string digest = OciDigest(Sha256Of(blob));
    EXPECT_THAT(WriteFile(PathOf(digest), blob), IsOk());
    return absl::StrFormat(R"("mediaType":"%s","digest":"%s","size":%d)", media_type, digest,
                           blob.size());
  }

  // Stores an image of one layer with this content and returns its manifest's descriptor.
  std::string AddImage(std::string_view layer, std::string_view architecture,
                       std::string_view diff_ids = "") {
    const std::string diff_id = absl::StrCat("\"", OciDigest(Sha256Of(layer)), "\"");
    const std::string config =
        Add(kOciConfig,
            absl::StrFormat(R"({"os":"linux","architecture":"%s","rootfs":{"diff_ids":[%s]}})",
                            architecture, diff_ids.empty() ? diff_id : diff_ids));
    return Add(kOciManifest, absl::StrFormat(R"({"schemaVersion":2,"config":{%s},"layers":[{%s}]})",
                                             config, Add(kOciLayer, layer)));
  }

  // Stores a manifest with these members besides its schema, and returns its descriptor.
  std::string AddManifest(std::string_view members) {
    return Add(kOciManifest, absl::StrFormat(R"({"schemaVersion":2,%s})", members));
  }

  // Stores a list of materials as `oras attach` does; `subject` is an image's descriptor.
  std::string AddSbom(std::string_view subject) {
    return AddManifest(absl::StrFormat(
        R"("artifactType":"application/spdx+json","config":{%s},"layers":[{%s}],"subject":{%s})",
        Add("application/vnd.oci.empty.v1+json", "{}"), Add("application/spdx+json", "{\"a\":1}"),
        subject));
  }

  // Stores a signature as cosign does: but for its layer, it looks like an image.
  std::string AddSignature() {
    return AddManifest(absl::StrFormat(
        R"("config":{%s},"layers":[{%s}])", Add(kOciConfig, "{}"),
        Add("application/vnd.dev.cosign.simplesigning.v1+json", "{\"critical\":{}}")));
  }

  void WriteIndex(const std::vector<std::string>& descriptors) {
    EXPECT_THAT(WriteFile(directory_ + "/index.json", IndexOf(descriptors)), IsOk());
  }

  static std::string IndexOf(const std::vector<std::string>& descriptors) {
    std::string list;
    for (const std::string& entry : descriptors) {
      absl::StrAppend(&list, list.empty() ? "" : ",", "{", entry, "}");
    }
    return absl::StrCat(R"({"schemaVersion":2,"manifests":[)", list, "]}");
  }

  std::string PathOf(std::string_view digest) const {
    return absl::StrCat(directory_, "/blobs/sha256/", digest.substr(7));
  }

  absl::StatusOr<ImageSource> Open(const ImageChoice& choice = {}) const {
    absl::StatusOr<ImageSource> image = ImageSource::OpenLayout(directory_, choice);
    if (image.ok()) return image;
    return absl::Status(image.status().code(),
                        absl::StrReplaceAll(image.status().message(), {{directory_, "L"}}));
  }

  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

std::string OnPlatform(std::string_view descriptor, std::string_view architecture,
                       std::string_view variant = "") {
  return absl::StrFormat(R"(%s,"platform":{"os":"linux","architecture":"%s","variant":"%s"})",
                         descriptor, architecture, variant);
}

std::string Named(std::string_view descriptor, std::string_view name) {
  return absl::StrFormat(R"(%s,"annotations":{"org.opencontainers.image.ref.name":"%s"})",
                         descriptor, name);
}

// The digest in a descriptor.
std::string DigestIn(std::string_view descriptor) {
  return std::string(descriptor.substr(descriptor.find("sha256:"), 71));
}

// The content of the image's only layer.
std::string LayerText(const absl::StatusOr<ImageSource>& image) {
  if (!image.ok()) return image.status().ToString();
  return *ReadRange("layer", image->Layer(0), 100);
}

TEST(OpenLayoutTest, SingleManifest) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "amd64")});
  const auto image = layout.Open();
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(LayerText(image), "one");
  EXPECT_EQ(image->layers().layers(0).diff_id(), OciDigest(Sha256Of("one")));
  EXPECT_EQ(image->layers().chain_id(), Hex(Sha256Of("one")));
  EXPECT_EQ(image->config().chain_id(), Hex(Sha256Of("one")));
  EXPECT_EQ(image->config().architecture(), "amd64");
}

TEST(OpenLayoutTest, SingleManifestOfOtherArchitecture) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "arm64")});
  const std::string config =
      absl::StrFormat(R"({"os":"linux","architecture":"arm64","rootfs":{"diff_ids":["%s"]}})",
                      OciDigest(Sha256Of("one")));
  EXPECT_THAT(layout.Open(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("L/blobs/sha256/", Hex(Sha256Of(config)),
                                    ": found an image for linux/arm64; expected one for "
                                    "linux/amd64")));
}

TEST(OpenLayoutTest, VariantExactThenNone) {
  TestLayout layout;
  const std::string v6 = OnPlatform(layout.AddImage("v6", "arm"), "arm", "v6"),
                    v7 = OnPlatform(layout.AddImage("v7", "arm"), "arm", "v7"),
                    none = OnPlatform(layout.AddImage("none", "arm"), "arm");
  layout.WriteIndex({v6, none, v7});
  EXPECT_EQ(LayerText(layout.Open({.platform = {"linux", "arm", "v7"}})), "v7");
  EXPECT_EQ(LayerText(layout.Open({.platform = {"linux", "arm", "v5"}})), "none");
  EXPECT_EQ(LayerText(layout.Open({.platform = {"linux", "arm", ""}})), "none");
}

TEST(OpenLayoutTest, AnyVariantIfNoneIsAskedFor) {
  TestLayout layout;
  layout.WriteIndex({OnPlatform(layout.AddImage("x", "amd64"), "amd64"),
                     OnPlatform(layout.AddImage("v8", "arm64"), "arm64", "v8")});
  EXPECT_EQ(LayerText(layout.Open({.platform = {"linux", "arm64", ""}})), "v8");
}

TEST(OpenLayoutTest, NoSuchPlatform) {
  TestLayout layout;
  layout.WriteIndex({OnPlatform(layout.AddImage("x", "amd64"), "amd64"),
                     OnPlatform(layout.AddImage("v8", "arm64"), "arm64", "v8"),
                     layout.AddImage("y", "riscv64")});
  EXPECT_THAT(layout.Open({.platform = {"linux", "riscv64", ""}}),
              StatusIs(absl::StatusCode::kNotFound,
                       "L/index.json: found no image for linux/riscv64; there is: linux/amd64, "
                       "linux/arm64/v8, one without platform"));
}

TEST(OpenLayoutTest, AttestationsAreSkipped) {
  TestLayout layout;
  layout.WriteIndex({absl::StrCat(layout.AddImage("attestation", "unknown"),
                                  R"(,"platform":{"os":"unknown","architecture":"unknown"})"),
                     layout.AddImage("image", "amd64")});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

TEST(OpenLayoutTest, AttestationWithThePlatformOfItsImage) {
  TestLayout layout;
  layout.WriteIndex(
      {absl::StrCat(OnPlatform(layout.AddImage("attestation", "amd64"), "amd64"),
                    R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})"),
       OnPlatform(layout.AddImage("image", "amd64"), "amd64")});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

// An image without a name is called by its digest.
TEST(OpenLayoutTest, TwoImagesForOnePlatform) {
  TestLayout layout;
  const std::string one = layout.AddImage("one", "amd64"), two = layout.AddImage("two", "amd64");
  const std::string first = DigestIn(one), second = DigestIn(two);
  layout.WriteIndex({OnPlatform(one, "amd64"), OnPlatform(two, "amd64")});
  const std::string least = std::min(first, second), most = std::max(first, second);
  EXPECT_THAT(layout.Open({.platform = {}, .reference = "", .label = "//os:images"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("L/index.json: found 2 images (\"", least, "\", \"", most,
                                    "\"); choose one: linuxkit_oci_image(name = \"NAME\", src = "
                                    "\"//os:images\", reference = \"",
                                    first, "\"), and give \":NAME\" as the image")));
  EXPECT_EQ(LayerText(layout.Open({.platform = {}, .reference = second})), "two");
}

TEST(OpenLayoutTest, ReferrersAreSkipped) {
  TestLayout layout;
  const std::string image = layout.AddImage("image", "amd64");
  const std::string sbom = layout.AddSbom(image);
  layout.WriteIndex({sbom, absl::StrCat(sbom, R"(,"artifactType":"application/spdx+json")"),
                     Named(layout.AddSignature(), "sha256-ab.sig"),
                     OnPlatform(layout.AddSignature(), "amd64"),
                     layout.Add("application/vnd.example.unknown+json", "{}"), image});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

// A descriptor is enough, if it tells: the manifest need not be there.
TEST(OpenLayoutTest, ArtifactWithoutItsManifest) {
  TestLayout layout;
  const std::string missing = absl::StrFormat(R"("mediaType":"%s","digest":"sha256:%s","size":3)",
                                              kOciManifest, std::string(64, 'a'));
  layout.WriteIndex({absl::StrCat(missing, R"(,"artifactType":"application/spdx+json")"),
                     layout.AddImage("image", "amd64")});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

TEST(OpenLayoutTest, ReferrersInAnInnerIndexAreSkipped) {
  TestLayout layout;
  const std::string image = layout.AddImage("image", "amd64");
  layout.WriteIndex({layout.Add(kOciIndex, TestLayout::IndexOf({layout.AddSbom(image), image}))});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

// A multi-platform index of artifacts that belong to images.
TEST(OpenLayoutTest, IndexWithASubjectIsSkipped) {
  TestLayout layout;
  const std::string image = layout.AddImage("image", "amd64");
  layout.WriteIndex(
      {layout.Add(kOciIndex,
                  absl::StrFormat(R"({"schemaVersion":2,"manifests":[],"subject":{%s}})", image)),
       image});
  EXPECT_EQ(LayerText(layout.Open()), "image");
}

TEST(OpenLayoutTest, ImageWithASubjectIsTheOnlyOne) {
  TestLayout layout;
  const std::string other = layout.AddImage("other", "amd64");
  const std::string text = *ReadFile(layout.PathOf(DigestIn(other)));
  layout.WriteIndex({layout.Add(kOciManifest, absl::StrCat(text.substr(0, text.size() - 1),
                                                           R"(,"subject":{)", other, "}}"))});
  EXPECT_EQ(LayerText(layout.Open()), "other");
}

TEST(OpenLayoutTest, ArtifactsAlone) {
  TestLayout layout;
  const std::string sbom = layout.AddSbom(layout.AddImage("image", "amd64"));
  layout.WriteIndex({Named(sbom, "sbom")});
  const std::string_view one =
      "L/index.json: found an artifact of type application/spdx+json; expected a container image";
  EXPECT_THAT(layout.Open(), StatusIs(absl::StatusCode::kInvalidArgument, one));
  layout.WriteIndex({Named(sbom, "sbom"), layout.AddSignature()});
  EXPECT_THAT(layout.Open(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "L/index.json: found artifacts of types application/spdx+json, "
                       "application/vnd.dev.cosign.simplesigning.v1+json; expected a container "
                       "image"));
  EXPECT_THAT(layout.Open({.platform = {}, .reference = "sbom"}),
              StatusIs(absl::StatusCode::kInvalidArgument, one));
}

TEST(OpenLayoutTest, IndexThatIsTooLarge) {
  TestLayout layout;
  ASSERT_THAT(WriteFile(layout.directory() + "/index.json", std::string((4 << 20) + 1, ' ')),
              IsOk());
  EXPECT_THAT(layout.Open(), StatusIs(absl::StatusCode::kResourceExhausted,
                                      "L/index.json has 4194305 bytes; expected at most 4194304"));
}

TEST(OpenLayoutTest, NestedIndexes) {
  TestLayout layout;
  const std::string inner = layout.Add(
      kOciIndex, TestLayout::IndexOf({OnPlatform(layout.AddImage("a", "arm64"), "arm64"),
                                      OnPlatform(layout.AddImage("b", "amd64"), "amd64")}));
  layout.WriteIndex({layout.Add(kOciIndex, TestLayout::IndexOf({inner}))});
  EXPECT_EQ(LayerText(layout.Open()), "b");
}

TEST(OpenLayoutTest, IndexesNestedTooDeep) {
  TestLayout layout;
  std::string entry = layout.AddImage("a", "amd64");
  for (int i = 0; i < 5; ++i) entry = layout.Add(kOciIndex, TestLayout::IndexOf({entry}));
  layout.WriteIndex({entry});
  EXPECT_THAT(layout.Open().status().message(),
              testing::EndsWith(": indexes are nested deeper than 4 levels"));
}

TEST(OpenLayoutTest, SeveralNamedImages) {
  TestLayout layout;
  layout.WriteIndex(
      {Named(layout.AddImage("one", "amd64"), "v1"), Named(layout.AddImage("two", "amd64"), "v2")});
  EXPECT_EQ(LayerText(layout.Open({.platform = {}, .reference = "v2"})), "two");
  EXPECT_THAT(layout.Open(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "L/index.json: found 2 images (\"v1\", \"v2\"); choose one: "
                       "linuxkit_oci_image(name = \"NAME\", src = \"IMAGE\", reference = \"v1\"), "
                       "and give \":NAME\" as the image"));
  EXPECT_THAT(layout.Open({.platform = {}, .reference = "v3"}),
              StatusIs(absl::StatusCode::kNotFound,
                       "L/index.json: found no image named \"v3\"; there is: \"v1\", \"v2\""));
}

// `docker save a:1 b:1` of Docker 25 or newer.
TEST(OpenLayoutTest, ImagesOfContainerd) {
  TestLayout layout;
  const auto saved = [&](std::string_view name) {
    return absl::StrFormat(
        R"(%s,"annotations":{"io.containerd.image.name":"docker.io/library/%s:1",)"
        R"("org.opencontainers.image.ref.name":"1"})",
        layout.AddImage(std::string(name), "amd64"), name);
  };
  layout.WriteIndex({saved("a"), saved("b")});
  const auto message = [](std::string_view problem) {
    return StatusIs(absl::StatusCode::kInvalidArgument,
                    absl::StrCat("L/index.json: found 2 images (\"a:1\", \"b:1\")", problem));
  };
  const std::string choose =
      "; choose one: linuxkit_oci_image(name = \"NAME\", src = \"IMAGE\", reference = \"a:1\"), "
      "and "
      "give \":NAME\" as the image";
  EXPECT_THAT(layout.Open(), message(choose));
  // The tag alone names both.
  EXPECT_THAT(layout.Open({.platform = {}, .reference = "1"}), message(choose));
  for (const std::string reference : {"b:1", "docker.io/library/b:1"}) {
    EXPECT_EQ(LayerText(layout.Open({.platform = {}, .reference = reference})), "b");
  }
}

// Nothing but the digest tells them apart.
TEST(OpenLayoutTest, ImagesOfOneName) {
  TestLayout layout;
  const std::string one = layout.AddImage("one", "amd64"), two = layout.AddImage("two", "amd64");
  layout.WriteIndex({Named(one, "v1"), Named(two, "v1")});
  EXPECT_THAT(layout.Open().status().message(),
              testing::HasSubstr(absl::StrCat("reference = \"", DigestIn(one), "\"")));
  EXPECT_EQ(LayerText(layout.Open({.platform = {}, .reference = DigestIn(two)})), "two");
}

TEST(OpenLayoutTest, OneImageUnderTwoNames) {
  TestLayout layout;
  const std::string image = layout.AddImage("one", "amd64");
  layout.WriteIndex({Named(image, "v1"), Named(image, "latest")});
  EXPECT_EQ(LayerText(layout.Open()), "one");
}

TEST(OpenLayoutTest, NoImages) {
  TestLayout layout;
  layout.WriteIndex({});
  EXPECT_THAT(layout.Open(), StatusIs(absl::StatusCode::kNotFound,
                                      "L/index.json: found no image for linux/amd64; there is: "
                                      "none"));
}

TEST(OpenLayoutTest, MissingIndex) {
  TestLayout layout;
  EXPECT_THAT(layout.Open(), StatusIs(absl::StatusCode::kInvalidArgument,
                                      "L is not an image: found neither \"index.json\" (OCI) nor "
                                      "\"manifest.json\" (docker save) in it"));
}

TEST(OpenLayoutTest, MissingLayer) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "amd64")});
  const std::string digest = OciDigest(Sha256Of("one"));
  ASSERT_EQ(remove(layout.PathOf(digest).c_str()), 0);
  EXPECT_THAT(layout.Open(), StatusIs(absl::StatusCode::kNotFound,
                                      absl::StrCat("cannot open L/blobs/sha256/", digest.substr(7),
                                                   ": No such file or directory")));
}

TEST(OpenLayoutTest, TruncatedLayer) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "amd64")});
  const std::string digest = OciDigest(Sha256Of("one"));
  ASSERT_THAT(WriteFile(layout.PathOf(digest), "on"), IsOk());
  EXPECT_THAT(layout.Open(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("L/blobs/sha256/", digest.substr(7),
                                    " has 2 bytes; expected 3, as its descriptor says")));
}

TEST(OpenLayoutTest, CorruptedManifest) {
  TestLayout layout;
  const std::string descriptor = layout.AddImage("one", "amd64");
  layout.WriteIndex({descriptor});
  const std::string digest = descriptor.substr(descriptor.find("sha256:"), 71);
  std::string manifest = *ReadFile(layout.PathOf(digest));
  manifest[5] = 'X';
  ASSERT_THAT(WriteFile(layout.PathOf(digest), manifest), IsOk());
  EXPECT_THAT(
      layout.Open(),
      StatusIs(absl::StatusCode::kDataLoss,
               absl::StrCat("L/blobs/sha256/", digest.substr(7), " is damaged: found digest ",
                            OciDigest(Sha256Of(manifest)), "; expected ", digest)));
}

TEST(OpenLayoutTest, FewerDiffIdsThanLayers) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "amd64", " ")});
  EXPECT_THAT(layout.Open().status().message(),
              testing::MatchesRegex("L/blobs/sha256/[0-9a-f]*: rootfs.diff_ids: found 0 digests; "
                                    "expected 1, one for each layer of L/blobs/sha256/[0-9a-f]*"));
}

TEST(OpenLayoutTest, EncryptedLayer) {
  TestLayout layout;
  const std::string config = layout.Add(
      kOciConfig,
      absl::StrFormat(R"({"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["%s"]}})",
                      OciDigest(Sha256Of("x"))));
  layout.WriteIndex({layout.Add(
      kOciManifest,
      absl::StrFormat(R"({"schemaVersion":2,"config":{%s},"layers":[{%s}]})", config,
                      layout.Add("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "x")))});
  EXPECT_THAT(layout.Open().status().message(),
              testing::MatchesRegex(
                  "L/blobs/sha256/[0-9a-f]*: layers\\[0\\] is encrypted "
                  "\\(application/vnd.oci.image.layer.v1.tar\\+gzip\\+encrypted\\); expected a "
                  "layer that can be read without a key"));
}

// `docker save` of old wrote a layer that occurs twice as a link to its first occurrence.
TEST(OpenArchiveTest, DockerArchiveWithLinkedLayer) {
  const std::string directory = MakeTestDirectory("docker");
  mkdir((directory + "/aa").c_str(), 0755);
  mkdir((directory + "/bb").c_str(), 0755);
  const std::string diff_id = OciDigest(Sha256Of("layer"));
  ASSERT_THAT(WriteFile(directory + "/aa/layer.tar", "layer"), IsOk());
  ASSERT_EQ(symlink("../aa/layer.tar", (directory + "/bb/layer.tar").c_str()), 0);
  ASSERT_THAT(
      WriteFile(directory + "/c.json", absl::StrFormat(R"({"os":"linux","architecture":"amd64",)"
                                                       R"("rootfs":{"diff_ids":["%s","%s"]}})",
                                                       diff_id, diff_id)),
      IsOk());
  ASSERT_THAT(
      WriteFile(directory + "/manifest.json", R"([{"Config":"c.json","RepoTags":["a:1"],)"
                                              R"("Layers":["aa/layer.tar","bb/layer.tar"]}])"),
      IsOk());
  const std::string archive = directory + "/image.tar";
  ASSERT_THAT(
      RunProgram({"tar", "-C", directory, "-cf", archive, "aa", "bb", "c.json", "manifest.json"}),
      IsOk());
  const auto image = ImageSource::OpenArchive(archive, {});
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->layers().layers_size(), 2);
  EXPECT_EQ(*ReadRange("layer", image->Layer(1), 100), "layer");
  EXPECT_EQ(image->layers().layers(1).digest(), diff_id);
  EXPECT_EQ(image->layers().layers(1).media_type(), kOciLayer);
  EXPECT_THAT(ImageSource::OpenArchive(archive, {.platform = {}, .reference = "b:1"}),
              StatusIs(absl::StatusCode::kNotFound,
                       absl::StrCat(archive,
                                    ": manifest.json: found no image named \"b:1\"; there "
                                    "is: \"a:1\"")));
}

// Not made by Docker, but read: a layer whose bytes have to be hashed to be named.
// The archive of an image with one layer, as `docker save` makes it.
std::string DockerArchive(const std::string& directory, std::string_view layer,
                          std::string_view diff_id, std::string_view architecture = "amd64") {
  EXPECT_THAT(WriteFile(directory + "/l", layer), IsOk());
  EXPECT_THAT(WriteFile(directory + "/c.json",
                        absl::StrFormat(
                            R"({"os":"linux","architecture":"%s","rootfs":{"diff_ids":["%s"]}})",
                            architecture, diff_id)),
              IsOk());
  EXPECT_THAT(WriteFile(directory + "/manifest.json",
                        R"([{"Config":"c.json","RepoTags":["a:1"],"Layers":["l"]}])"),
              IsOk());
  const std::string archive = directory + "/image.tar";
  EXPECT_THAT(RunProgram({"tar", "-C", directory, "-cf", archive, "l", "c.json", "manifest.json"}),
              IsOk());
  return archive;
}

void ExpectLayerOfItsOwnDigest(const std::string& layer, std::string_view media_type) {
  const std::string directory = MakeTestDirectory("docker_layer");
  const std::string diff_id = OciDigest(Sha256Of("uncompressed"));
  const auto image = ImageSource::OpenArchive(DockerArchive(directory, layer, diff_id), {});
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->layers().layers(0).media_type(), media_type);
  EXPECT_EQ(image->layers().layers(0).digest(), OciDigest(Sha256Of(layer)));
  EXPECT_EQ(image->layers().layers(0).diff_id(), diff_id);
}

TEST(OpenArchiveTest, DockerArchiveWithAGzipLayer) {
  ExpectLayerOfItsOwnDigest("\x1f\x8b and so on", absl::StrCat(kOciLayer, "+gzip"));
}

TEST(OpenArchiveTest, DockerArchiveWithAZstdLayer) {
  ExpectLayerOfItsOwnDigest("\x28\xb5\x2f\xfd and so on", absl::StrCat(kOciLayer, "+zstd"));
}

TEST(OpenArchiveTest, DockerArchiveWithAnXzLayer) {
  ExpectLayerOfItsOwnDigest(std::string("\xfd\x37zXZ\0 and so on", 16),
                            absl::StrCat(kOciLayer, "+xz"));
}

TEST(OpenArchiveTest, DockerArchiveOfOtherArchitecture) {
  const std::string archive = DockerArchive(MakeTestDirectory("docker_arm"), "layer",
                                            OciDigest(Sha256Of("layer")), "arm64");
  EXPECT_THAT(ImageSource::OpenArchive(archive, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(archive,
                                    ": c.json: found an image for linux/arm64; expected "
                                    "one for linux/amd64")));
}

TEST(OpenArchiveTest, SparseFileInIt) {
  const std::string directory = MakeTestDirectory("sparse");
  ASSERT_THAT(RunProgram({"truncate", "-s", "1M", directory + "/f"}), IsOk());
  const std::string archive = directory + "/image.tar";
  ASSERT_THAT(RunProgram({"tar", "-C", directory, "--sparse", "-cf", archive, "f"}), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(archive, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(archive,
                                    ": entry \"f\" is a sparse file, which must be unpacked to be "
                                    "read; make the archive without --sparse")));
}

TEST(OpenArchiveTest, TarOfSomethingElse) {
  const std::string directory = MakeTestDirectory("else");
  ASSERT_THAT(WriteFile(directory + "/f", "x"), IsOk());
  const std::string archive = directory + "/image.tar";
  ASSERT_THAT(RunProgram({"tar", "-C", directory, "-cf", archive, "f"}), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(archive, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(archive,
                                    " is not an image: found neither \"index.json\" (OCI) "
                                    "nor \"manifest.json\" (docker save) in it")));
}

// `docker save a:1 b:1`.
TEST(OpenArchiveTest, DockerArchiveOfTwoImages) {
  const std::string directory = MakeTestDirectory("two");
  const std::string diff_id = OciDigest(Sha256Of("layer"));
  ASSERT_THAT(WriteFile(directory + "/l", "layer"), IsOk());
  for (const auto& [name, command] : {std::pair("a", "/a"), std::pair("b", "/b")}) {
    ASSERT_THAT(
        WriteFile(absl::StrCat(directory, "/", name, ".json"),
                  absl::StrFormat(R"({"os":"linux","architecture":"amd64","config":{"Cmd":["%s"]},)"
                                  R"("rootfs":{"diff_ids":["%s"]}})",
                                  command, diff_id)),
        IsOk());
  }
  ASSERT_THAT(WriteFile(directory + "/manifest.json",
                        R"([{"Config":"a.json","RepoTags":["a:1"],"Layers":["l"]},)"
                        R"({"Config":"b.json","RepoTags":null,"Layers":["l"]}])"),
              IsOk());
  const std::string archive = directory + "/two.tar";
  ASSERT_THAT(RunProgram({"tar", "-C", directory, "-cf", archive, "l", "a.json", "b.json",
                          "manifest.json"}),
              IsOk());
  EXPECT_THAT(
      ImageSource::OpenArchive(archive, {.platform = {}, .reference = "", .label = "//os:two.tar"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               absl::StrCat(archive,
                            ": manifest.json: found 2 images (\"a:1\", \"b.json\"); choose one: "
                            "linuxkit_oci_image(name = \"NAME\", src = \"//os:two.tar\", reference "
                            "= \"a:1\"), and give \":NAME\" as the image")));
  for (const auto& [reference, command] : {std::pair("a:1", "/a"), std::pair("b.json", "/b")}) {
    const auto image = ImageSource::OpenArchive(archive, {.platform = {}, .reference = reference});
    ASSERT_THAT(image, IsOk());
    EXPECT_EQ(image->config().cmd(0), command);
  }
}

// A layer is read from a file without a name, which outlives the tree that it was found in.
TEST(OpenArchiveTest, CompressedArchive) {
  const std::string directory = MakeTestDirectory("compressed");
  const std::string plain = DockerArchive(directory, "layer", OciDigest(Sha256Of("layer")));
  for (const std::string program : {"gzip", "xz", "zstd"}) {
    const std::string archive = absl::StrCat(directory, "/", program, ".tar");
    ASSERT_THAT(RunProgram({"sh", "-c", absl::StrCat(program, " -c ", plain, " > ", archive)}),
                IsOk());
    EXPECT_EQ(LayerText(ImageSource::OpenArchive(archive, {})), "layer") << program;
    EXPECT_THAT(ImageSource::OpenArchive(archive, {.platform = {}, .reference = "b:1"}),
                StatusIs(absl::StatusCode::kNotFound,
                         absl::StrCat(archive,
                                      ": manifest.json: found no image named \"b:1\"; "
                                      "there is: \"a:1\"")));
  }
}

TEST(OpenArchiveTest, DamagedCompressedArchive) {
  const std::string archive = MakeTestDirectory("damaged") + "/image.tar.gz";
  ASSERT_THAT(WriteFile(archive, "\x1f\x8b\x08 and so on"), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(archive, {}),
              StatusIs(absl::StatusCode::kDataLoss,
                       testing::StartsWith(absl::StrCat(archive, ": gzip data is "))));
}

TEST(OpenArchiveTest, CompressionThatNobodyReads) {
  const std::string archive = MakeTestDirectory("bzip2") + "/image.tar.bz2";
  ASSERT_THAT(WriteFile(archive, "BZh91AY&SY"), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(archive, {}),
              StatusIs(absl::StatusCode::kUnimplemented,
                       absl::StrCat(archive,
                                    ": compressed with bzip2; expected gzip, xz, zstd or "
                                    "no compression")));
}

TEST(OpenArchiveTest, CompressedArchiveThatWouldFillTheDisk) {
  const std::string directory = MakeTestDirectory("bomb");
  const std::string archive = directory + "/image.tar.gz";
  ASSERT_THAT(RunProgram({"sh", "-c", "head -c 3M /dev/zero | gzip > " + archive}), IsOk());
  EXPECT_THAT(BlobTree::OpenArchive(archive, {.label = "", .max_unpacked_bytes = 2 << 20}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       absl::StrCat(archive,
                                    ": found more than 2097152 bytes; expected at most so many, "
                                    "or an archive that is not compressed")));
}

constexpr std::string_view kExpected =
    "expected an image: an OCI layout directory, or an OCI or docker archive (a tar, plain or "
    "compressed with gzip, xz or zstd)";

TEST(OpenArchiveTest, Program) {
  const std::string directory = MakeTestDirectory("program");
  const std::string program = directory + "/app";
  ASSERT_THAT(WriteFile(program,
                        "\x7f"
                        "ELF and so on"),
              IsOk());
  EXPECT_THAT(
      ImageSource::OpenArchive(program, {.platform = {}, .reference = "", .label = "//os:app"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               absl::StrCat(program, ": found a program; ", kExpected,
                            ". Wrap it: linuxkit_package(name = \"app_image\", files = "
                            "{\"/usr/bin/app\": \"//os:app\"}, command = [\"/usr/bin/app\"])")));
  ASSERT_THAT(WriteFile(program, "#!/bin/sh\n"), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(program, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(program, ": found a script; ", kExpected,
                                    ". Wrap it: linuxkit_package(name = \"app_image\", files = "
                                    "{\"/usr/bin/app\": \"",
                                    program, "\"}, command = [\"/usr/bin/app\"])")));
}

TEST(OpenArchiveTest, NoArchive) {
  const std::string file = MakeTestDirectory("text") + "/notes.txt";
  ASSERT_THAT(WriteFile(file, "hello"), IsOk());
  EXPECT_THAT(ImageSource::OpenArchive(file, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(file, ": found a file that is no archive; ", kExpected,
                                    " (tar header at offset 0: the archive ends inside this "
                                    "header; it is truncated or not an uncompressed tar)")));
}

// What Bazel takes for a file may be a directory.
TEST(OpenArchiveTest, Directory) {
  TestLayout layout;
  layout.WriteIndex({layout.AddImage("one", "amd64")});
  EXPECT_EQ(LayerText(ImageSource::OpenArchive(layout.directory(), {})), "one");
}

TEST(OpenFilesTest, LayersAreOptionalButComplete) {
  TestLayout layout;
  const std::string descriptor = layout.AddImage("one", "amd64");
  const std::string manifest = layout.PathOf(descriptor.substr(descriptor.find("sha256:"), 71));
  const std::string text = *ReadFile(manifest);
  const std::string config = layout.PathOf(text.substr(text.find("sha256:"), 71));
  const std::string layer = layout.PathOf(OciDigest(Sha256Of("one")));
  EXPECT_THAT(ImageSource::OpenFiles({manifest, config, {}}, {}), IsOk());
  EXPECT_EQ(LayerText(ImageSource::OpenFiles({manifest, config, {layer}}, {})), "one");
  EXPECT_THAT(ImageSource::OpenFiles({manifest, config, {layer, layer}}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(manifest, ": got 2 layer files; expected 1")));
  EXPECT_THAT(ImageSource::OpenFiles({manifest, config, {}}, {"linux", "arm64", ""}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(config,
                                    ": found an image for linux/amd64; expected one for "
                                    "linux/arm64")));
  EXPECT_THAT(ImageSource::OpenFiles({manifest, manifest, {}}, {}),
              StatusIs(absl::StatusCode::kDataLoss,
                       testing::HasSubstr(" is damaged: found digest sha256:")));
}

}  // namespace
}  // namespace linuxkit
