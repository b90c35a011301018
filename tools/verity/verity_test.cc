#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/disk/testing.h"
#include "tools/verity/hash_tree.h"
#include "tools/verity/verity_format.h"
#include "tools/verity/verity_image.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// A block whose bytes tell its number.
std::string Block(uint64_t number) {
  std::string block = absl::StrCat("block ", number, "\n");
  block.resize(kVerityBlock, static_cast<char>('a' + number % 26));
  return block;
}

class VerityTest : public ::testing::Test {
 protected:
  absl::Status Make(const std::string& path) {
    ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
    path_ = TestPath("verity");
    ABSL_ASSIGN_OR_RETURN(const auto output, OutputFile::Create(path_));
    ABSL_ASSIGN_OR_RETURN(image_, WriteVerityImage(file, *output));
    return output->Commit();
  }
  absl::Status MakeOf(std::string_view bytes) {
    ABSL_RETURN_IF_ERROR(WriteFile(TestPath("image"), bytes));
    return Make(TestPath("image"));
  }
  absl::Status MakeBlocks(uint64_t count) {
    std::string bytes;
    for (uint64_t i = 0; i < count; ++i) bytes.append(Block(i));
    return MakeOf(bytes);
  }
  std::string Veritysetup(std::string_view command) {
    return OutputOf(absl::StrCat("veritysetup ", command, " --hash-offset=", image_.hash_offset));
  }
  // Nothing is what veritysetup says when all is well.
  std::string Verify() {
    return Veritysetup(absl::StrCat("verify ", path_, " ", path_, " ", Hex(image_.root_hash)));
  }

  std::string path_;
  VerityImage image_;
};

TEST_F(VerityTest, VeritysetupAcceptsSizes) {
  for (const uint64_t blocks : {1, 2, 127, 128, 129, 300}) {
    SCOPED_TRACE(blocks);
    ASSERT_THAT(MakeBlocks(blocks), IsOk());
    EXPECT_EQ(image_.hash_offset, blocks * kVerityBlock);
    EXPECT_EQ(Verify(), "");
  }
}

TEST_F(VerityTest, VeritysetupAcceptsThreeLevels) {
  const std::string path = TestPath("sparse");
  {
    const auto file = OutputFile::Create(path);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->AppendHole(128 * 128 * uint64_t{kVerityBlock}), IsOk());
    ASSERT_THAT((*file)->Append(Block(0)), IsOk());
    ASSERT_THAT((*file)->Commit(), IsOk());
  }
  ASSERT_THAT(Make(path), IsOk());
  EXPECT_EQ(Verify(), "");
  // 129 lowest blocks, two above, one on top, behind the superblock's.
  EXPECT_EQ(InputFile::Open(path_)->size(), image_.hash_offset + (1 + 1 + 2 + 129) * kVerityBlock);
}

TEST_F(VerityTest, VeritysetupReadsTheSuperblock) {
  ASSERT_THAT(MakeBlocks(129), IsOk());
  EXPECT_THAT(Veritysetup("dump " + path_),
              AllOf(ContainsRegex(
                        "UUID:[[:space:]]+[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"),
                    ContainsRegex("Hash type:[[:space:]]+1\n"),
                    ContainsRegex("Data blocks:[[:space:]]+129\n"),
                    ContainsRegex("Data block size:[[:space:]]+4096 "),
                    ContainsRegex("Hash block size:[[:space:]]+4096 "),
                    ContainsRegex("Hash algorithm:[[:space:]]+sha256\n"),
                    ContainsRegex("Salt:[[:space:]]+[0-9a-f]{64}\n")));
}

TEST_F(VerityTest, VeritysetupMakesTheSameTree) {
  ASSERT_THAT(MakeBlocks(300), IsOk());
  const std::string dump = Veritysetup("dump " + path_);
  const std::string salt =
      OutputOf(absl::StrCat("veritysetup dump ", path_, " --hash-offset=", image_.hash_offset,
                            " | sed -n 's/^Salt:[[:space:]]*//p' | tr -d '\\n'"));
  const std::string uuid =
      OutputOf(absl::StrCat("veritysetup dump ", path_, " --hash-offset=", image_.hash_offset,
                            " | sed -n 's/^UUID:[[:space:]]*//p' | tr -d '\\n'"));
  const std::string theirs = TestPath("theirs");
  EXPECT_THAT(OutputOf(absl::StrCat("cp ", TestPath("image"), " ", theirs,
                                    " && veritysetup format ", theirs, " ", theirs, " --salt=",
                                    salt, " --uuid=", uuid, " --hash-offset=", image_.hash_offset)),
              HasSubstr(Hex(image_.root_hash)));
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", theirs, " ", path_)), "") << dump;
}

TEST_F(VerityTest, VeritysetupFindsAFlippedByte) {
  ASSERT_THAT(MakeBlocks(200), IsOk());
  Overwrite(path_, 150 * kVerityBlock + 17, "X");
  EXPECT_THAT(Verify(), HasSubstr("Verification failed at position 614400."));
}

TEST_F(VerityTest, VeritysetupFindsAFlippedByteOfTheTree) {
  ASSERT_THAT(MakeBlocks(200), IsOk());
  Overwrite(path_, image_.hash_offset + 2 * kVerityBlock + 5, "X");
  EXPECT_THAT(Verify(), HasSubstr("erification"));
}

TEST_F(VerityTest, AnUnfinishedBlockIsFilledWithZeros) {
  ASSERT_THAT(MakeOf(Block(0) + "rest"), IsOk());
  EXPECT_EQ(image_.hash_offset, 2 * kVerityBlock);
  EXPECT_EQ(Verify(), "");
  std::string padded = Block(0) + "rest";
  padded.resize(2 * kVerityBlock);
  EXPECT_EQ(ReadFile(path_)->substr(0, 2 * kVerityBlock), padded);
}

// More than is read at a time, so that the last block lies where others have been.
TEST_F(VerityTest, AnUnfinishedBlockBehindOthers) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) bytes.append(Block(i));
  ASSERT_THAT(MakeOf(bytes + "rest"), IsOk());
  EXPECT_EQ(Verify(), "");
}

TEST_F(VerityTest, GoldenBytes) {
  ASSERT_THAT(MakeBlocks(2), IsOk());
  EXPECT_THAT(ReadFile("tools/verity/testdata/verity.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(path_).value())));
}

TEST_F(VerityTest, OneBlockIsItsOwnRoot) {
  ASSERT_THAT(MakeBlocks(1), IsOk());
  EXPECT_EQ(InputFile::Open(path_)->size(), 2 * kVerityBlock);
}

TEST_F(VerityTest, CommandLine) {
  ASSERT_THAT(MakeBlocks(2), IsOk());
  EXPECT_EQ(VerityCmdline(image_), absl::StrCat("linuxkit.verity_root_hash=", Hex(image_.root_hash),
                                                " linuxkit.verity_hash_offset=8192"));
}

TEST_F(VerityTest, ProgramWritesWhatABootNeeds) {
  ASSERT_THAT(MakeBlocks(200), IsOk());
  const std::string output = TestPath("output"), root_hash = TestPath("root_hash");
  ASSERT_EQ(OutputOf(absl::StrCat("tools/verity/make_verity --image=", TestPath("image"),
                                  " --output=", output, " --root_hash=", root_hash,
                                  " --cmdline=", TestPath("cmdline"))),
            "");
  EXPECT_EQ(OutputOf(absl::StrCat("cmp ", output, " ", path_)), "");
  EXPECT_EQ(Veritysetup(absl::StrCat("verify ", output, " ", output, " $(cat ", root_hash, ")")),
            "");
  EXPECT_THAT(ReadFile(root_hash), IsOkAndHolds(Hex(image_.root_hash) + "\n"));
  EXPECT_THAT(ReadFile(TestPath("cmdline")), IsOkAndHolds(VerityCmdline(image_)));
}

TEST_F(VerityTest, EmptyImage) {
  EXPECT_EQ(MakeOf("").message(), TestPath("image") + " is empty; expected a file system image");
}

TEST_F(VerityTest, OtherContentHasAnotherSaltOnlyIfTheFirstBlockDiffers) {
  const auto salt = [this](const std::string& bytes) {
    EXPECT_THAT(MakeOf(bytes), IsOk());
    return ReadFile(path_)->substr(image_.hash_offset + 88, 32);
  };
  EXPECT_EQ(salt(Block(0) + Block(1)), salt(Block(0) + Block(2)));
  EXPECT_NE(salt(Block(0) + Block(1)), salt(Block(3) + Block(1)));
  EXPECT_NE(salt(Block(0) + Block(1)), salt(Block(0)));
}

TEST(HashTree, WritesEachPlaceOnce) {
  std::string written(1 + 2 + 129, '.');
  HashTree tree("", 128 * 128 + 1, [&](uint64_t place, std::string_view block) {
    EXPECT_EQ(block.size(), kVerityBlock);
    EXPECT_EQ(written.at(place), '.');
    written.at(place) = 'x';
    return absl::OkStatus();
  });
  EXPECT_EQ(tree.blocks(), written.size());
  for (int i = 0; i < 128 * 128 + 1; ++i) ASSERT_THAT(tree.Add(Block(0)), IsOk());
  ASSERT_THAT(tree.Finish(), IsOk());
  EXPECT_EQ(written, std::string(written.size(), 'x'));
}

TEST(HashTree, AFailedWriteEndsIt) {
  HashTree tree("", 2, [](uint64_t, std::string_view) { return absl::DataLossError("full"); });
  ASSERT_THAT(tree.Add(Block(0)), IsOk());
  ASSERT_THAT(tree.Add(Block(1)), IsOk());
  EXPECT_EQ(tree.Finish().status().message(), "full");
}

}  // namespace
}  // namespace linuxkit
