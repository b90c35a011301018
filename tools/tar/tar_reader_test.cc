#include "tools/tar/tar_reader.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;
using Type = TarEntry::Type;
using EndMarker = TarReader::EndMarker;

struct Read {
  TarEntry entry;
  std::string content;
};

absl::StatusOr<std::vector<Read>> ReadAll(std::string_view tar,
                                          EndMarker end_marker = EndMarker::kRequired) {
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("t.tar", source, end_marker);
  std::vector<Read> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(std::optional<TarEntry> entry, reader.Next());
    if (!entry) return entries;
    StringSink content;
    ABSL_RETURN_IF_ERROR(CopyAll(reader.content(), content).status());
    entries.push_back({*std::move(entry), content.data()});
  }
}

// The only entry of an archive, which must be readable.
Read ReadOne(std::string_view tar) {
  auto entries = ReadAll(tar);
  EXPECT_THAT(entries, IsOk());
  if (!entries.ok() || entries->size() != 1) {
    ADD_FAILURE() << "expected one entry";
    return {};
  }
  return (*entries)[0];
}

std::string ErrorOf(std::string_view tar) { return std::string(ReadAll(tar).status().message()); }

class FormatTest : public testing::TestWithParam<std::string> {};

// The judge is GNU tar: each of its formats reads back as the tree it was made of.
TEST_P(FormatTest, ReadsWhatGnuTarWrites) {
  const std::string directory = MakeTestDirectory("formats");
  const std::string deep =
      absl::StrCat(std::string(90, 'd'), "/", std::string(80, 'f'), "\xc3\xa9");
  const bool is_v7 = GetParam() == "v7";
  const std::string name = is_v7 ? "d/short" : deep;
  std::filesystem::create_directories(
      std::filesystem::path(absl::StrCat(directory, "/in/", name)).parent_path());
  const std::string file = absl::StrCat(directory, "/in/", name);
  ASSERT_THAT(WriteFile(file, std::string(1000, 'x')), IsOk());
  ASSERT_EQ(chmod(file.c_str(), 04750), 0);
  std::filesystem::create_symlink("target", directory + "/in/symlink");
  ASSERT_THAT(WriteFile(directory + "/in/hard", ""), IsOk());
  std::filesystem::create_hard_link(directory + "/in/hard", directory + "/in/z-link");
  ASSERT_THAT(RunProgram({"tar", "-C", directory + "/in", "--format=" + GetParam(), "--sort=name",
                          "--owner=1000", "--group=1001", "--mtime=@1492533000", "-cf",
                          directory + "/t.tar", "."}),
              IsOk());
  const auto read = ReadAll(*ReadFile(directory + "/t.tar"));
  ASSERT_THAT(read, IsOk());
  std::vector<std::pair<TarEntry, std::string>> entries;
  for (const Read& one : *read) entries.emplace_back(one.entry, one.content);
  EXPECT_THAT(entries, Contains(Pair(AllOf(Field(&TarEntry::path, "."),
                                           Field(&TarEntry::type, TarEntry::Type::kDirectory)),
                                     "")));
  EXPECT_THAT(entries, Contains(Pair(
                           AllOf(Field(&TarEntry::path, name), Field(&TarEntry::mode, 04750),
                                 Field(&TarEntry::uid, 1000), Field(&TarEntry::gid, 1001),
                                 Field(&TarEntry::mtime, 1492533000), Field(&TarEntry::size, 1000)),
                           std::string(1000, 'x'))));
  EXPECT_THAT(entries, Contains(Pair(AllOf(Field(&TarEntry::path, "symlink"),
                                           Field(&TarEntry::type, TarEntry::Type::kSymlink),
                                           Field(&TarEntry::link, "target")),
                                     "")));
  EXPECT_THAT(entries, Contains(Pair(AllOf(Field(&TarEntry::path, "z-link"),
                                           Field(&TarEntry::type, TarEntry::Type::kHardLink),
                                           Field(&TarEntry::link, "hard")),
                                     "")));
}

INSTANTIATE_TEST_SUITE_P(All, FormatTest, testing::Values("v7", "ustar", "gnu", "pax"));

TEST(TarReaderTest, LargeIdsOfGnuTar) {
  const std::string directory = MakeTestDirectory("ids");
  ASSERT_THAT(WriteFile(directory + "/f", ""), IsOk());
  for (const std::string format : {"gnu", "pax"}) {
    ASSERT_THAT(RunProgram({"tar", "-C", directory, "--format=" + format, "--owner=:3000000000",
                            "--group=:2500000", "-cf", directory + "/t.tar", "f"}),
                IsOk());
    const Read file = ReadOne(*ReadFile(directory + "/t.tar"));
    EXPECT_EQ(file.entry.uid, 3000000000);
    EXPECT_EQ(file.entry.gid, 2500000);
  }
}

TEST(TarReaderTest, SparseFilesOfGnuTar) {
  std::string expected(3000000, '\0');
  for (size_t at = 150000; at < expected.size(); at += 200000) expected.replace(at, 6, "middle");
  for (const std::string format :
       {"--format=gnu", "--format=posix --sparse-version=0.0",
        "--format=posix --sparse-version=0.1", "--format=posix --sparse-version=1.0"}) {
    SCOPED_TRACE(format);
    const std::string directory = MakeTestDirectory("sparse");
    ASSERT_THAT(WriteFile(directory + "/full", expected), IsOk());
    ASSERT_THAT(WriteFile(directory + "/z", "behind it"), IsOk());
    ASSERT_THAT(RunProgram({"cp", "--sparse=always", directory + "/full", directory + "/f"}),
                IsOk());
    std::vector<std::string> words = {"tar", "-C", directory, "--sparse"};
    for (const std::string_view word : absl::StrSplit(format, ' ')) words.emplace_back(word);
    for (const std::string word : {"-cf", "", "f", "z"}) words.push_back(word);
    words[words.size() - 3] = directory + "/t.tar";
    ASSERT_THAT(RunProgram(words), IsOk());
    const std::string tar = *ReadFile(directory + "/t.tar");
    EXPECT_LT(tar.size(), 200000u) << "tar made no sparse entry";
    const auto entries = ReadAll(tar);
    ASSERT_THAT(entries, IsOk());
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ((*entries)[0].entry.path, "f");
    EXPECT_EQ((*entries)[0].entry.size, expected.size());
    EXPECT_TRUE((*entries)[0].content == expected);
    EXPECT_EQ((*entries)[1].content, "behind it");
  }
}

// One entry "f" with content "hello".
std::string SmallTar() { return TarBuilder().File("f", "hello").Finish(); }

TEST(TarReaderTest, NoBytesAtAll) {
  EXPECT_EQ(ErrorOf(""),
            "t.tar: tar header at offset 0: the archive ends without its end marker; it is "
            "truncated or not a tar");
  EXPECT_THAT(ReadAll("", EndMarker::kOptional), IsOkAndHolds(IsEmpty()));
}

TEST(TarReaderTest, NotATar) {
  EXPECT_EQ(ErrorOf(std::string(2048, 'x')),
            "t.tar: tar header at offset 0: wrong checksum; this is not an uncompressed tar");
}

TEST(TarReaderTest, EndsInsideAHeader) {
  EXPECT_EQ(
      ErrorOf(SmallTar().substr(0, 300)),
      "t.tar: tar header at offset 0: the archive ends inside this header; it is truncated or "
      "not an uncompressed tar");
}

TEST(TarReaderTest, EndsInsideContent) {
  EXPECT_EQ(ErrorOf(SmallTar().substr(0, 514)),
            "t.tar: entry \"f\": the archive ends inside its content");
}

TEST(TarReaderTest, EndsInsideContentThatIsSkipped) {
  const std::string tar = SmallTar().substr(0, 514);
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("t.tar", source, EndMarker::kOptional);
  ASSERT_THAT(reader.Next(), IsOk());
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kDataLoss,
                                      "t.tar: entry \"f\": the archive ends inside its content"));
}

TEST(TarReaderTest, EndsBeforeTheEndMarker) {
  // Without the padding of the content, and with it.
  for (const size_t size : {517u, 1024u}) {
    EXPECT_EQ(ErrorOf(SmallTar().substr(0, size)),
              absl::StrCat("t.tar: tar header at offset ", size,
                           ": the archive ends without its end marker; it is truncated or not a "
                           "tar"));
    const auto entries = ReadAll(SmallTar().substr(0, size), EndMarker::kOptional);
    ASSERT_THAT(entries, IsOk());
    EXPECT_EQ(entries->front().content, "hello");
  }
}

TEST(TarReaderTest, EndsBehindAPaxHeader) {
  EXPECT_THAT(ReadAll(TarBuilder().Pax({{"path", "x"}}).bytes(), EndMarker::kOptional),
              StatusIs(absl::StatusCode::kDataLoss,
                       "t.tar: tar header at offset 1024: expected the entry of a PAX header"));
}

TEST(TarReaderTest, BytesBehindTheEndAreLeft) {
  const std::string tar = SmallTar() + "more";
  EXPECT_EQ(ReadOne(tar).content, "hello");
}

TEST(TarReaderTest, AtTheEndItStays) {
  const std::string tar = TarBuilder().Finish() + SmallTar();
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("t.tar", source);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(reader.Next(), IsOkAndHolds(Eq(std::nullopt)));
}

// Any single damaged byte of a header gives an error, never a crash.
TEST(TarReaderTest, EveryDamagedHeaderByte) {
  const std::string good = SmallTar();
  int refused = 0;
  for (size_t i = 0; i < 512; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    refused += ReadAll(bad).ok() ? 0 : 1;
  }
  // The eight bytes of the checksum field itself have two that may hold anything.
  EXPECT_GE(refused, 510);
}

TEST(TarReaderTest, ContentOffset) {
  const std::string directory = MakeTestDirectory("offset");
  const std::string tar = TarBuilder()
                              .File("big", std::string(300000, 'b'))
                              .Pax({{"path", "other"}})
                              .File("f", "hello")
                              .Finish();
  ASSERT_THAT(WriteFile(directory + "/t.tar", tar), IsOk());
  const auto file = InputFile::Open(directory + "/t.tar");
  ASSERT_THAT(file, IsOk());
  FileSource source(*file);
  TarReader reader("t.tar", source);
  ASSERT_THAT(reader.Next(), IsOk());
  EXPECT_EQ(reader.content_offset(), 512u);
  ASSERT_THAT(reader.Next(), IsOk());
  ASSERT_TRUE(reader.content_offset().has_value());
  EXPECT_EQ(tar.substr(*reader.content_offset(), 5), "hello");
  EXPECT_THAT(reader.Next(), IsOkAndHolds(Eq(std::nullopt)));
}

TEST(TarReaderTest, UnsupportedType) {
  EXPECT_EQ(ErrorOf(TarBuilder().Add({.name = "f", .type = 'M'}).Finish()),
            "t.tar: entry \"f\": entries of type \"M\" are not supported; expected files, links, "
            "directories, devices or fifos");
}

TEST(TarReaderTest, NameOfTheArchiveIsNoEntry) {
  EXPECT_EQ(
      ReadOne(TarBuilder().Add({.name = "backup", .type = 'V'}).File("f").Finish()).entry.path,
      "f");
}

TEST(TarReaderTest, SizeOfALinkMeansNoContent) {
  std::string header = TarBuilder::Header({.name = "l", .type = '1', .link = "f"}, 5);
  const auto entries = ReadAll(TarBuilder().Raw(header).File("f", "hello").Finish());
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].entry.size, 0u);
  EXPECT_EQ((*entries)[1].content, "hello");
}

TEST(TarReaderTest, DirectoryWithAListOfNames) {
  const auto entries =
      ReadAll(TarBuilder().Add({.name = "d", .type = 'D', .data = "Yf"}).File("f").Finish());
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].entry.type, Type::kDirectory);
  EXPECT_EQ((*entries)[0].entry.size, 0u);
  EXPECT_EQ((*entries)[0].content, "");
}

TEST(TarReaderTest, PrefixOfTheName) {
  std::string posix = TarBuilder::Header({.name = "f"}, 0);
  posix.replace(345, 155, std::string(155, 'p'));
  TarBuilder::FixChecksum(posix);
  EXPECT_EQ(ReadOne(TarBuilder().Raw(posix).Finish()).entry.path, std::string(155, 'p') + "/f");
  // star keeps two times behind a shorter prefix.
  std::string star = posix;
  star.replace(345 + 131, 24, "00000001234 00000001234 ");
  star.replace(508, 4, std::string("tar\0", 4));
  TarBuilder::FixChecksum(star);
  EXPECT_EQ(ReadOne(TarBuilder().Raw(star).Finish()).entry.path, std::string(131, 'p') + "/f");
}

TEST(TarReaderTest, GlobalRecordsCountUntilTakenBack) {
  std::string global = TarBuilder().Pax({{"uid", "7"}}).bytes();
  global[156] = 'g';
  std::string header = global.substr(0, 512);
  TarBuilder::FixChecksum(header);
  const auto entries = ReadAll(TarBuilder()
                                   .Raw(header + global.substr(512))
                                   .File("a")
                                   .Pax({{"uid", "8"}})
                                   .File("b")
                                   .Pax({{"uid", ""}})
                                   .Add({.name = "c", .uid = 9})
                                   .File("d")
                                   .Finish());
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ((*entries)[0].entry.uid, 7u);
  EXPECT_EQ((*entries)[1].entry.uid, 8u);
  EXPECT_EQ((*entries)[2].entry.uid, 9u);
  EXPECT_EQ((*entries)[3].entry.uid, 7u);
}

TEST(TarReaderTest, MalformedRecords) {
  EXPECT_EQ(ErrorOf(TarBuilder().Add({.name = "x", .type = 'x', .data = "9 a=b"}).Finish()),
            "t.tar: tar header at offset 0: malformed PAX record; expected \"LENGTH "
            "KEY=VALUE\\n\"");
  EXPECT_EQ(ErrorOf(TarBuilder().Pax({{"uid", "-"}}).File("f").Finish()),
            "t.tar: entry \"f\": PAX record uid is \"-\"; expected a number");
  EXPECT_EQ(ErrorOf(TarBuilder().Add({.name = "x", .type = 'x', .data = "6 a=bX"}).Finish()),
            "t.tar: tar header at offset 0: malformed PAX record; expected \"LENGTH "
            "KEY=VALUE\\n\"");
}

TEST(TarReaderTest, ExtendedHeaderTooLarge) {
  EXPECT_EQ(
      ErrorOf(TarBuilder::Header({.name = "x", .type = 'x'}, 1 << 30) + std::string(512, ' ')),
      "t.tar: tar header at offset 0: an extended header has 1073741824 bytes; expected at "
      "most 1048576");
  EXPECT_EQ(ErrorOf(TarBuilder::Header({.name = "x", .type = 'x'}, (1 << 20) + 1) +
                    std::string(512, ' ')),
            "t.tar: tar header at offset 0: an extended header has 1048577 bytes; expected at "
            "most 1048576");
}

// A header block with `bytes` at `offset`, as archive.
std::string Patched(const TarMember& member, size_t offset, std::string_view bytes) {
  std::string header = TarBuilder::Header(member, 0);
  header.replace(offset, bytes.size(), bytes);
  TarBuilder::FixChecksum(header);
  return TarBuilder().Raw(header).Finish();
}

TEST(TarReaderTest, FileWithASlashIsADirectoryAsBeforePosix) {
  const Read directory = ReadOne(TarBuilder().Add({.name = "old/", .type = '\0'}).Finish());
  EXPECT_EQ(directory.entry.type, Type::kDirectory);
  EXPECT_EQ(directory.entry.path, "old");
}

TEST(TarReaderTest, SymlinkWithoutATarget) {
  EXPECT_EQ(ErrorOf(TarBuilder().Link("l", "").Finish()),
            "t.tar: entry \"l\": this symbolic link has no target");
}

TEST(TarReaderTest, SymlinkTargetWithANulByte) {
  EXPECT_EQ(
      ErrorOf(TarBuilder().Pax({{"linkpath", std::string("a\0b", 3)}}).Link("l", "x").Finish()),
      "t.tar: entry \"l\": the target of this symbolic link has a NUL byte");
}

TEST(TarReaderTest, LinkFieldOfAFileMeansNothing) {
  EXPECT_EQ(ReadOne(TarBuilder().Add({.name = "f", .link = "x"}).Finish()).entry.link, "");
}

TEST(TarReaderTest, TimeBeforeTheEpochInBase256) {
  EXPECT_EQ(ReadOne(Patched({.name = "f"}, 136, std::string(11, '\xff') + '\xfe')).entry.mtime, -2);
}

TEST(TarReaderTest, Base256NumberBeyond64Bits) {
  EXPECT_EQ(ErrorOf(Patched({.name = "f"}, 136, '\x80' + std::string(11, '\x7f'))),
            "t.tar: entry \"f\": its mode, size or time is not a number");
}

TEST(TarReaderTest, ChecksumOfSignedBytes) {
  std::string header = TarBuilder::Header({.name = "\xe9"}, 0);
  const uint32_t sum = static_cast<uint32_t>(std::stoul(header.substr(148, 6), nullptr, 8)) - 256;
  header.replace(148, 6, absl::StrFormat("%06o", sum));
  EXPECT_EQ(ReadOne(TarBuilder().Raw(header).Finish()).entry.path, "\xe9");
}

// GNU tar stores times where POSIX has the first part of a long name.
TEST(TarReaderTest, TimesOfGnuTarAreNoPrefix) {
  std::string header = TarBuilder::Header({.name = "f"}, 0);
  header.replace(257, 8, std::string_view("ustar  \0", 8));
  header.replace(345, 11, "14746025610");
  TarBuilder::FixChecksum(header);
  EXPECT_EQ(ReadOne(TarBuilder().Raw(header).Finish()).entry.path, "f");
}

TEST(TarReaderTest, AttributesAndAccessLists) {
  const Read file =
      ReadOne(TarBuilder()
                  .Pax({{"SCHILY.xattr.user.x", "1"}, {"SCHILY.acl.default", "user::rwx"}})
                  .File("f")
                  .Finish());
  EXPECT_THAT(file.entry.xattrs, ElementsAre(Pair("user.x", "1")));
  EXPECT_THAT(file.entry.acls, ElementsAre("system.posix_acl_default"));
}

// The error of a sparse file of 10 bytes with these parts, of which "abc" is stored.
std::string SparseError(const std::string& map) {
  return ErrorOf(TarBuilder()
                     .Pax({{"GNU.sparse.size", "10"}, {"GNU.sparse.map", map}})
                     .File("f", "abc")
                     .Finish());
}

TEST(TarReaderTest, SparseMapsThatCannotBe) {
  const std::string entry = "t.tar: entry \"f\": ";
  EXPECT_EQ(SparseError("0,3,10,0"), "");
  EXPECT_EQ(SparseError("0,2,1,1"), entry + "the parts of this sparse file overlap");
  EXPECT_EQ(SparseError("8,3"),
            entry + "a part of this sparse file, 3 bytes at 8, lies beyond its size of 10");
  EXPECT_EQ(SparseError("18446744073709551615,3"),
            entry +
                "a part of this sparse file, 3 bytes at 18446744073709551615, lies beyond its "
                "size of 10");
  EXPECT_EQ(SparseError("0,2"),
            entry + "the parts of this sparse file have 2 bytes, but 3 are stored");
  EXPECT_EQ(SparseError("0,3,4"),
            entry + "malformed map of a sparse file at \"4\"; expected pairs of numbers");
}

TEST(TarReaderTest, SparseTextThatDoesNotEnd) {
  const std::string tar =
      TarBuilder()
          .Pax(
              {{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.realsize", "10"}})
          .File("f", "2\n0\n3\n")
          .Finish();
  EXPECT_EQ(ErrorOf(tar), "t.tar: entry \"f\": the map of this sparse file does not end");
}

TEST(SparseMapTest, TooManyParts) {
  SparseMap map(uint64_t{1} << 40);
  for (uint64_t i = 0; i < 1 << 18; ++i) ASSERT_THAT(map.Add(2 * i, 1), IsOk());
  EXPECT_THAT(map.Add(1 << 20, 1), StatusIs(absl::StatusCode::kInvalidArgument,
                                            "this sparse file has more than 262144 parts"));
}

// It would fill the memory.
TEST(TarReaderTest, SparseTextThatIsTooLong) {
  const std::string tar =
      TarBuilder()
          .Pax(
              {{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.realsize", "10"}})
          .File("f", absl::StrCat("200000\n", std::string(3 << 20, '0')))
          .Finish();
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("t.tar", source, EndMarker::kRequired);
  EXPECT_EQ(reader.Next().status().message(),
            "t.tar: entry \"f\": the map of this sparse file does not end");
  EXPECT_GT(source.Skip(4 << 20).value(), uint64_t{1} << 20);
}

std::string GlobalRecords(std::string data) {
  std::string padding((TarBlock::kSize - data.size() % TarBlock::kSize) % TarBlock::kSize, '\0');
  return absl::StrCat(TarBuilder::Header({.name = "g", .type = 'g'}, data.size()), data, padding);
}

// They count for every entry that follows.
TEST(TarReaderTest, TooManyGlobalRecords) {
  const std::string half = absl::StrCat("40010 comment=", std::string(39995, 'x'), "\n");
  ASSERT_EQ(half.size(), 40010u);
  EXPECT_EQ(ErrorOf(TarBuilder().Raw(GlobalRecords(half)).Raw(GlobalRecords(half)).Finish()),
            "t.tar: tar header at offset 40960: global PAX records have 80020 bytes so far; the "
            "limit is 65536; give these records to the entries that need them");
}

TEST(TarReaderTest, LinkTargetTooLong) {
  EXPECT_EQ(ErrorOf(TarBuilder().Link("l", std::string(4096, 'a')).Finish()),
            "t.tar: entry \"l\": the target of this symbolic link has 4096 bytes; the kernel takes "
            "up to 4095");
  EXPECT_EQ(ReadOne(TarBuilder().Link("l", std::string(4095, 'a')).Finish()).entry.link.size(),
            4095u);
}

// The error of reading `tar`, without its contents, with these limits.
std::string LimitedError(std::string_view tar, const TarLimits& limits) {
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("t.tar", source, EndMarker::kRequired, limits);
  while (true) {
    const auto entry = reader.Next();
    if (!entry.ok()) return std::string(entry.status().message());
    if (!*entry) return "";
  }
}

TEST(TarReaderTest, TooManyEntries) {
  const std::string tar = TarBuilder().File("a").Dir("b").Link("c", "d").Finish();
  EXPECT_EQ(LimitedError(tar, {.entries = 3}), "");
  EXPECT_EQ(LimitedError(tar, {.entries = 2}),
            "t.tar: entry \"c\": up to here the archive has 3 entries; the limit is 2; split the "
            "archive, or leave out what made it so large");
}

// Global records count for each entry, and a record for 64 bytes more than it has.
TEST(TarReaderTest, TooMuchMetadata) {
  const std::string tar =
      TarBuilder().Raw(GlobalRecords("12 a=123456\n")).File("f").Link("link", "target").Finish();
  EXPECT_EQ(LimitedError(tar, {.metadata_bytes = 153}), "");
  EXPECT_EQ(LimitedError(tar, {.metadata_bytes = 152}),
            "t.tar: entry \"link\": up to here the archive has 153 bytes of names, links and PAX "
            "records; the limit is 152; split the archive, or leave out what made it so large");
}

TEST(TarReaderTest, TooManyBytes) {
  const std::string sparse = TarBuilder()
                                 .Pax({{"GNU.sparse.size", "1000000"}, {"GNU.sparse.map", "0,3"}})
                                 .File("s", "abc")
                                 .Finish();
  EXPECT_EQ(LimitedError(sparse, {.expanded_bytes = 1001536}), "");
  EXPECT_EQ(
      LimitedError(sparse, {.expanded_bytes = 1001535}),
      "t.tar: entry \"s\": up to here the archive has 1001536 bytes, holes of sparse files "
      "included; the limit is 1001535; split the archive, or leave out what made it so large");
  const std::string two = TarBuilder().File("a", "1234").File("b", "1234").Finish();
  EXPECT_EQ(LimitedError(two, {.expanded_bytes = 1540}), "");
  EXPECT_EQ(LimitedError(two, {.expanded_bytes = 1539}),
            "t.tar: entry \"b\": up to here the archive has 1540 bytes, holes of sparse files "
            "included; the limit is 1539; split the archive, or leave out what made it so large");
}

// No sum wraps around, and a size that no archive has is found before its bytes are missed.
TEST(TarReaderTest, LargestSize) {
  EXPECT_EQ(ErrorOf(TarBuilder().Pax({{"size", "9223372036854775807"}}).File("f").Finish()),
            "t.tar: entry \"f\": up to here the archive has 9223372036854777343 bytes, holes of "
            "sparse files included; the limit is 68719476736; split the archive, or leave out what "
            "made it so large");
}

TEST(TarReaderTest, EmptyArchive) {
  EXPECT_THAT(ReadAll(TarBuilder().Finish()), IsOkAndHolds(IsEmpty()));
}

TEST(TarReaderTest, StickyDirectory) {
  const Read directory = ReadOne(TarBuilder().Dir("tmp/", 01777).Finish());
  EXPECT_EQ(directory.entry.type, Type::kDirectory);
  EXPECT_EQ(directory.entry.path, "tmp");
  EXPECT_EQ(directory.entry.mode, 01777u);
}

TEST(TarReaderTest, DevicesAndFifo) {
  auto entries = ReadAll(TarBuilder()
                             .Add({.name = "c", .type = '3', .major = 5, .minor = 1})
                             .Add({.name = "b", .type = '4', .major = 8, .minor = 300})
                             .Add({.name = "p", .type = '6'})
                             .Finish());
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ((*entries)[0].entry.type, Type::kCharacterDevice);
  EXPECT_EQ((*entries)[0].entry.device_major, 5u);
  EXPECT_EQ((*entries)[1].entry.type, Type::kBlockDevice);
  EXPECT_EQ((*entries)[1].entry.device_minor, 300u);
  EXPECT_EQ((*entries)[2].entry.type, Type::kFifo);
}

TEST(TarReaderTest, NamesBecomeClean) {
  for (const std::string name : {"./etc/x", "/etc/x", "//etc//x", "etc/./x"}) {
    EXPECT_EQ(ReadOne(TarBuilder().File(name).Finish()).entry.path, "etc/x") << name;
  }
  for (const std::string name : {"./", "/", ".", "././"}) {
    EXPECT_EQ(ReadOne(TarBuilder().Dir(name).Finish()).entry.path, ".") << name;
  }
}

TEST(TarReaderTest, NameThatLeavesTheImage) {
  for (const std::string name : {"..", "../x", "a/../x", "a/.."}) {
    EXPECT_THAT(
        ReadAll(TarBuilder().File(name).Finish()),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("t.tar: entry \"", name, "\": names with \"..\" are not allowed")));
  }
}

TEST(TarReaderTest, HardLinkThatLeavesTheImage) {
  EXPECT_THAT(
      ReadAll(TarBuilder().HardLink("x", "../etc/passwd").Finish()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "t.tar: entry \"x\": hard link to \"../etc/passwd\": names with \"..\" are not "
               "allowed"));
}

TEST(TarReaderTest, HardLinkTargetBecomesClean) {
  EXPECT_EQ(ReadOne(TarBuilder().HardLink("x", "./bin/y").Finish()).entry.link, "bin/y");
}

TEST(TarReaderTest, SymlinkTargetStaysAsItIs) {
  EXPECT_EQ(ReadOne(TarBuilder().Link("x", "../.././y//").Finish()).entry.link, "../.././y//");
}

TEST(TarReaderTest, GnuLongNames) {
  const std::string name = std::string(300, 'n'), target(400, 't');
  const Read link = ReadOne(TarBuilder().Link(name, target).Finish());
  EXPECT_EQ(link.entry.path, name);
  EXPECT_EQ(link.entry.link, target);
}

TEST(TarReaderTest, PaxNamesSizesAndTimes) {
  const std::string name = "dir/" + std::string(200, 'p');
  const Read file = ReadOne(
      TarBuilder()
          .Pax({{"path", name}, {"mtime", "1700000000.75"}, {"uid", "3000000"}, {"size", "3"}})
          .File("short", "abc")
          .Finish());
  EXPECT_EQ(file.entry.path, name);
  EXPECT_EQ(file.entry.mtime, 1700000000);
  EXPECT_EQ(file.entry.uid, 3000000u);
  EXPECT_EQ(file.content, "abc");
}

TEST(TarReaderTest, PaxTimeBeforeTheEpochRoundsDown) {
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"mtime", "-1.5"}}).File("f").Finish()).entry.mtime, -2);
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"mtime", "-1.0"}}).File("f").Finish()).entry.mtime, -1);
}

TEST(TarReaderTest, NamesThatAreNotUtf8) {
  EXPECT_EQ(ReadOne(TarBuilder().File("caf\xe9").Finish()).entry.path, "caf\xe9");
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"path", "caf\xe9"}}).File("x").Finish()).entry.path,
            "caf\xe9");
  EXPECT_EQ(ReadOne(TarBuilder().Pax({{"path", "caf\xc3\xa9"}}).File("x").Finish()).entry.path,
            "caf\xc3\xa9");
  EXPECT_EQ(
      ReadOne(TarBuilder().Pax({{"linkpath", "\xc3\xa9/\xff"}}).Link("x", "y").Finish()).entry.link,
      "\xc3\xa9/\xff");
}

TEST(TarReaderTest, Base256Numbers) {
  std::string header = TarBuilder::Header({.name = "f"}, 0);
  header.replace(108, 8, std::string("\x80\0\0\0\xff\xff\xff\xfe", 8));  // uid 4294967294
  TarBuilder::FixChecksum(header);
  EXPECT_EQ(ReadOne(TarBuilder().Raw(header).Finish()).entry.uid, 4294967294u);
}

TEST(TarReaderTest, UserIdBeyond32Bits) {
  std::string header = TarBuilder::Header({.name = "f"}, 0);
  header.replace(108, 8, std::string("\x80\0\0\x01\0\0\0\0", 8));
  TarBuilder::FixChecksum(header);
  EXPECT_THAT(
      ReadAll(TarBuilder().Raw(header).Finish()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "t.tar: entry \"f\": uid 4294967296 is out of range; expected 0 to 4294967295"));
}

TEST(TarReaderTest, PaxSparseFileIsExpanded) {
  // GNU sparse format 0.1: "ab" at 1000, "c" at 3000, 4000 bytes in all.
  const Read file = ReadOne(TarBuilder()
                                .Pax({{"GNU.sparse.size", "4000"},
                                      {"GNU.sparse.numblocks", "2"},
                                      {"GNU.sparse.map", "1000,2,3000,1"},
                                      {"GNU.sparse.name", "hole"}})
                                .File("x", "abc")
                                .Finish());
  std::string expected(4000, '\0');
  expected.replace(1000, 2, "ab");
  expected[3000] = 'c';
  EXPECT_EQ(file.entry.path, "hole");
  EXPECT_EQ(file.entry.size, 4000u);
  EXPECT_EQ(file.content, expected);
}

TEST(TarReaderTest, NameTooLong) {
  EXPECT_THAT(ReadAll(TarBuilder().File(std::string(4096, 'n')).Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("t.tar: entry \"", std::string(80, 'n'),
                                    "\": the name has 4096 bytes; the kernel takes up to 4095")));
}

TEST(TarReaderTest, HeaderChecksumIsWrong) {
  std::string tar = TarBuilder().File("good").File("bad").Finish();
  tar[512] ^= 1;
  EXPECT_EQ(ErrorOf(tar),
            "t.tar: tar header at offset 512: wrong checksum; the archive is damaged here");
}

TEST(CleanNameTest, Cases) {
  EXPECT_THAT(CleanName("./usr//bin/"), IsOkAndHolds("usr/bin"));
  EXPECT_THAT(CleanName("/etc/x"), IsOkAndHolds("etc/x"));
  EXPECT_THAT(CleanName("./"), IsOkAndHolds("."));
  EXPECT_THAT(CleanName("..a/b.."), IsOkAndHolds("..a/b.."));
  EXPECT_EQ(CleanName("").status().message(), "\"\": the name is empty");
  EXPECT_EQ(CleanName("a/../b").status().message(),
            "\"a/../b\": names with \"..\" are not allowed");
  EXPECT_EQ(CleanName(std::string_view("a\0b", 3)).status().message(),
            "\"a\\x00\\x62\": the name has a NUL byte");
}

}  // namespace
}  // namespace linuxkit
