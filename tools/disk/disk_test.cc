#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/civil_time.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/extents.h"
#include "tools/disk/fields.h"
#include "tools/disk/file_tree.h"
#include "tools/disk/image_view.h"
#include "tools/disk/sparse_file.h"
#include "tools/disk/testing.h"
#include "tools/disk/utf16.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Key;

TEST(FieldsTest, GoldenBytes) {
  struct Numbers {
    Little<uint16_t> little;
    Big<uint32_t> big;
    Both<uint16_t> both;
  };
  const Numbers numbers = {.little = 0x0102, .big = 0x03040506, .both = 0x0708};
  EXPECT_EQ(BytesOf(numbers), "\x02\x01\x03\x04\x05\x06\x08\x07\x07\x08");
  const auto decoded = FromBytes<Numbers>(BytesOf(numbers));
  EXPECT_EQ(decoded.little, 0x0102);
  EXPECT_EQ(decoded.big, 0x03040506u);
  EXPECT_EQ(decoded.both, 0x0708);
}

TEST(ExtentsTest, PiecesFilesAndHoles) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "from a file"), IsOk());
  Extents inner;
  ASSERT_THAT(inner.Add(1, *Content::OfFile(input)), IsOk());
  Extents extents;
  ASSERT_THAT(extents.AddAll(4, inner), IsOk());
  ASSERT_THAT(extents.Add(0, Content::OfBytes("ab")), IsOk());
  extents.set_size(18);
  const auto path = WriteTestImage("image", extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile(*path), IsOkAndHolds(std::string("ab\0\0\0from a file\0\0", 18)));
}

TEST(ExtentsTest, PartOfPiecesFilesAndHoles) {
  const std::string input = TestPath("input"), path = TestPath("part");
  ASSERT_THAT(WriteFile(input, "from a file"), IsOk());
  Extents extents;
  ASSERT_THAT(extents.Add(2, Content::OfBytes("abc")), IsOk());
  ASSERT_THAT(extents.Add(7, *Content::OfFile(input)), IsOk());
  const auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("<"), IsOk());
  ASSERT_THAT(WriteExtentRange(extents, 3, 6, **file), IsOk());
  ASSERT_THAT((*file)->Append("><"), IsOk());
  ASSERT_THAT(WriteExtentRange(extents, 16, 4, **file), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(std::string("<bc\0\0fr><le\0\0", 13)));
}

TEST(ExtentReaderTest, PiecesFilesAndHoles) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "from a file"), IsOk());
  Extents extents;
  ASSERT_THAT(extents.Add(2, Content::OfBytes("ab")), IsOk());
  ASSERT_THAT(extents.Add(6, *Content::OfFile(input)), IsOk());
  extents.set_size(20);
  ExtentReader reader(extents);
  std::string block(9, 'x');
  ASSERT_THAT(reader.Read(3, absl::MakeSpan(block)), IsOk());
  EXPECT_EQ(block, std::string("b\0\0from a", 9));
  ASSERT_THAT(reader.Read(12, absl::MakeSpan(block)), IsOk());
  EXPECT_EQ(block, std::string(" file\0\0\0\0", 9));
}

TEST(ExtentReaderTest, Holes) {
  Extents extents;
  ASSERT_THAT(extents.Add(2, Content::OfBytes("ab")), IsOk());
  extents.set_size(20);
  const ExtentReader reader(extents);
  EXPECT_TRUE(reader.IsHole(0, 2));
  EXPECT_FALSE(reader.IsHole(0, 3));
  EXPECT_FALSE(reader.IsHole(3, 1));
  EXPECT_TRUE(reader.IsHole(4, 16));
}

TEST(ExtentReaderTest, FileThatShrinksIsAnError) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "0123456789"), IsOk());
  Extents extents;
  ASSERT_THAT(extents.Add(0, *Content::OfFile(input)), IsOk());
  ExtentReader reader(extents);
  std::string block(2, 'x');
  ASSERT_THAT(reader.Read(0, absl::MakeSpan(block)), IsOk());
  std::filesystem::resize_file(input, 5);
  EXPECT_THAT(reader.Read(4, absl::MakeSpan(block)),
              StatusIs(_, input + " became shorter while the image was made"));
}

TEST(ExtentReaderTest, ChangedFileIsAnError) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "before"), IsOk());
  Extents extents;
  ASSERT_THAT(extents.Add(0, *Content::OfFile(input)), IsOk());
  ASSERT_THAT(WriteFile(input, "after"), IsOk());
  ExtentReader reader(extents);
  std::string block(6, 'x');
  EXPECT_THAT(reader.Read(0, absl::MakeSpan(block)),
              StatusIs(_, input + " changed while the image was made: it has 5 bytes; expected 6"));
}

// Blocks of 64 KiB.
constexpr size_t kBlock = 64 << 10;

Extents WithoutZeros(const std::string& bytes) {
  const std::string input = TestPath("input");
  EXPECT_THAT(WriteFile(input, bytes), IsOk());
  Extents extents;
  EXPECT_THAT(AddWithoutZeros(1000, *Content::OfFile(input), extents), IsOk());
  return extents;
}

TEST(SparseFileTest, BlocksOfZerosAreHoles) {
  std::string bytes(6 * kBlock + 7, '\0');
  bytes[kBlock] = bytes[3 * kBlock - 1] = bytes[4 * kBlock + 5] = bytes[6 * kBlock + 6] = 'x';
  const Extents extents = WithoutZeros(bytes);
  EXPECT_THAT(extents.pieces(),
              ElementsAre(Key(1000 + kBlock), Key(1000 + 4 * kBlock), Key(1000 + 6 * kBlock)));
  EXPECT_EQ(extents.size(), 1000 + bytes.size());
  const auto path = WriteTestImage("image", extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile(*path), IsOkAndHolds(std::string(1000, '\0') + bytes));
  ExtentReader reader(extents);
  std::string part(2, '\0');
  ASSERT_THAT(reader.Read(1000 + 6 * kBlock + 5, absl::MakeSpan(part)), IsOk());
  EXPECT_EQ(part, std::string("\0x", 2));
}
TEST(SparseFileTest, HolesOfTheFileDecideNothing) {
  std::string bytes(5 * kBlock, '\0');
  bytes[0] = bytes[3 * kBlock] = 'x';
  const Extents dense = WithoutZeros(bytes);
  const std::string input = TestPath("sparse");
  auto file = OutputFile::Create(input);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append(bytes.substr(0, 1)), IsOk());
  ASSERT_THAT((*file)->AppendHole(3 * kBlock - 1), IsOk());
  ASSERT_THAT((*file)->Append(bytes.substr(3 * kBlock, kBlock)), IsOk());
  ASSERT_THAT((*file)->AppendHole(kBlock), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  Extents sparse;
  ASSERT_THAT(AddWithoutZeros(1000, *Content::OfFile(input), sparse), IsOk());
  EXPECT_THAT(sparse.pieces(), ElementsAre(Key(1000), Key(1000 + 3 * kBlock)));
  EXPECT_EQ(sparse.Fingerprint(), dense.Fingerprint());
}
TEST(SparseFileTest, NothingButZeros) {
  EXPECT_TRUE(WithoutZeros(std::string(3 * kBlock, '\0')).pieces().empty());
  EXPECT_TRUE(WithoutZeros("").pieces().empty());
}
TEST(SparseFileTest, BytesInMemory) {
  Extents extents;
  ASSERT_THAT(AddWithoutZeros(0, Content::OfBytes(std::string(kBlock, '\0') + "x"), extents),
              IsOk());
  EXPECT_THAT(extents.pieces(), ElementsAre(Key(kBlock)));
}

TEST(SparseFileTest, PartOfAFile) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "head" + std::string(kBlock, '\0') + "tail"), IsOk());
  Extents extents;
  ASSERT_THAT(
      AddWithoutZeros(0, Content::OfFile(input)->Part(2, kBlock + 4).Part(1, kBlock + 2), extents),
      IsOk());
  const auto path = WriteTestImage("image", extents);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(ReadFile(*path), IsOkAndHolds("d" + std::string(kBlock, '\0') + "t"));
}

// Holes count from the file's start, what is added from the part's.
TEST(SparseFileTest, PartOfAFileWithHoles) {
  const std::string input = TestPath("input");
  auto file = OutputFile::Create(input);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->AppendHole(4 * kBlock + 8192), IsOk());
  ASSERT_THAT((*file)->Append("x"), IsOk());
  ASSERT_THAT((*file)->AppendHole(kBlock), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  const Content whole = *Content::OfFile(input);
  Extents extents, of_part;
  ASSERT_THAT(AddWithoutZeros(0, whole, extents), IsOk());
  EXPECT_THAT(extents.pieces(), ElementsAre(Key(4 * kBlock)));
  ASSERT_THAT(AddWithoutZeros(0, whole.Part(2 * kBlock, 3 * kBlock), of_part), IsOk());
  EXPECT_THAT(of_part.pieces(), ElementsAre(Key(2 * kBlock)));
}

TEST(ContentTest, PartsOfParts) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "0123456789"), IsOk());
  for (const Content& whole : {*Content::OfFile(input), Content::OfBytes("0123456789")}) {
    const Content part = whole.Part(2, 7).Part(1, 4);
    EXPECT_EQ(part.size(), 4u);
    Extents extents;
    ASSERT_THAT(extents.Add(0, part), IsOk());
    ExtentReader reader(extents);
    std::string bytes(4, 'x');
    ASSERT_THAT(reader.Read(0, absl::MakeSpan(bytes)), IsOk());
    EXPECT_EQ(bytes, "3456");
    const auto path = WriteTestImage("image", extents);
    ASSERT_THAT(path, IsOk());
    EXPECT_THAT(ReadFile(*path), IsOkAndHolds("3456"));
  }
}

TEST(ContentTest, OtherFilesInTurns) {
  Extents extents;
  for (const std::string name : {"a", "b", "c"}) {
    ASSERT_THAT(WriteFile(TestPath(name), name), IsOk());
    ASSERT_THAT(extents.Add(extents.size(), *Content::OfFile(TestPath(name))), IsOk());
  }
  ExtentReader reader(extents);
  std::string bytes(3, 'x');
  ASSERT_THAT(reader.Read(0, absl::MakeSpan(bytes)), IsOk());
  EXPECT_EQ(bytes, "abc");
}

TEST(ExtentsTest, NoBytesTakeNoPlace) {
  Extents extents;
  ASSERT_THAT(extents.Add(10, Content::OfBytes("")), IsOk());
  ASSERT_THAT(extents.Add(10, Content::OfBytes("a")), IsOk());
  EXPECT_THAT(extents.pieces(), ElementsAre(Key(10)));
}

TEST(ExtentsTest, PieceInFrontOfAnother) {
  Extents extents;
  ASSERT_THAT(extents.Add(10, Content::OfBytes("abc")), IsOk());
  EXPECT_THAT(extents.Add(9, Content::OfBytes("-")), IsOk());
  EXPECT_EQ(extents.FirstBehind(9)->first, 9);
  EXPECT_EQ(extents.FirstBehind(10)->first, 10);
  EXPECT_EQ(extents.FirstBehind(12)->first, 10);
  EXPECT_EQ(extents.FirstBehind(13), extents.pieces().end());
}

TEST(ExtentsTest, OverlapIsAnError) {
  Extents extents;
  ASSERT_THAT(extents.Add(10, Content::OfBytes("abc")), IsOk());
  EXPECT_THAT(extents.Add(12, Content::OfBytes("d")),
              StatusIs(_, "two parts of the image overlap in bytes 12 to 13"));
  EXPECT_THAT(extents.Add(8, Content::OfBytes("def")),
              StatusIs(_, "two parts of the image overlap in bytes 8 to 11"));
  EXPECT_THAT(extents.Add(13, Content::OfBytes("e")), IsOk());
}

TEST(ExtentsTest, InputThatChangedIsAnError) {
  const std::string input = TestPath("input");
  ASSERT_THAT(WriteFile(input, "short"), IsOk());
  Extents extents;
  ASSERT_THAT(extents.Add(0, *Content::OfFile(input)), IsOk());
  ASSERT_THAT(WriteFile(input, "longer"), IsOk());
  EXPECT_THAT(WriteTestImage("image", extents),
              StatusIs(_, input + " changed while the image was made: it has 6 bytes; expected 5"));
}

TEST(ExtentsTest, FingerprintDependsOnPlaceAndBytes) {
  Extents a, b, c;
  ASSERT_THAT(a.Add(0, Content::OfBytes("x")), IsOk());
  ASSERT_THAT(b.Add(1, Content::OfBytes("x")), IsOk());
  ASSERT_THAT(c.Add(0, Content::OfBytes("y")), IsOk());
  EXPECT_EQ(a.Fingerprint(), Extents(a).Fingerprint());
  EXPECT_NE(a.Fingerprint(), b.Fingerprint());
  EXPECT_NE(a.Fingerprint(), c.Fingerprint());
}

std::string TreeError(const std::vector<std::string>& paths) {
  std::vector<ImageFile> files;
  for (const std::string& path : paths) files.push_back({path, Content::OfBytes("")});
  return std::string(BuildFileTree(std::move(files)).status().message());
}

TEST(FileTreeTest, SortsAndMakesDirectories) {
  auto tree = BuildFileTree({{"/b/y", Content::OfBytes("1")},
                             {"b/x", Content::OfBytes("2")},
                             {"a", Content::OfBytes("3")}});
  ASSERT_THAT(tree, IsOk());
  EXPECT_THAT(tree->children, ElementsAre(Key("a"), Key("b")));
  EXPECT_THAT(tree->children["b"]->children, ElementsAre(Key("x"), Key("y")));
  EXPECT_EQ(tree->children["b"]->children["x"]->path, "b/x");
}

TEST(FileTreeTest, ErrorsNameThePath) {
  EXPECT_EQ(TreeError({"a//b"}), "\"a//b\" is not a path in an image: it contains the part \"\"");
  EXPECT_EQ(TreeError({"a/./b"}),
            "\"a/./b\" is not a path in an image: it contains the part \".\"");
  EXPECT_EQ(TreeError({std::string("a\0b", 3)}),
            std::string("\"a\0b\" is not a path in an image: it contains the part \"a\0b\"", 59));
  EXPECT_EQ(TreeError({"../b"}), "\"../b\" is not a path in an image: it contains the part \"..\"");
  EXPECT_EQ(TreeError({"a/b", "/a/b"}), "\"a/b\" is given twice");
  EXPECT_EQ(TreeError({"a", "a/b"}), "\"a\" is a file, and \"a/b\" is to be below it");
  EXPECT_EQ(TreeError({"a/b", "a"}), "\"a\" is a file, and \"a/b\" is to be below it");
}

TEST(Utf16Test, RoundTrip) {
  for (const std::string text : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xa7"}) {
    const auto units = Utf16FromUtf8(text);
    ASSERT_THAT(units, IsOk()) << text;
    EXPECT_EQ(Utf8FromUtf16(*units), text);
  }
  EXPECT_THAT(Utf16FromUtf8("\xf0\x9f\x90\xa7"), IsOkAndHolds(u"\xd83d\xdc27"));
  EXPECT_EQ(Utf8FromUtf16(u"\xd83d"), "\xef\xbf\xbd");
  EXPECT_EQ(Utf8FromUtf16(u"\xd83d\x41"), "\xef\xbf\xbd\x41");
  // The last character of one unit, the first and the last of two.
  EXPECT_THAT(Utf16FromUtf8("\xef\xbf\xbf"), IsOkAndHolds(u"\xffff"));
  EXPECT_THAT(Utf16FromUtf8("\xf0\x90\x80\x80"), IsOkAndHolds(u"\xd800\xdc00"));
  EXPECT_THAT(Utf16FromUtf8("\xf4\x8f\xbf\xbf"), IsOkAndHolds(u"\xdbff\xdfff"));
}

TEST(Utf16Test, NotUtf8) {
  for (const std::string text :
       {"\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc1\xbf", "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf", "\xc3\x28", "\xe2\x82\x28", "\xf5\x80\x80\x80"}) {
    EXPECT_THAT(Utf16FromUtf8(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(Utf16FromUtf8("a\xff"), StatusIs(_, "the name \"a\\xff\" is not UTF-8"));
}

TEST(CivilTimeTest, LeapDay) {
  const CivilTime time = ToCivilTime(1709251199);
  EXPECT_THAT(
      (std::vector<int64_t>{time.year, time.month, time.day, time.hour, time.minute, time.second}),
      ElementsAre(2024, 2, 29, 23, 59, 59));
}

TEST(ImageViewTest, ReadsInsideOnly) {
  const std::string path = TestPath("image");
  ASSERT_THAT(WriteFile(path, "0123456789"), IsOk());
  const auto file = InputFile::Open(path);
  ASSERT_THAT(file, IsOk());
  const auto part = ImageView(*file).Part("the part", 2, 5);
  ASSERT_THAT(part, IsOk());
  EXPECT_THAT(part->Read("text", 1, 4), IsOkAndHolds("3456"));
  EXPECT_THAT(part->Read("text", 2, 4),
              StatusIs(_, "text takes 4 bytes at 2, but the image ends after 5"));
  EXPECT_THAT(
      part->Part("part", UINT64_MAX, 2),
      StatusIs(_, "part takes 2 bytes at 18446744073709551615, but the image ends after 5"));
}

TEST(HexdumpTest, RepeatedLines) {
  EXPECT_EQ(Hexdump(std::string(48, '\0') + "end\n"),
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
            "*\n"
            "00000030  65 6e 64 0a                                       |end.|\n"
            "00000034\n");
}

}  // namespace
}  // namespace linuxkit
