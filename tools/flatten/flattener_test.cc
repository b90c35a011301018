// Each case names layers from the bottom up and the tree they make. All cases run both ways, in one
// pass where that is possible and with a plan; the trees must be equal.
#include "tools/flatten/flattener.h"

#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/compress/compressor.h"
#include "tools/flatten/testing/kernel_tree.h"
#include "tools/flatten/testing/layers.h"
#include "tools/oci/testing/run_program.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using Tar = TarBuilder;

struct Result {
  std::vector<std::string> lines;
  std::vector<std::string> names;
  std::vector<std::string> notes;
  FlattenReport report;
};

absl::StatusOr<Result> FlattenOnce(const std::vector<LayerBlob>& layers,
                                   const FlattenOptions& options) {
  KernelTree tree;
  auto report = Flatten(layers, options, tree);
  if (!report.ok()) return report.status();
  return Result{tree.Lines(), tree.Names(), tree.notes(), *report};
}

absl::StatusOr<Result> FlattenBothWays(const std::vector<LayerBlob>& layers,
                                       ImageKind kind = ImageKind::kPlain) {
  const auto planned = FlattenOnce(layers, {.kind = kind, .allow_one_pass = false});
  const auto quick = FlattenOnce(layers, {.kind = kind});
  EXPECT_EQ(planned.status(), quick.status());
  if (planned.ok() && quick.ok()) {
    EXPECT_EQ(planned->lines, quick->lines);
    EXPECT_EQ(planned->notes, quick->notes);
  }
  return quick;
}

absl::StatusOr<Result> FlattenBothWays(std::vector<std::string> tars,
                                       ImageKind kind = ImageKind::kPlain) {
  return FlattenBothWays(BlobsOf(std::move(tars)), kind);
}

std::vector<std::string> NamesOf(std::vector<std::string> tars) {
  const auto result = FlattenBothWays(std::move(tars));
  EXPECT_THAT(result, IsOk());
  return result.ok() ? result->names : std::vector<std::string>();
}

std::vector<std::string> LinesOf(std::vector<std::string> tars) {
  const auto result = FlattenBothWays(std::move(tars));
  EXPECT_THAT(result, IsOk());
  return result.ok() ? result->lines : std::vector<std::string>();
}

absl::Status ErrorOf(std::vector<std::string> tars) {
  return FlattenBothWays(std::move(tars)).status();
}

TEST(FlattenTest, NoLayers) { EXPECT_THAT(NamesOf({}), IsEmpty()); }

TEST(FlattenTest, EmptyLayer) { EXPECT_THAT(NamesOf({Tar().Finish()}), IsEmpty()); }

TEST(FlattenTest, UpperFileReplacesLower) {
  EXPECT_THAT(NamesOf({Tar().Dir("d").File("d/f", "old").File("d/g", "g").Finish(),
                       Tar().Dir("d").File("d/f", "new").Finish()}),
              ElementsAre("d/", "d/f=new", "d/g=g"));
}

TEST(FlattenTest, EveryTypeAndAllAttributes) {
  EXPECT_THAT(
      LinesOf({Tar()
                   .Add({.name = "b", .type = '4', .mode = 0660, .gid = 6, .major = 8, .minor = 1})
                   .Add({.name = "c", .type = '3', .mode = 0666, .major = 1, .minor = 3})
                   .Add({.name = "d", .type = '5', .mode = 01777, .mtime = 7})
                   .Add({.name = "f", .data = "x", .mode = 06755, .uid = 1, .gid = 2, .mtime = 3})
                   .Link("l", "f")
                   .Add({.name = "p", .type = '6', .mode = 0600})
                   .Finish()}),
      ElementsAre("b b 660 0:6 0 8,1", "c c 666 0:0 0 1,3", "d d 1777 0:0 7 ", "f f 6755 1:2 3 x",
                  "l l 777 0:0 0 f", "p p 600 0:0 0 0,0"));
}

TEST(FlattenTest, RootAttributesOfTheHighestLayerThatHasThem) {
  EXPECT_THAT(LinesOf({Tar().Dir("./", 0700).Finish(), Tar().Dir("./", 0711).Finish(),
                       Tar().File("f").Finish()}),
              Contains(". d 711 0:0 0 "));
}

TEST(FlattenTest, MissingParentsAreMadeUp) {
  EXPECT_THAT(
      LinesOf({Tar().File("a/b/f").Finish()}),
      ElementsAre("a d 755 0:0 1492533000 ", "a/b d 755 0:0 1492533000 ", "a/b/f f 644 0:0 0 "));
}

TEST(FlattenTest, DirectoryEntryInALowerLayerGivesTheAttributes) {
  EXPECT_THAT(LinesOf({Tar().Dir("d", 0700).Finish(), Tar().File("d/f").Finish()}),
              ElementsAre("d d 700 0:0 0 ", "d/f f 644 0:0 0 "));
}

TEST(FlattenTest, DirectoryEntryBehindItsChildren) {
  EXPECT_THAT(LinesOf({Tar().File("d/f").Dir("d", 0700).Finish()}),
              ElementsAre("d d 700 0:0 0 ", "d/f f 644 0:0 0 "));
}

TEST(FlattenTest, HighestDirectoryEntryWins) {
  EXPECT_THAT(LinesOf({Tar().Dir("d", 0700).Finish(), Tar().Dir("d", 0711).Finish()}),
              ElementsAre("d d 711 0:0 0 "));
}

TEST(FlattenTest, LastDuplicateInALayerWins) {
  EXPECT_THAT(NamesOf({Tar().File("f", "1").File("./f", "2").Finish()}), ElementsAre("f=2"));
  EXPECT_THAT(LinesOf({Tar().Dir("d", 0700).Dir("d/", 0711).Finish()}),
              ElementsAre("d d 711 0:0 0 "));
  EXPECT_THAT(NamesOf({Tar().Dir("x").File("x/f").Link("x", "t").Finish()}), ElementsAre("x->t"));
  EXPECT_THAT(NamesOf({Tar().Link("x", "t").Dir("x").File("x/f").Finish()}),
              ElementsAre("x/", "x/f="));
}

TEST(FlattenTest, Whiteout) {
  EXPECT_THAT(
      NamesOf({Tar().Dir("d").File("d/f").File("d/g").Finish(), Tar().File("d/.wh.f").Finish()}),
      ElementsAre("d/", "d/g="));
}

TEST(FlattenTest, WhiteoutOfDirectory) {
  EXPECT_THAT(
      NamesOf({Tar().Dir("d").File("d/f").File("dd").Finish(), Tar().File(".wh.d").Finish()}),
      ElementsAre("dd="));
}

TEST(FlattenTest, WhiteoutOfMissingPath) {
  EXPECT_THAT(NamesOf({Tar().File("f").Finish(), Tar().File("no/such/.wh.g").Finish()}),
              ElementsAre("f="));
}

TEST(FlattenTest, WhiteoutThenFileOfAHigherLayer) {
  EXPECT_THAT(NamesOf({Tar().File("f", "1").Finish(), Tar().File(".wh.f").Finish(),
                       Tar().File("f", "3").Finish()}),
              ElementsAre("f=3"));
}

TEST(FlattenTest, WhiteoutInTheSameLayerDoesNotAffectItsEntries) {
  const std::string lower = Tar().Dir("d").File("d/old").File("f", "old").Finish();
  EXPECT_THAT(
      NamesOf({lower,
               Tar().Dir("d").File("d/new").File(".wh.d").File("f", "new").File(".wh.f").Finish()}),
      ElementsAre("d/", "d/new=", "f=new"));
  EXPECT_THAT(
      NamesOf({lower,
               Tar().File(".wh.d").File(".wh.f").Dir("d").File("d/new").File("f", "new").Finish()}),
      ElementsAre("d/", "d/new=", "f=new"));
}

TEST(FlattenTest, OpaqueDirectoryHidesLowerLayersOnly) {
  const std::string lower = Tar().Dir("d").File("d/old").Dir("d/sub").File("d/sub/old").Finish();
  for (const std::string& upper : {Tar().Dir("d").File("d/.wh..wh..opq").File("d/new").Finish(),
                                   Tar().Dir("d").File("d/new").File("d/.wh..wh..opq").Finish(),
                                   Tar().File("d/new").File("d/.wh..wh..opq").Dir("d").Finish()}) {
    EXPECT_THAT(NamesOf({lower, upper}), ElementsAre("d/", "d/new="));
  }
}

TEST(FlattenTest, OpaqueRootHidesEverythingBelow) {
  EXPECT_THAT(NamesOf({Tar().File("a/b").Finish(), Tar().File(".wh..wh..opq").File("c").Finish()}),
              ElementsAre("c="));
}

TEST(FlattenTest, OpaqueDirectoryKeepsItsAttributes) {
  EXPECT_THAT(
      LinesOf({Tar().Dir("d", 0700).File("d/old").Finish(), Tar().File("d/.wh..wh..opq").Finish()}),
      ElementsAre("d d 700 0:0 0 "));
}

TEST(FlattenTest, HiddenEntryStillLeavesItsDirectory) {
  EXPECT_THAT(NamesOf({Tar().File("a/b/f").Finish(), Tar().File("a/b/.wh.f").Finish()}),
              ElementsAre("a/", "a/b/"));
}

// What Docker's aufs driver wrote into layers, in the forms that images of 2014 have.
TEST(FlattenTest, AufsMetadataIsLeftOut) {
  const std::string layer = Tar()
                                .File(".wh..wh.aufs")
                                .Dir(".wh..wh.orph")
                                .Dir(".wh..wh.plnk")
                                .File(".wh..wh.plnk/21.7", "data")
                                .File("app", "1")
                                .Finish();
  EXPECT_THAT(NamesOf({layer}), ElementsAre("app=1"));
  EXPECT_THAT(NamesOf({layer, Tar().File("b").Finish()}), ElementsAre("app=1", "b="));
  const auto result = FlattenBothWays({layer});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->report.one_pass) << result->report.reason;
}

TEST(FlattenTest, AufsMetadataHidesNothing) {
  EXPECT_THAT(NamesOf({Tar().File("aufs").File("plnk").Finish(),
                       Tar().File(".wh..wh.aufs").Dir(".wh..wh.plnk").Finish()}),
              ElementsAre("aufs=", "plnk="));
}

TEST(FlattenTest, HardLinkToAufsMetadata) {
  EXPECT_THAT(LinesOf({Tar()
                           .Dir(".wh..wh.plnk")
                           .File(".wh..wh.plnk/21.7", "data")
                           .HardLink("a", ".wh..wh.plnk/21.7")
                           .HardLink("b", ".wh..wh.plnk/21.7")
                           .Finish()}),
              ElementsAre("a f 644 0:0 0 data", "b f 644 0:0 0 =a"));
}

// Of another layer's metadata nothing is left.
TEST(FlattenTest, HardLinkToAufsMetadataOfAnotherLayer) {
  EXPECT_EQ(
      ErrorOf({Tar().File(".wh..wh.plnk/21.7").Finish(),
               Tar().HardLink("a", ".wh..wh.plnk/21.7").Finish()})
          .message(),
      "layer 2 of 2: entry \"a\": hard link to \".wh..wh.plnk/21.7\", which is not in this layer "
      "or those below");
}

TEST(FlattenTest, AufsMetadataThatDoesNotFit) {
  EXPECT_THAT(NamesOf({Tar()
                           .File(".wh..wh.plnk")
                           .File(".wh..wh.plnk/21.7")
                           .HardLink(".wh..wh.plnk/22.7", "none")
                           .File("a")
                           .Finish()}),
              ElementsAre("a="));
}

TEST(FlattenTest, DirectoryReplacedByFile) {
  EXPECT_THAT(NamesOf({Tar().Dir("d").File("d/f").Finish(), Tar().File("d", "file").Finish()}),
              ElementsAre("d=file"));
}

TEST(FlattenTest, FileReplacedByDirectory) {
  EXPECT_THAT(NamesOf({Tar().File("d", "file").Finish(), Tar().Dir("d").File("d/f").Finish()}),
              ElementsAre("d/", "d/f="));
}

TEST(FlattenTest, DirectoryThatWasAFileInBetweenStartsEmpty) {
  EXPECT_THAT(NamesOf({Tar().Dir("d").File("d/old").Finish(), Tar().File("d").Finish(),
                       Tar().Dir("d").Finish()}),
              ElementsAre("d/"));
}

TEST(FlattenTest, DirectoryEntryReplacesALink) {
  EXPECT_THAT(NamesOf({Tar().Dir("usr/lib").File("usr/lib/a").Link("lib", "usr/lib").Finish(),
                       Tar().Dir("lib").File("lib/b").Finish()}),
              ElementsAre("lib/", "lib/b=", "usr/", "usr/lib/", "usr/lib/a="));
}

TEST(FlattenTest, PathThroughALinkOfALowerLayer) {
  EXPECT_THAT(NamesOf({Tar().Dir("usr").Dir("usr/lib").Link("lib", "usr/lib").Finish(),
                       Tar().File("lib/x", "1").Finish()}),
              ElementsAre("lib->usr/lib", "usr/", "usr/lib/", "usr/lib/x=1"));
}

TEST(FlattenTest, PathThroughALinkOfTheSameLayer) {
  EXPECT_THAT(NamesOf({Tar().Dir("usr/lib").Link("lib", "usr/lib").File("lib/x", "1").Finish()}),
              ElementsAre("lib->usr/lib", "usr/", "usr/lib/", "usr/lib/x=1"));
}

TEST(FlattenTest, AbsoluteLinksStartAtTheRootOfTheImage) {
  EXPECT_THAT(
      NamesOf({Tar().Dir("a").Link("a/l", "/b").Dir("b").Finish(), Tar().File("a/l/x").Finish()}),
      ElementsAre("a/", "a/l->/b", "b/", "b/x="));
}

TEST(FlattenTest, LinksCannotLeaveTheImage) {
  EXPECT_THAT(NamesOf({Tar().Link("l", "../../../etc").Finish(), Tar().File("l/x").Finish()}),
              ElementsAre("etc/", "etc/x=", "l->../../../etc"));
}

TEST(FlattenTest, DanglingLinkAsAParentMakesItsTarget) {
  EXPECT_THAT(NamesOf({Tar().Link("l", "new/dir").File("l/x").Finish()}),
              ElementsAre("l->new/dir", "new/", "new/dir/", "new/dir/x="));
}

TEST(FlattenTest, LinkReplacedByADirectoryAfterAPathWentThroughIt) {
  EXPECT_THAT(NamesOf({Tar().Link("lib", "usr/lib").Finish(), Tar().File("lib/x").Finish(),
                       Tar().Dir("lib").Finish()}),
              ElementsAre("lib/", "usr/", "usr/lib/", "usr/lib/x="));
}

TEST(FlattenTest, LinkRemovedAfterAPathWentThroughIt) {
  EXPECT_THAT(NamesOf({Tar().Link("lib", "usr/lib").Finish(), Tar().File("lib/x").Finish(),
                       Tar().File(".wh.lib").Finish()}),
              ElementsAre("usr/", "usr/lib/", "usr/lib/x="));
}

TEST(FlattenTest, WhiteoutThroughALink) {
  EXPECT_THAT(NamesOf({Tar().File("usr/lib/x").File("usr/lib/y").Link("lib", "usr/lib").Finish(),
                       Tar().File("lib/.wh.x").Finish()}),
              ElementsAre("lib->usr/lib", "usr/", "usr/lib/", "usr/lib/y="));
}

TEST(FlattenTest, WhiteoutThroughALinkThatIsRemovedTooFindsNothing) {
  const std::string lower = Tar().File("usr/lib/x").Link("lib", "usr/lib").Finish();
  for (const std::string& upper : {Tar().File("lib/.wh.x").File(".wh.lib").Finish(),
                                   Tar().File(".wh.lib").File("lib/.wh.x").Finish()}) {
    EXPECT_THAT(NamesOf({lower, upper}), ElementsAre("usr/", "usr/lib/", "usr/lib/x="));
  }
}

TEST(FlattenTest, OpaqueDirectoryThatReplacesALinkSparesTheTarget) {
  EXPECT_THAT(NamesOf({Tar().File("usr/lib/x").Link("lib", "usr/lib").Finish(),
                       Tar().Dir("lib").File("lib/.wh..wh..opq").File("lib/y").Finish()}),
              ElementsAre("lib/", "lib/y=", "usr/", "usr/lib/", "usr/lib/x="));
}

TEST(FlattenTest, LinkLoopAsAParent) {
  EXPECT_THAT(
      ErrorOf({Tar().Link("a", "b").Link("b", "a").Finish(), Tar().File("a/x").Finish()}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "layer 2 of 2: entry \"a/x\": its parent \"a\" is a symbolic link in a loop"));
}

TEST(FlattenTest, FileAsAParent) {
  EXPECT_THAT(ErrorOf({Tar().File("a").Finish(), Tar().File("a/x").Finish()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 2 of 2: entry \"a/x\": its parent \"a\" is not a directory"));
}

TEST(FlattenTest, HardLinkInTheSameLayer) {
  EXPECT_THAT(
      LinesOf({Tar().File("b", "1", 0755).HardLink("a", "./b").HardLink("c", "/a").Finish()}),
      ElementsAre("a f 755 0:0 0 1", "b f 755 0:0 0 =a", "c f 755 0:0 0 =a"));
}

TEST(FlattenTest, HardLinkHasTheAttributesOfTheFile) {
  EXPECT_THAT(LinesOf({Tar()
                           .File("f", "", 0600)
                           .Add({.name = "l", .type = '1', .link = "f", .mode = 0777, .uid = 5})
                           .Finish()}),
              ElementsAre("f f 600 0:0 0 ", "l f 600 0:0 0 =f"));
}

TEST(FlattenTest, HardLinkToALowerLayer) {
  EXPECT_THAT(LinesOf({Tar().File("b", "1").Finish(), Tar().HardLink("a", "b").Finish()}),
              ElementsAre("a f 644 0:0 0 1", "b f 644 0:0 0 =a"));
}

TEST(FlattenTest, HardLinkKeepsTheContentWhenItsTargetIsReplaced) {
  const std::string lower = Tar().File("a", "old").HardLink("b", "a").Finish();
  EXPECT_THAT(NamesOf({lower, Tar().File("a", "new").Finish()}), ElementsAre("a=new", "b=old"));
  EXPECT_THAT(NamesOf({lower, Tar().File(".wh.a").Finish()}), ElementsAre("b=old"));
  EXPECT_THAT(NamesOf({lower, Tar().File("b", "new").Finish()}), ElementsAre("a=old", "b=new"));
}

TEST(FlattenTest, HardLinkThroughALinkedDirectory) {
  EXPECT_THAT(LinesOf({Tar().File("usr/f", "1").Link("u", "usr").HardLink("x", "u/f").Finish()}),
              Contains("x f 644 0:0 0 =usr/f"));
}

TEST(FlattenTest, HardLinkToALinkIsTheLinkAgain) {
  EXPECT_THAT(NamesOf({Tar().Link("a", "t").HardLink("b", "a").Finish()}),
              ElementsAre("a->t", "b->t"));
}

TEST(FlattenTest, HardLinkTargetMissing) {
  EXPECT_THAT(ErrorOf({Tar().HardLink("a", "b").File("b").Finish()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 1 of 1: entry \"a\": hard link to \"b\", which is not in this layer "
                       "or those below"));
}

TEST(FlattenTest, HardLinkToItself) {
  EXPECT_THAT(ErrorOf({Tar().File("a").HardLink("a", "a").Finish()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 1 of 1: entry \"a\": hard link to \"a\", which is not in this layer "
                       "or those below"));
}

TEST(FlattenTest, HardLinkToADirectory) {
  EXPECT_THAT(ErrorOf({Tar().Dir("d").HardLink("a", "d").Finish()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 1 of 1: entry \"a\": hard link to \"d\", which is a directory"));
}

TEST(FlattenTest, ErrorsOfTheReaderNameTheLayer) {
  EXPECT_THAT(ErrorOf({Tar().File("../x").Finish()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "layer 1 of 1: entry \"../x\": names with \"..\" are not allowed"));
}

TEST(FlattenTest, PathThatGrowsTooDeepThroughLinks) {
  std::string deep = "d";
  for (int i = 0; i < 1200; ++i) deep += "/d";
  const auto status = ErrorOf(
      {Tar().File(deep + "/f").Link("l", deep).Finish(), Tar().File("l/" + deep + "/f").Finish()});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               absl::StrCat("layer 2 of 2: entry \"l/", deep,
                                            "/f\": its path is too deep")));
}

// The size stands for more than newc can hold; the entry behind it replaces the file.
class SmallTree : public KernelTree {
 public:
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override {
    if (size > 10) return absl::InvalidArgumentError("too large");
    return KernelTree::AddFile(names, attributes, size, content);
  }
  using EntrySink::AddFile;
};

TEST(FlattenTest, FileThatDoesNotFitButIsReplacedInItsLayer) {
  SmallTree tree;
  const auto layers = BlobsOf({Tar().File("f", std::string(11, 'x')).File("f", "y").Finish()});
  ASSERT_THAT(Flatten(layers, {.kind = ImageKind::kPlain}, tree), IsOk());
  EXPECT_THAT(tree.Names(), ElementsAre("f=y"));
}

TEST(FlattenTest, ErrorOfTheSinkNamesTheLayer) {
  SmallTree tree;
  const auto layers = BlobsOf({Tar().File("f", std::string(11, 'x')).Finish()});
  EXPECT_THAT(Flatten(layers, {.kind = ImageKind::kPlain}, tree).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, "layer 1 of 1: too large"));
}

TEST(LayerInputTest, DataCutOffInTheMiddleOfAFile) {
  const std::string tar = Tar().File("f", std::string(300000, 'x')).Finish();
  for (const bool allow_one_pass : {true, false}) {
    EXPECT_THAT(
        FlattenOnce(BlobsOf({tar.substr(0, 100000)}), {.allow_one_pass = allow_one_pass}).status(),
        StatusIs(absl::StatusCode::kDataLoss,
                 "layer 1 of 1: entry \"f\": the archive ends inside its content"));
  }
}

// Which images need no plan. Speed depends on it, and so does the value of all cases above.
TEST(OnePassTest, PlainImageNeedsNoPlan) {
  const auto result = FlattenBothWays(
      {Tar().Dir("usr").Dir("usr/lib").File("usr/lib/x").Link("lib", "usr/lib").Finish(),
       Tar()
           .Dir("usr")
           .File("usr/.wh.x")
           .Dir("etc")
           .File("etc/.wh..wh..opq")
           .File("etc/f")
           .Finish()});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->report.one_pass) << result->report.reason;
}

TEST(OnePassTest, ReasonsForAPlan) {
  const auto reason = [](std::vector<std::string> tars) {
    const auto result = FlattenBothWays(std::move(tars), ImageKind::kInit);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? result->report.reason : "";
  };
  EXPECT_EQ(reason({Tar().File("a").HardLink("b", "a").Finish()}), "layer 1: the hard link \"b\"");
  EXPECT_EQ(reason({Tar().File("a").File("a").Finish()}), "layer 1: a second entry for \"a\"");
  EXPECT_EQ(reason({Tar().Link("a", "b").File("a/x").Finish()}),
            "layer 1: an entry below the file or link \"a\"");
  EXPECT_EQ(reason({Tar().Link("a", "b").Finish(), Tar().File("a/x").Finish()}),
            "layer 1: a file or link where others need a directory, \"a\"");
  EXPECT_EQ(reason({Tar().Link("etc", "usr/etc").Finish()}),
            "layer 1: a link in the place of a system directory, \"etc\"");
}

TEST(OnePassTest, DirectoryThatALayerBelowConfirmsIsNoReason) {
  const auto result = FlattenBothWays(
      {Tar().File("d").Finish(), Tar().Dir("d").Finish(), Tar().File("d/x").Finish()});
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->report.one_pass) << result->report.reason;
  EXPECT_THAT(result->names, ElementsAre("d/", "d/x="));
}

std::vector<std::string> SystemLines(std::vector<std::string> tars, ImageKind kind) {
  const auto result = FlattenBothWays(std::move(tars), kind);
  EXPECT_THAT(result, IsOk());
  return result.ok() ? result->lines : std::vector<std::string>();
}

constexpr char kHostsLine[] =
    "etc/hosts f 644 0:0 1492533000 127.0.0.1       localhost\n::1     localhost ip6-localhost "
    "ip6-loopback\nfe00::0 ip6-localnet\nff00::0 ip6-mcastprefix\nff02::1 ip6-allnodes\nff02::2 "
    "ip6-allrouters\n";

TEST(SystemFilesTest, Container) {
  EXPECT_THAT(SystemLines({}, ImageKind::kContainer),
              ElementsAre("dev d 755 0:0 1492533000 ", "dev/pts d 755 0:0 1492533000 ",
                          "dev/shm d 755 0:0 1492533000 ", "etc d 755 0:0 1492533000 ", kHostsLine,
                          "etc/mtab l 755 0:0 1492533000 /proc/mounts",
                          "etc/resolv.conf f 644 0:0 1492533000 \n# no resolv.conf configured\n",
                          "proc d 755 0:0 1492533000 ", "sys d 755 0:0 1492533000 "));
}

TEST(SystemFilesTest, InitAndVolumeLinkToTheResolver) {
  for (const ImageKind kind : {ImageKind::kInit, ImageKind::kVolume}) {
    EXPECT_THAT(SystemLines({}, kind),
                Contains("etc/resolv.conf l 644 0:0 1492533000 /run/resolvconf/resolv.conf"));
  }
}

TEST(SystemFilesTest, PlainStaysAsItIs) {
  EXPECT_THAT(NamesOf({Tar().File("Dockerfile").File("etc/hosts", "mine").Finish()}),
              ElementsAre("Dockerfile=", "etc/", "etc/hosts=mine"));
}

TEST(SystemFilesTest, NamesThatBeginLikeReplacedOnesStay) {
  const auto result = FlattenBothWays(
      {Tar().File("etc/hosts.allow").File("etc/resolv.conf.d/x").Finish()}, ImageKind::kContainer);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->names, Contains("etc/hosts.allow="));
  EXPECT_THAT(result->names, Contains("etc/resolv.conf.d/x="));
}

TEST(SystemFilesTest, DroppedDirectoryOfHiddenFilesOnly) {
  const auto result = FlattenBothWays(
      {Tar().File("etc/hostname/x").Finish(), Tar().File("etc/hostname/.wh.x").Finish()},
      ImageKind::kContainer);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->names, Not(Contains("etc/hostname/")));
}

TEST(SystemFilesTest, DropsByExactName) {
  const auto result = FlattenBothWays({Tar()
                                           .File(".dockerenv")
                                           .File("Dockerfile")
                                           .File("dev/console")
                                           .File("etc/hostname")
                                           .File("sub/Dockerfile")
                                           .File("etc/hostnames")
                                           .Finish()},
                                      ImageKind::kContainer);
  ASSERT_THAT(result, IsOk());
  for (const char* gone : {".dockerenv=", "Dockerfile=", "dev/console=", "etc/hostname="}) {
    EXPECT_THAT(result->names, Not(Contains(gone)));
  }
  EXPECT_THAT(result->names, Contains("sub/Dockerfile="));
  EXPECT_THAT(result->names, Contains("etc/hostnames="));
}

TEST(SystemFilesTest, ChildrenOfADroppedDirectoryStay) {
  EXPECT_THAT(SystemLines({Tar().Dir("etc/hostname", 0700).File("etc/hostname/x").Finish()},
                          ImageKind::kContainer),
              Contains("etc/hostname d 755 0:0 1492533000 "));
}

TEST(SystemFilesTest, HostsThatIsAFileLinkOrDirectoryIsReplaced) {
  for (const std::string& tar :
       {Tar().File("etc/hosts", "mine").Finish(), Tar().Link("etc/hosts", "/x").Finish(),
        Tar().Dir("etc/hosts").File("etc/hosts/x").Finish(),
        Tar().File("etc/a", "mine").HardLink("etc/hosts", "etc/a").Finish()}) {
    EXPECT_THAT(SystemLines({tar}, ImageKind::kContainer), Contains(kHostsLine));
  }
}

TEST(SystemFilesTest, ResolvConfThatIsALinkIsReplacedInAContainer) {
  EXPECT_THAT(
      SystemLines({Tar().Link("etc/resolv.conf", "../run/x").Finish()}, ImageKind::kContainer),
      Contains("etc/resolv.conf f 644 0:0 1492533000 \n# no resolv.conf configured\n"));
}

TEST(SystemFilesTest, MtabOfTheImageStaysWithTheFixedTime) {
  EXPECT_THAT(SystemLines({Tar().Add({.name = "etc/mtab", .data = "x", .mtime = 5}).Finish()},
                          ImageKind::kContainer),
              Contains("etc/mtab f 644 0:0 1492533000 x"));
}

TEST(SystemFilesTest, ModeOfEtcIsOverridden) {
  EXPECT_THAT(SystemLines({Tar().Dir("etc", 0700).Finish()}, ImageKind::kContainer),
              Contains("etc d 755 0:0 1492533000 "));
}

TEST(SystemFilesTest, FilesInThePlaceOfDirectoriesAreReplaced) {
  EXPECT_THAT(SystemLines({Tar().File("proc").File("dev").Finish()}, ImageKind::kContainer),
              testing::AllOf(Contains("proc d 755 0:0 1492533000 "),
                             Contains("dev/pts d 755 0:0 1492533000 ")));
}

TEST(SystemFilesTest, LinkedEtcKeepsWhatIsBehindIt) {
  const auto result = FlattenBothWays({Tar()
                                           .Dir("usr/etc", 0700)
                                           .File("usr/etc/passwd", "root")
                                           .File("usr/etc/hosts", "mine")
                                           .Link("etc", "usr/etc")
                                           .Finish()},
                                      ImageKind::kInit);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(
      result->names,
      testing::AllOf(Contains("etc->usr/etc"), Contains("usr/etc/passwd=root"),
                     Contains("usr/etc/resolv.conf->/run/resolvconf/resolv.conf"),
                     Contains("usr/etc/mtab->/proc/mounts"), Not(Contains("usr/etc/hosts=mine"))));
  EXPECT_THAT(result->lines, Contains("usr/etc d 755 0:0 1492533000 "));
}

TEST(SystemFilesTest, LinkedProcLeadsToAMadeUpDirectory) {
  EXPECT_THAT(SystemLines({Tar().Link("proc", "/run/proc").Finish()}, ImageKind::kContainer),
              Contains("run/proc d 755 0:0 1492533000 "));
}

TEST(SystemFilesTest, LinkToItselfIsReplaced) {
  EXPECT_THAT(SystemLines({Tar().Link("etc", "etc").Finish()}, ImageKind::kContainer),
              Contains("etc d 755 0:0 1492533000 "));
}

TEST(XattrTest, OneNoteWithCountAndFirstNames) {
  Tar tar;
  for (const std::string name : {"d", "c", "b", "a"}) {
    tar.Pax({{"SCHILY.xattr.user.x", "1"}, {"SCHILY.xattr.user.y", "2"}}).File(name);
  }
  const auto result = FlattenBothWays({tar.Finish()});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(
      result->notes,
      ElementsAre("an initramfs holds no extended attributes; dropped those of 4 entries: a "
                  "(user.x, user.y), b (user.x, user.y), c (user.x, user.y), ..."));
}

TEST(XattrTest, AllNamesIfThereAreThree) {
  Tar tar;
  for (const std::string name : {"c", "b", "a"}) {
    tar.Pax({{"SCHILY.xattr.user.x", "1"}}).File(name);
  }
  const auto result = FlattenBothWays({tar.Finish()});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->notes,
              ElementsAre("an initramfs holds no extended attributes; dropped those of 3 entries: "
                          "a (user.x), b (user.x), c (user.x)"));
}

TEST(XattrTest, HiddenEntriesDoNotCount) {
  const auto result = FlattenBothWays(
      {Tar().Pax({{"SCHILY.xattr.user.x", "1"}}).File("a").Finish(), Tar().File("a").Finish()});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->notes, IsEmpty());
}

std::string Packed(const std::string& bytes, Compression::Format format) {
  StringSink sink;
  auto compressor = Compressor::Create({.format = format}, sink);
  EXPECT_THAT(compressor, IsOk());
  EXPECT_THAT((*compressor)->Append(bytes), IsOk());
  EXPECT_THAT((*compressor)->Finish(), IsOk());
  return sink.data();
}

LayerBlob PackedBlob(const std::string& tar, Compression::Format format) {
  LayerBlob blob = BlobOf(Packed(tar, format));
  blob.diff_id = OciDigest(Sha256Of(tar));
  return blob;
}

TEST(LayerInputTest, EveryCompression) {
  const std::string tar = Tar().File("f", std::string(300000, 'x')).Finish();
  for (const auto format :
       {Compression::Format::kNone, Compression::Format::kGzip, Compression::Format::kZstd}) {
    EXPECT_THAT(FlattenBothWays({PackedBlob(tar, format)}), IsOk());
  }
}

TEST(LayerInputTest, BytesBehindTheArchiveAreHashedToo) {
  EXPECT_THAT(ErrorOf({Tar().File("f").Finish() + std::string(300000, '\0')}), IsOk());
}

TEST(LayerInputTest, DigestMismatch) {
  LayerBlob blob = BlobOf(Tar().File("f").Finish());
  const std::string found = blob.digest;
  blob.digest = "sha256:" + std::string(64, '0');
  EXPECT_THAT(FlattenBothWays({BlobOf(Tar().Finish()), blob}).status(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("layer 2 of 2: the blob has digest ", found,
                                    "; expected sha256:", std::string(64, '0'))));
}

TEST(LayerInputTest, DiffIdMismatch) {
  LayerBlob blob = BlobOf(Tar().File("f").Finish());
  const std::string found = blob.diff_id;
  blob.diff_id = "sha256:" + std::string(64, '0');
  EXPECT_THAT(FlattenBothWays({blob}).status(),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("layer 1 of 1: the uncompressed layer has digest ", found,
                                    "; expected the diff id sha256:", std::string(64, '0'))));
}

TEST(LayerInputTest, SizeMismatch) {
  LayerBlob blob = BlobOf(Tar().Finish());
  blob.size = 1000;
  EXPECT_THAT(
      FlattenBothWays({blob}).status(),
      StatusIs(absl::StatusCode::kDataLoss, absl::StrCat("layer 1 of 1: the blob ", blob.digest,
                                                         " has 1024 bytes; expected 1000")));
}

TEST(LayerInputTest, LayerCompressedByXz) {
  const std::string path = MakeTestDirectory("xz") + "/layer.tar";
  ASSERT_THAT(WriteFile(path, Tar().File("f", "content").Finish()), IsOk());
  ASSERT_THAT(RunProgram({"xz", path}), IsOk());
  const std::string packed = *ReadFile(path + ".xz");
  LayerBlob blob = BlobOf(packed);
  blob.diff_id.clear();
  const auto result = FlattenBothWays({blob});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->names, Contains("f=content"));
  EXPECT_THAT(ErrorOf({packed.substr(0, packed.size() - 1)}),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("layer 1 of 1: xz data is cut off: it ends at byte ",
                                    packed.size() - 1)));
}

TEST(LayerInputTest, DamagedBlobIsReportedAsTheWrongBlob) {
  const std::string tar = Tar().File("f", "content").Finish();
  std::string packed = Packed(tar, Compression::Format::kGzip);
  const LayerBlob good = BlobOf(packed);
  packed[packed.size() / 2] ^= 0x55;
  LayerBlob bad = BlobOf(packed);
  const std::string found = bad.digest;
  bad.digest = good.digest;
  EXPECT_THAT(
      FlattenBothWays({bad}).status(),
      StatusIs(absl::StatusCode::kDataLoss, absl::StrCat("layer 1 of 1: the blob has digest ",
                                                         found, "; expected ", good.digest)));
}

// Also if the damage shows long before the end of the blob.
TEST(LayerInputTest, LargeDamagedBlobIsReportedAsTheWrongBlob) {
  const std::string tar = Tar().File("f", std::string(1 << 20, 'x')).Finish();
  const LayerBlob good = BlobOf(tar);
  std::string damaged = tar;
  damaged[0] = 'g';
  LayerBlob bad = BlobOf(damaged);
  const std::string found = bad.digest;
  bad.digest = good.digest;
  EXPECT_THAT(
      FlattenBothWays({bad}).status(),
      StatusIs(absl::StatusCode::kDataLoss, absl::StrCat("layer 1 of 1: the blob has digest ",
                                                         found, "; expected ", good.digest)));
}

TEST(LayerInputTest, DamagedLayerWithTheRightDigest) {
  std::string packed = Packed(Tar().File("f").Finish(), Compression::Format::kGzip);
  packed.resize(packed.size() - 4);
  EXPECT_THAT(ErrorOf({packed}),
              StatusIs(absl::StatusCode::kDataLoss,
                       absl::StrCat("layer 1 of 1: gzip data is cut off: it ends at byte ",
                                    packed.size())));
}

}  // namespace
}  // namespace linuxkit
