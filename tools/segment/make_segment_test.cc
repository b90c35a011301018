// Runs make_segment as a build would, and asks GNU cpio what came out.
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/compress/compressor.h"
#include "tools/oci/image.pb.h"
#include "tools/segment/segment.pb.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class MakeSegmentTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
    ASSERT_EQ(std::system(absl::StrCat("rm -rf ", directory_, "; mkdir -p ", directory_).c_str()),
              0);
    layers_.set_chain_id("c0ffee");
  }

  std::string Path(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  static std::string Gzip(const std::string& bytes) {
    StringSink gzip;
    auto compressor = Compressor::Create({.format = Compression::Format::kGzip}, gzip);
    EXPECT_THAT(compressor, IsOk());
    EXPECT_THAT((*compressor)->Append(bytes), IsOk());
    EXPECT_THAT((*compressor)->Finish(), IsOk());
    return gzip.data();
  }

  // That many megabytes, a kilobyte each.
  static std::string GzippedZeros(int megabytes) {
    const std::string one = Gzip(std::string(1 << 20, '\0'));
    std::string all;
    for (int i = 0; i < megabytes; ++i) all += one;
    return all;
  }

  // Stores a layer's blob and returns its digest.
  std::string AddBlob(const std::string& blob, const std::string& tar, std::string_view file) {
    EXPECT_THAT(WriteFile(Path(file), blob), IsOk());
    ImageLayers::Layer& layer = *layers_.add_layers();
    layer.set_digest(OciDigest(Sha256Of(blob)));
    layer.set_size(blob.size());
    layer.set_diff_id(OciDigest(Sha256Of(tar)));
    return layer.digest();
  }

  // Stores a gzip layer and returns its digest.
  std::string AddLayer(const std::string& tar, std::string_view file) {
    return AddBlob(Gzip(tar), tar, file);
  }

  // Fails to make a segment of the blob in "blob", says why, and leaves nothing.
  void ExpectRefused(const std::string& digest, const std::string& message) {
    EXPECT_FALSE(Run({"--kind=init", "--blob=" + digest + "=" + Path("blob")}));
    EXPECT_EQ(Log(), "make_segment: layer 1 of 1: " + message + "\n");
    for (const char* name : {"out", "out.partial", "index", "index.partial"}) {
      EXPECT_FALSE(Exists(name)) << name;
    }
  }

  // Runs the tool; what it said is in the file "log".
  bool Run(std::vector<std::string> flags) {
    EXPECT_THAT(WriteFile(Path("layers.pb"), layers_.SerializeAsString()), IsOk());
    std::string command = absl::StrCat("tools/segment/make_segment --layers=", Path("layers.pb"),
                                       " --output=", Path("out"), " --index=", Path("index"));
    for (const std::string& flag : flags) absl::StrAppend(&command, " '", flag, "'");
    return std::system(absl::StrCat(command, " >", Path("log"), " 2>&1").c_str()) == 0;
  }

  std::string Log() const { return ReadFile(Path("log")).value_or(""); }

  // The names in the zstd segment, as GNU cpio lists them. zstd complains about the zeros that pad
  // the segment.
  std::string Listing() const {
    EXPECT_EQ(std::system(absl::StrCat("zstd -dqc ", Path("out"),
                                       " 2>/dev/null | cpio -t --quiet >", Path("names"))
                              .c_str()),
              0);
    return ReadFile(Path("names")).value_or("");
  }

  bool Exists(std::string_view name) const { return access(Path(name).c_str(), F_OK) == 0; }

  std::string directory_;
  ImageLayers layers_;
};

TEST_F(MakeSegmentTest, ContainerFromSingleBlobs) {
  const std::string lower = AddLayer(TarBuilder().File("a", "1").Dir("bin").Finish(), "lower");
  const std::string upper = AddLayer(TarBuilder().File(".wh.a").File("b", "2").Finish(), "upper");
  ASSERT_TRUE(
      Run({"--kind=container", "--prefix=containers/images/{chain_id}/rootfs", "--owner=//os:web",
           "--blob=" + lower + "=" + Path("lower"), "--blob=" + upper + "=" + Path("upper")}))
      << Log();
  const std::string root = "containers/images/c0ffee/rootfs";
  std::string expected = "containers\ncontainers/images\ncontainers/images/c0ffee\n" + root + "\n";
  for (const char* name : {"b", "bin", "dev", "dev/pts", "dev/shm", "etc", "etc/hosts", "etc/mtab",
                           "etc/resolv.conf", "proc", "sys"}) {
    absl::StrAppend(&expected, root, "/", name, "\n");
  }
  EXPECT_EQ(Listing(), expected);
  SegmentIndex index;
  ASSERT_TRUE(index.ParseFromString(ReadFile(Path("index")).value_or("")));
  EXPECT_EQ(index.owner(), "//os:web");
  EXPECT_EQ(index.entries_size(), 15);
  EXPECT_EQ(Log(), "");
}

TEST_F(MakeSegmentTest, FirstEntryOfAnInitImageIsTheRoot) {
  AddLayer(TarBuilder().File("init").Finish(), "blob");
  const std::string hex = layers_.layers(0).digest().substr(7);
  ASSERT_EQ(std::system(absl::StrCat("mkdir -p ", Path("layout/blobs/sha256"), " && cp ",
                                     Path("blob"), " ", Path("layout/blobs/sha256/"), hex)
                            .c_str()),
            0);
  ASSERT_TRUE(Run({"--kind=init", "--layout=" + Path("layout")})) << Log();
  EXPECT_THAT(Listing(), StartsWith(".\ninit\n"));
  SegmentIndex index;
  ASSERT_TRUE(index.ParseFromString(ReadFile(Path("index")).value_or("")));
  EXPECT_EQ(index.entries(0).path(), ".");
  EXPECT_EQ(index.entries(0).mode(), 0755u);
}

TEST_F(MakeSegmentTest, BlobInsideAnArchive) {
  const std::string digest = AddLayer(TarBuilder().File("f").Finish(), "blob");
  const std::string blob = ReadFile(Path("blob")).value_or("");
  ASSERT_THAT(WriteFile(Path("archive"), "before" + blob + "behind"), IsOk());
  ASSERT_TRUE(Run(
      {"--kind=volume", absl::StrCat("--blob=", digest, "=", Path("archive"), ":6:", blob.size())}))
      << Log();
  EXPECT_THAT(Listing(), HasSubstr("f\n"));
}

TEST_F(MakeSegmentTest, ApkDatabaseIsCopied) {
  // The hard link makes the first pass fail behind the database.
  const std::string digest = AddLayer(
      TarBuilder().File("lib/apk/db/installed", "P:musl\n").File("a").HardLink("b", "a").Finish(),
      "blob");
  ASSERT_TRUE(Run(
      {"--kind=init", "--blob=" + digest + "=" + Path("blob"), "--apk_database=" + Path("apk")}))
      << Log();
  EXPECT_THAT(ReadFile(Path("apk")), IsOkAndHolds("P:musl\n"));
}

TEST_F(MakeSegmentTest, ApkDatabaseIsEmptyIfThereIsNone) {
  ASSERT_TRUE(Run({"--kind=init", "--apk_database=" + Path("apk")})) << Log();
  EXPECT_THAT(ReadFile(Path("apk")), IsOkAndHolds(""));
}

TEST_F(MakeSegmentTest, LostAttributesAreSaidOnce) {
  const std::string digest = AddLayer(
      TarBuilder().Pax({{"SCHILY.xattr.security.capability", "x"}}).File("ping").Finish(), "blob");
  ASSERT_TRUE(Run({"--kind=volume", "--owner=img", "--blob=" + digest + "=" + Path("blob")}));
  EXPECT_EQ(Log(),
            "make_segment: img: an initramfs holds no extended attributes; dropped those of 1 "
            "entry: ping (security.capability)\n");
}

TEST_F(MakeSegmentTest, SameBytesEveryTime) {
  const std::string digest = AddLayer(
      TarBuilder().File("a", std::string(400000, 'x')).HardLink("b", "a").Finish(), "blob");
  const std::vector<std::string> flags = {"--kind=container",
                                          "--blob=" + digest + "=" + Path("blob")};
  ASSERT_TRUE(Run(flags));
  const std::string first = ReadFile(Path("out")).value_or("");
  ASSERT_TRUE(Run(flags));
  EXPECT_EQ(ReadFile(Path("out")).value_or("-"), first);
}

TEST_F(MakeSegmentTest, SameBytesWithAnyNumberOfThreads) {
  std::string text;
  while (text.size() < 3000000) absl::StrAppend(&text, "line ", text.size(), "\n");
  const std::string digest = AddLayer(
      TarBuilder().File("a", text).File("b").File("c", text.substr(1000000)).Finish(), "blob");
  std::string first;
  for (const char* threads : {"--threads=1", "--threads=2", "--threads=3"}) {
    SCOPED_TRACE(threads);
    ASSERT_TRUE(Run({"--kind=container", "--blob=" + digest + "=" + Path("blob"), threads}));
    const std::string bytes =
        ReadFile(Path("out")).value_or("") + ReadFile(Path("index")).value_or("");
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first);
  }
  EXPECT_GT(first.size(), 100000u);
}

TEST_F(MakeSegmentTest, BlobIsNowhere) {
  const std::string digest = AddLayer(TarBuilder().Finish(), "blob");
  EXPECT_FALSE(Run({"--kind=init"}));
  EXPECT_EQ(Log(), absl::StrCat("make_segment: layer 1 of 1: nothing says where ", digest,
                                " is; expected --layer, --blob, --layout or --archive\n"));
  EXPECT_FALSE(Exists("out"));
}

TEST_F(MakeSegmentTest, LayersInOrder) {
  AddLayer(TarBuilder().File("a", "1").Finish(), "lower");
  AddLayer(TarBuilder().File(".wh.a").File("b").Finish(), "upper");
  ASSERT_TRUE(Run({"--kind=volume", "--layer=" + Path("lower"), "--layer=" + Path("upper")}))
      << Log();
  EXPECT_THAT(Listing(), StartsWith(".\nb\ndev\n"));
}

TEST_F(MakeSegmentTest, LayerMissing) {
  AddLayer(TarBuilder().Finish(), "lower");
  AddLayer(TarBuilder().File("f").Finish(), "upper");
  EXPECT_FALSE(Run({"--kind=volume", "--layer=" + Path("lower")}));
  EXPECT_EQ(Log(), "make_segment: found 1 --layer flags for 2 layers\n");
}

TEST_F(MakeSegmentTest, ArchiveOfALayout) {
  const std::string digest = AddLayer(TarBuilder().File("f").Finish(), "blob");
  const std::string name = "blobs/sha256/" + digest.substr(7);
  ASSERT_THAT(WriteFile(Path("archive"),
                        TarBuilder().File(name, ReadFile(Path("blob")).value_or("")).Finish()),
              IsOk());
  ASSERT_TRUE(Run({"--kind=volume", "--archive=" + Path("archive")})) << Log();
  EXPECT_THAT(Listing(), StartsWith(".\nf\n"));
}

TEST_F(MakeSegmentTest, ArchiveOfDocker) {
  const std::string tar = TarBuilder().File("f").Finish();
  const std::string diff_id = OciDigest(Sha256Of(tar));
  ImageLayers::Layer& layer = *layers_.add_layers();
  layer.set_digest(diff_id);
  layer.set_diff_id(diff_id);
  layer.set_size(tar.size());
  const std::string config = absl::StrCat(
      R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")", diff_id,
      R"("]}})");
  const std::string manifest =
      R"([{"Config":"config.json","RepoTags":["x:y"],"Layers":["one/layer.tar"]}])";
  ASSERT_THAT(WriteFile(Path("archive"), TarBuilder()
                                             .File("manifest.json", manifest)
                                             .File("config.json", config)
                                             .File("one/layer.tar", tar)
                                             .Finish()),
              IsOk());
  ASSERT_TRUE(Run({"--kind=volume", "--archive=" + Path("archive")})) << Log();
  EXPECT_THAT(Listing(), StartsWith(".\nf\n"));
}

TEST_F(MakeSegmentTest, FileTooLargeNamesLayerAndEntry) {
  const std::string tar = TarBuilder()
                              .Pax({{"GNU.sparse.size", "5368709120"},
                                    {"GNU.sparse.numblocks", "1"},
                                    {"GNU.sparse.map", "0,1"}})
                              .File("var/disk", "x")
                              .Finish();
  ExpectRefused(AddLayer(tar, "blob"),
                "entry \"var/disk\": size 5368709120 does not fit newc (limit 4294967295); keep "
                "such a file on a disk or volume");
}

// The header promises eight gigabytes; a quarter of a megabyte holds a quarter of a gigabyte.
TEST_F(MakeSegmentTest, GzipBomb) {
  const std::string header = TarBuilder::Header({.name = "bomb"}, (uint64_t{8} << 30) - 1);
  ExpectRefused(AddBlob(Gzip(header) + GzippedZeros(256), header, "blob"),
                "entry \"bomb\": the archive ends inside its content");
}

// What stands behind the end of the archive is read and thrown away, for it counts for the diff id.
TEST_F(MakeSegmentTest, GzipBombBehindTheArchive) {
  const std::string tar = TarBuilder().File("f").Finish();
  ExpectRefused(AddBlob(Gzip(tar) + GzippedZeros(256), tar, "blob"),
                "the uncompressed layer has digest "
                "sha256:db700d12830c5b97fd3c5e2e5a4882006741d68c42bcd3862a8423116591c595; expected "
                "the diff id " +
                    OciDigest(Sha256Of(tar)));
}

// The name of the file in it is a megabyte, and has no end.
TEST_F(MakeSegmentTest, GzipHeaderWithoutEnd) {
  const std::string blob =
      std::string("\x1f\x8b\x08\x08\0\0\0\0\0\xff", 10) + std::string(1 << 20, 'a');
  ExpectRefused(AddBlob(blob, "", "blob"), "gzip data is cut off: it ends at byte 1048586");
}

TEST_F(MakeSegmentTest, BadFlags) {
  const std::vector<std::vector<std::string>> cases = {
      {"--kind=kernel", "make_segment: --kind=kernel: expected init, container or volume\n"},
      {"--kind=init", "--blob=x",
       "make_segment: --blob=x: expected DIGEST=PATH or DIGEST=PATH:OFFSET:SIZE\n"},
      {"--kind=init", "--prefix=a/../b",
       "make_segment: --prefix=\"a/../b\": names with \"..\" are not allowed\n"},
      {"--kind=init", "--compression=lz4",
       "make_segment: unknown compression \"lz4\"; expected none, gzip or zstd\n"},
      {"--kind=init", "--threads=4", "make_segment: --threads=4: expected 1 to 3\n"},
  };
  for (std::vector<std::string> flags : cases) {
    const std::string message = flags.back();
    flags.pop_back();
    EXPECT_FALSE(Run(flags));
    EXPECT_EQ(Log(), message);
  }
}

}  // namespace
}  // namespace linuxkit
