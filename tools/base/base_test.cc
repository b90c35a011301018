#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/pair.h"
#include "tools/base/param_file.h"
#include "tools/base/sha256.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TempPath(const std::string& name) { return testing::TempDir() + "/" + name; }

absl::StatusOr<Args> ParseWords(std::vector<const char*> words) {
  words.insert(words.begin(), "tool");
  return Args::Parse(static_cast<int>(words.size()), words.data());
}

TEST(ArgsTest, RepeatedFlagKeepsOrder) {
  auto args = ParseWords({"--layer=b", "--layer=a"});
  ASSERT_THAT(args, IsOk());
  EXPECT_THAT(args->All("layer"), ElementsAre("b", "a"));
  EXPECT_THAT(args->Finish(), IsOk());
}

TEST(ArgsTest, ParameterFileKeepsSpacesAndEquals) {
  std::ofstream(TempPath("params")) << "--cmdline=console=ttyS0 quiet\n--empty=\n";
  const std::string word = "@" + TempPath("params");
  auto args = ParseWords({word.c_str()});
  ASSERT_THAT(args, IsOk());
  EXPECT_EQ(args->Required("cmdline"), "console=ttyS0 quiet");
  EXPECT_EQ(args->Required("empty"), "");
}

// As Bazel writes `--a=b`, a word with each kind of quote, a line break and an empty word.
TEST(ArgsTest, ParameterFileIsQuoted) {
  std::ofstream(TempPath("quoted")) << "'--name=a\n--level=9'\n'--text=it'\\''s \"so\"'\n--plain\n";
  const std::string word = "@" + TempPath("quoted");
  auto args = ParseWords({word.c_str()});
  ASSERT_THAT(args, IsOk());
  EXPECT_EQ(args->Required("name"), "a\n--level=9");
  EXPECT_EQ(args->Required("text"), "it's \"so\"");
  EXPECT_TRUE(args->Bool("plain"));
  EXPECT_THAT(args->Finish(), IsOk());
}

TEST(ArgsTest, ParameterFileThatIsMissing) {
  EXPECT_THAT(ParseWords({"@no/such"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cannot open no/such")));
}

TEST(ArgsTest, ParameterFileThatIsDamaged) {
  std::ofstream(TempPath("damaged")) << "'--name=a\n";
  const std::string path = TempPath("damaged"), word = "@" + path;
  EXPECT_THAT(
      ParseWords({word.c_str()}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "the parameter file " + path + ": found no ' that ends '--name=a\n; expected one"));
}

struct ParamCase {
  const char* name;
  const char* text;
  std::vector<std::string> words;
};

class ParamFileTest : public testing::TestWithParam<ParamCase> {};

TEST_P(ParamFileTest, Words) {
  EXPECT_THAT(ParseParamFile(GetParam().text), IsOkAndHolds(GetParam().words));
}

const ParamCase kParamCases[] = {
    {"Nothing", "", {}},
    {"EmptyLinesAreNoWords", "\n\na\n\nb\n\n", {"a", "b"}},
    {"NoLineBreakAtTheEnd", "a\nb", {"a", "b"}},
    {"SpacesAndDoubleQuotesBelongToTheWord", " a \"b\"\t\n", {" a \"b\"\t"}},
    {"EmptyWords", "''\na\n''\n", {"", "a", ""}},
    {"LineBreaksInQuotes", "'\na\n\n'\n'\n'\n", {"\na\n\n", "\n"}},
    {"SingleQuotes", "'a'\\''b'\n\\'\n", {"a'b", "'"}},
    {"Backslashes", "'a\\'\na\\\\\n\\\nb\n", {"a\\", "a\\", "\nb"}},
    {"QuotesInTheMiddle", "--a='b c'd\n", {"--a=b cd"}},
    {"NotAscii", "'--a=\xc3\xbc\xff'\n\xc3\xbc\n", {"--a=\xc3\xbc\xff", "\xc3\xbc"}},
};
INSTANTIATE_TEST_SUITE_P(All, ParamFileTest, testing::ValuesIn(kParamCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ParamFileErrorTest, BackslashAtTheEnd) {
  EXPECT_THAT(ParseParamFile("a\\"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "found \\ at the end; expected a character behind it"));
}

TEST(ArgsTest, UnknownFlagIsAnError) {
  auto args = ParseWords({"--colour=red"});
  EXPECT_THAT(args->Finish(),
              StatusIs(absl::StatusCode::kInvalidArgument, "unknown flag --colour"));
}

TEST(ArgsTest, MissingFlagIsAnError) {
  auto args = ParseWords({});
  args->Required("output");
  EXPECT_THAT(args->Finish(),
              StatusIs(absl::StatusCode::kInvalidArgument, "missing flag --output"));
}

TEST(ArgsTest, PositionalWordIsAnError) {
  EXPECT_THAT(ParseWords({"file"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unexpected argument \"file\"; expected --name=value"));
}

TEST(ArgsTest, MalformedNumberIsAnError) {
  auto args = ParseWords({"--level=high"});
  args->IntOr("level", 3);
  EXPECT_THAT(args->Finish(), StatusIs(absl::StatusCode::kInvalidArgument,
                                       "--level=high: expected a whole number"));
}

TEST(PairTest, KeyMayHaveAnEqualsSign) {
  const auto pair = [](std::string_view word) {
    const Pair pair = ParsePair("label", word, "KEY=VALUE").value();
    return absl::StrCat("[", pair.key, "] [", pair.value, "]");
  };
  EXPECT_EQ(pair("k=v=w"), "[k] [v=w]");
  EXPECT_EQ(pair("a%3Db=c%3Dd"), "[a=b] [c%3Dd]");
  EXPECT_EQ(pair("100%25%253D="), "[100%%3D] []");
  EXPECT_THAT(
      ParsePair("label", "k", "KEY=VALUE").status(),
      StatusIs(absl::StatusCode::kInvalidArgument, "--label=k: expected --label=KEY=VALUE"));
  EXPECT_THAT(
      ParsePair("label", "=v", "KEY=VALUE").status(),
      StatusIs(absl::StatusCode::kInvalidArgument, "--label==v: expected --label=KEY=VALUE"));
}

TEST(OutputFileTest, UncommittedLeavesNothing) {
  const std::string path = TempPath("uncommitted");
  {
    auto file = OutputFile::Create(path);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append("half"), IsOk());
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_NE(access((path + ".partial").c_str(), F_OK), 0);
}

// Another user may have put it where the file under construction will be.
TEST(OutputFileTest, NeverWritesThroughALink) {
  const std::string path = TempPath("linked"), precious = TempPath("precious");
  ASSERT_THAT(WriteFile(precious, "kept"), IsOk());
  ASSERT_EQ(symlink(precious.c_str(), (path + ".partial").c_str()), 0);
  ASSERT_THAT(WriteFile(path, "written"), IsOk());
  EXPECT_THAT(ReadFile(precious), IsOkAndHolds("kept"));
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("written"));
}

TEST(InputFileTest, NamedPipeDoesNotBlock) {
  const std::string path = TempPath("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(InputFile::Open(path),
              StatusIs(absl::StatusCode::kInvalidArgument, path + " is not a regular file"));
}

TEST(PrivateDirectoryTest, IsMadeForItsOwner) {
  const std::string path = TempPath("private");
  ASSERT_THAT(MakePrivateDirectory(path), IsOk());
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
  EXPECT_THAT(MakePrivateDirectory(path), IsOk());
}

TEST(PrivateDirectoryTest, WhatOthersMayHaveMadeIsRefused) {
  const std::string path = TempPath("shared"), link = TempPath("link"), file = TempPath("a_file");
  const std::string expected = absl::StrCat("; expected a directory that only its owner, user ",
                                            geteuid(), ", can write to");
  const auto error = [](const std::string& name) {
    return std::string(MakePrivateDirectory(name).message());
  };
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  ASSERT_EQ(chmod(path.c_str(), 0770), 0);
  EXPECT_EQ(error(path), absl::StrCat(path, " is a directory of mode 0770", expected));
  ASSERT_EQ(symlink(testing::TempDir().c_str(), link.c_str()), 0);
  EXPECT_EQ(error(link), absl::StrCat(link, " is a symlink", expected));
  ASSERT_THAT(WriteFile(file, ""), IsOk());
  EXPECT_EQ(error(file), absl::StrCat(file, " is no directory", expected));
}

TEST(OutputFileTest, AppendsTextAndFilesInOrder) {
  const std::string part = TempPath("part"), path = TempPath("whole");
  ASSERT_THAT(WriteFile(part, std::string(3 * kBufferSize, 'x')), IsOk());
  auto input = InputFile::Open(part);
  ASSERT_THAT(input, IsOk());
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("<"), IsOk());
  ASSERT_THAT((*file)->AppendFile(*input), IsOk());
  ASSERT_THAT((*file)->Append(">"), IsOk());
  EXPECT_EQ((*file)->size(), 3 * kBufferSize + 2);
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("<" + std::string(3 * kBufferSize, 'x') + ">"));
}

TEST(OutputFileTest, AppendsARange) {
  const std::string part = TempPath("range_part"), path = TempPath("range_whole");
  ASSERT_THAT(WriteFile(part, "0123456789"), IsOk());
  auto input = InputFile::Open(part);
  ASSERT_THAT(input, IsOk());
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("<"), IsOk());
  ASSERT_THAT((*file)->AppendRange(*input, 3, 4), IsOk());
  ASSERT_THAT((*file)->AppendRange(*input, 10, 0), IsOk());
  ASSERT_THAT((*file)->AppendRange(*input, 0, 1), IsOk());
  EXPECT_EQ((*file)->size(), 6);
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("<34560"));
}

TEST(OutputFileTest, HolesReadAsZeros) {
  const std::string path = TempPath("holes");
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->AppendHole(3), IsOk());
  ASSERT_THAT((*file)->Append("a"), IsOk());
  ASSERT_THAT((*file)->AppendHole(2), IsOk());
  EXPECT_EQ((*file)->size(), 6);
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(std::string("\0\0\0a\0\0", 6)));
}

TEST(OutputFileTest, FileEndsInsideOfARange) {
  const std::string part = TempPath("letters"), path = TempPath("end");
  ASSERT_THAT(WriteFile(part, "abcdef"), IsOk());
  const auto input = InputFile::Open(part);
  ASSERT_THAT(input, IsOk());
  const auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->AppendRange(*input, 5, 3),
              StatusIs(absl::StatusCode::kDataLoss, part + " ended 2 bytes too early"));
}

TEST(OutputFileTest, WriteAtReplacesAndAppendingGoesOn) {
  const std::string path = TempPath("replaced");
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("abcd"), IsOk());
  ASSERT_THAT((*file)->WriteAt(1, "BC"), IsOk());
  ASSERT_THAT((*file)->Append("e"), IsOk());
  ASSERT_THAT((*file)->AppendHole(3), IsOk());
  ASSERT_THAT((*file)->WriteAt(5, "f"), IsOk());
  EXPECT_EQ((*file)->size(), 8);
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(std::string("aBCdef\0\0", 8)));
}

TEST(OutputFileTest, WriteAtBeyondWhatWasAppended) {
  const std::string path = TempPath("beyond");
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append("abcd"), IsOk());
  EXPECT_THAT((*file)->WriteAt(3, "de"),
              StatusIs(absl::StatusCode::kInternal,
                       "cannot replace 2 bytes at 3 of " + path + ", which has 4"));
}

TEST(OutputFileTest, RestartForgets) {
  const std::string path = TempPath("restart");
  auto file = OutputFile::Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append(std::string(2 * kBufferSize, 'a')), IsOk());
  ASSERT_THAT((*file)->Restart(), IsOk());
  ASSERT_THAT((*file)->Append("b"), IsOk());
  ASSERT_THAT((*file)->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("b"));
}

TEST(InputFileTest, MissingFileNamesThePath) {
  EXPECT_THAT(InputFile::Open("no/such"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cannot open no/such")));
}

TEST(InputFileTest, DirectoryIsAnError) {
  EXPECT_THAT(InputFile::Open(testing::TempDir()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not a regular file")));
}

TEST(ReadFileTest, LargerThanLimit) {
  ASSERT_THAT(WriteFile(TempPath("five"), "12345"), IsOk());
  EXPECT_THAT(ReadFile(TempPath("five"), 4),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("five has 5 bytes; expected at most 4")));
}

// The kernel's files say that they have 0 bytes (/proc) or a page (/sys), and pipes say nothing.
constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

TEST(ReadFileTest, FileOfProc) {
  std::ifstream other(kBootId);
  std::string id;
  ASSERT_TRUE(std::getline(other, id));
  ASSERT_EQ(id.size(), 36) << id;
  EXPECT_THAT(ReadFile(kBootId), IsOkAndHolds(id + "\n"));
}
TEST(ReadFileTest, FileOfProcLargerThanLimit) {
  EXPECT_THAT(ReadFile(kBootId, 37), IsOk());
  EXPECT_THAT(ReadFile(kBootId, 36),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       std::string(kBootId) + " has more than 36 bytes; expected at most 36"));
}
TEST(ReadFileTest, FileOfSysIsSmallerThanItSays) {
  const auto cpus = ReadFile("/sys/devices/system/cpu/online", 1000);
  ASSERT_THAT(cpus, IsOk());
  EXPECT_EQ(cpus->front(), '0');
  EXPECT_EQ(cpus->back(), '\n');
}
TEST(ReadFileTest, Pipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "through", 7), 7);
  close(ends[1]);
  EXPECT_THAT(ReadFile("/proc/self/fd/" + std::to_string(ends[0])), IsOkAndHolds("through"));
  close(ends[0]);
}
TEST(ReadFileTest, DirectoryIsAnError) {
  const std::string dir = testing::TempDir();
  EXPECT_THAT(ReadFile(dir), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("cannot read " + dir + ": Is a directory")));
}
TEST(InputFileTest, FileWithoutASizeIsAnError) {
  EXPECT_THAT(InputFile::Open(kBootId),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       std::string(kBootId) + " has bytes but no size, as files of /proc have; "
                                              "expected a file on a disk"));
  ASSERT_THAT(WriteFile(TempPath("empty"), ""), IsOk());
  EXPECT_THAT(InputFile::Open(TempPath("empty")), IsOk());
}

// FIPS 180-2, appendix B.1.
TEST(Sha256Test, StandardVector) {
  EXPECT_EQ(OciDigest(Sha256Of("abc")),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace linuxkit
