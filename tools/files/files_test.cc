// The rules of the files section, one row a rule; the segment is read back with the cpio reader.
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/cpio/newc_reader.h"
#include "tools/files/files_segment.h"
#include "tools/segment/segment_writer.h"
#include "tools/spec/entry.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

std::string TempPath(const std::string& name) { return testing::TempDir() + "/" + name; }

// "etc 40755 0:0", "etc/motd 100644 0:0 =hello": a line an entry.
absl::StatusOr<std::string> Listing(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  FileRange range(file);
  NewcReader cpio(range);
  std::string lines;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
    if (!member) return lines;
    StringSink data;
    ABSL_RETURN_IF_ERROR(CopyAll(cpio, data).status());
    const NewcHeader& header = member->header;
    if (header.mtime != kFixedTime) return absl::InternalError("an entry has another time");
    absl::StrAppend(&lines, member->name, " ",
                    absl::StrFormat("%o %d:%d", header.mode, header.uid, header.gid),
                    data.data().empty() ? "" : " =", data.data(), "\n");
  }
}

// The listing of the segment that `yaml` gives, or the error.
absl::StatusOr<std::string> FilesOf(const std::string& yaml) {
  ABSL_ASSIGN_OR_RETURN(const FileEntryList list, ParseFileEntries(yaml, {}));
  const std::string source = TempPath("source"), metadata = TempPath("metadata");
  ABSL_RETURN_IF_ERROR(WriteFile(source, "from a file"));
  ABSL_RETURN_IF_ERROR(WriteFile(metadata, "the specification"));
  const FilesInputs inputs = {
      .sources = {{"here", source}, {"a=b", source}, {"directory", testing::TempDir()}},
      .metadata = {{"yaml", metadata}},
      .ids = {{"web", 101}}};
  const std::string segment = TempPath("segment");
  ABSL_ASSIGN_OR_RETURN(
      const std::unique_ptr<SegmentWriter> writer,
      SegmentWriter::Create(
          segment, {.owner = "//os:files", .compression = {.format = Compression::Format::kNone}}));
  FilesSegment files(inputs, *writer);
  for (const FileEntry& entry : list.values()) {
    ABSL_RETURN_IF_ERROR(files.Add(entry));
  }
  ABSL_RETURN_IF_ERROR(writer->Finish(TempPath("index")));
  return Listing(segment);
}

struct Case {
  const char* name;
  const char* yaml;
  // Of a good section the listing, of a bad one the error.
  const char* expected;
};

class FilesTest : public testing::TestWithParam<Case> {};

TEST_P(FilesTest, Gives) {
  const absl::StatusOr<std::string> result = FilesOf(GetParam().yaml);
  EXPECT_EQ(result.ok() ? *result : std::string(result.status().message()), GetParam().expected)
      << GetParam().yaml;
}

std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

constexpr Case kEntries[] = {
    {"Contents", R"([{path: motd, contents: "hello"}])", "motd 100600 0:0 =hello\n"},
    {"EmptyContents", R"([{path: empty, contents: ""}])", "empty 100600 0:0\n"},
    {"SingleEntryWithoutList", R"({path: motd, contents: "hello"})", "motd 100600 0:0 =hello\n"},
    {"LeadingSlashIsDropped", R"([{path: /motd, contents: "x"}])", "motd 100600 0:0 =x\n"},
    {"TwoLeadingSlashes", R"([{path: //motd, contents: "x"}])", "motd 100600 0:0 =x\n"},
    {"Mode", R"([{path: x, contents: "", mode: "4751"}])", "x 104751 0:0\n"},
    {"UidAndGid", R"([{path: x, contents: "", uid: 5, gid: web}])", "x 100600 5:101\n"},
    {"RootByName", R"([{path: x, contents: "", uid: root, gid: ""}])", "x 100600 0:0\n"},
    {"Directory", R"([{path: d, directory: true}])", "d 40700 0:0\n"},
    {"RootDirectory", R"([{path: /, directory: true, mode: "0755"}])", ". 40755 0:0\n"},
    {"DirectoryWithTrailingSlash", R"([{path: d/, directory: true, mode: "0640"}])",
     "d 40750 0:0\nd 40640 0:0\n"},
    {"Symlink", R"([{path: l, symlink: /target}])", "l 120600 0:0 =/target\n"},
    {"SymlinkMode", R"([{path: l, symlink: t, mode: "0777"}])", "l 120777 0:0 =t\n"},
    {"Source", R"([{path: x, source: here}])", "x 100600 0:0 =from a file\n"},
    {"SourceWithEquals", R"([{path: x, source: "a=b"}])", "x 100600 0:0 =from a file\n"},
    {"OptionalSourceThatIsThere", R"([{path: x, source: here, optional: true}])",
     "x 100600 0:0 =from a file\n"},
    {"OptionalSourceMissingSkipsParents", R"([{path: a/x, source: gone, optional: true}])", ""},
    {"MetadataYaml", R"([{path: x, metadata: yaml}])", "x 100600 0:0 =the specification\n"},
    {"ParentOfDefaultMode", R"([{path: etc/x, contents: ""}])",
     "etc 40700 0:0\netc/x 100600 0:0\n"},
    {"ParentOf0644", R"([{path: etc/x, contents: "", mode: "0644"}])",
     "etc 40755 0:0\netc/x 100644 0:0\n"},
    {"ParentOf0202", R"([{path: etc/x, contents: "", mode: "0202"}])",
     "etc 40303 0:0\netc/x 100202 0:0\n"},
    {"ParentKeepsSetuid", R"([{path: etc/x, contents: "", mode: "4755"}])",
     "etc 44755 0:0\netc/x 104755 0:0\n"},
    {"ParentsHaveTheOwner", R"([{path: a/b/x, contents: "", uid: 7, gid: 8}])",
     "a 40700 7:8\na/b 40700 7:8\na/b/x 100600 7:8\n"},
    {"ParentIsWrittenOnce",
     R"([{path: a/x, contents: ""}, {path: a/y, contents: "", mode: "0644"}])",
     "a 40700 0:0\na/x 100600 0:0\na/y 100644 0:0\n"},
    {"ListedDirectoryIsNotWrittenAgain",
     R"([{path: a, directory: true, mode: "0755"}, {path: a/x, contents: ""}])",
     "a 40755 0:0\na/x 100600 0:0\n"},
    {"PathTwice", R"([{path: x, contents: "1"}, {path: x, contents: "2"}])",
     "x 100600 0:0 =1\nx 100600 0:0 =2\n"},
    {"DotComponents", R"([{path: ./a/./x, contents: ""}])", "a 40700 0:0\na/x 100600 0:0\n"},
    {"DotDotInside", R"([{path: a/../x, contents: ""}])", "x 100600 0:0\n"},
};
INSTANTIATE_TEST_SUITE_P(Entries, FilesTest, testing::ValuesIn(kEntries), CaseName);

constexpr Case kErrors[] = {
    {"NoPath", R"([{contents: ""}])",
     R"(files[0]: did not specify path for file; expected a path such as "etc/motd")"},
    {"EmptyPath", R"([{path: "", contents: ""}])",
     R"(files[0] "": did not specify path for file; expected a path such as "etc/motd")"},
    {"ModeNotOctal", R"([{path: x, contents: "", mode: "0o644"}])",
     R"(files[0] "x": cannot parse file mode as octal value: found "0o644"; expected octal digits such as "0644")"},
    {"ModeOfNine", R"([{path: x, contents: "", mode: "9"}])",
     R"(files[0] "x": cannot parse file mode as octal value: found "9"; expected octal digits such as "0644")"},
    {"ModeOf32Bits", R"([{path: x, contents: "", mode: "77777777777"}])",
     R"(files[0] "x": found the file mode "77777777777"; expected at most "7777", the permissions alone, such as "0644")"},
    {"ModeWithFileType", R"([{path: x, contents: "", mode: "100644"}])",
     R"(files[0] "x": found the file mode "100644"; expected at most "7777", the permissions alone, such as "0644")"},
    {"BelowDev", R"([{path: /dev/net/tun, contents: ""}])",
     R"(files[0] "/dev/net/tun": found a path below /dev, which is mounted at boot and hides it; expected a path elsewhere)"},
    {"BelowProc", R"([{path: x/../proc/x, contents: ""}])",
     R"(files[0] "x/../proc/x": found a path below /proc, which is mounted at boot and hides it; expected a path elsewhere)"},
    {"BelowSys", R"([{path: sys//x, directory: true}])",
     R"(files[0] "sys//x": found a path below /sys, which is mounted at boot and hides it; expected a path elsewhere)"},
    {"SymlinkAndContents", R"([{path: l, symlink: t, contents: ""}])",
     R"(files[0] "l": found symlink beside contents for file: l; keep one of them)"},
    {"SymlinkAndDirectory", R"([{path: d, directory: true, symlink: t}])",
     R"(files[0] "d": found symlink beside directory for file: d; keep one of them)"},
    {"NegativeUid", R"([{path: x, contents: "", uid: -1}])",
     R"(files[0] "x": uid: found -1; expected a number from 0 to 4294967294)"},
    {"ModeAsInteger", R"([{path: x, contents: "", mode: 0644}])",
     R"(files[0] "x": mode: found an integer; expected a string (put it in quotes: "0644"))"},
    {"UnknownId", R"([{path: x, contents: "", uid: db}])",
     R"(files[0] "x": cannot find id: db; expected a number, "root", or the name of an entry of onboot, onshutdown or services)"},
    {"UidAsFloat", R"([{path: x, contents: "", uid: 1.0}])",
     R"(files[0] "x": uid: found a floating-point number; expected an integer or a string)"},
    {"NothingSpecified", R"([{path: /a/x}])",
     "files[0] \"/a/x\": contents of file (a/x) not specified; expected one of contents, source, "
     "symlink, directory, metadata"},
    {"SourceAndMetadata", R"([{path: x, source: s, metadata: yaml, contents: ""}])",
     R"(files[0] "x": specified Source and Metadata for file: x; keep one of them)"},
    {"ContentsAndMetadata", R"([{path: x, metadata: yaml, contents: ""}])",
     R"(files[0] "x": specified Contents and Metadata for file: x; keep metadata or one of contents, symlink, directory)"},
    {"DirectoryAndMetadata", R"([{path: x, metadata: yaml, directory: true}])",
     R"(files[0] "x": specified Contents and Metadata for file: x; keep metadata or one of contents, symlink, directory)"},
    {"SymlinkAndSource", R"([{path: x, source: s, symlink: t}])",
     R"(files[0] "x": specified Contents and Source for file: x; keep source or one of contents, symlink, directory)"},
    {"DirectoryAndContents", R"([{path: x, directory: true, contents: ""}])",
     R"(files[0] "x": directory with contents not allowed; keep directory or contents)"},
    {"UnknownMetadata", R"([{path: x, metadata: toml}])",
     R"(files[0] "x": unsupported metadata type: toml; expected "yaml" or "json")"},
    {"MetadataWithoutText", R"([{path: x, metadata: json}])",
     R"(files[0] "x": no text for metadata json; expected an image made from a YAML)"},
    {"SourceMissing", R"([{path: y, contents: ""}, {path: x, source: gone}])",
     R"(files[1] "x": source gone not found; expected a file, or optional: true)"},
    {"PathEscapes", R"([{path: a/../../x, contents: ""}])",
     R"(files[0] "a/../../x": the path a/../../x leads out of /; expected fewer "..")"},
    {"FileAtRoot", R"([{path: a/.., contents: ""}])",
     R"(files[0] "a/..": the path a/.. is /; expected directory: true or a longer path)"},
    {"UnknownKey", R"([{path: x, content: ""}])",
     R"(files[0] "x": unknown key "content"; did you mean "contents"?)"},
    {"NotAMapping", R"(["x"])", "files[0]: found a string; expected a mapping"},
};
INSTANTIATE_TEST_SUITE_P(Errors, FilesTest, testing::ValuesIn(kErrors), CaseName);

TEST(FilesSourceTest, DirectoryIsAnError) {
  EXPECT_EQ(FilesOf("[{path: x, source: directory}]").status().message(),
            absl::StrCat("files[0] \"x\": ", testing::TempDir(), " is not a regular file"));
}

TEST(FilesContentsTest, NulIsAByteLikeAnyOther) {
  const auto listing = FilesOf(R"([{path: x, contents: "a\0b"}])");
  ASSERT_THAT(listing, IsOk());
  EXPECT_EQ(*listing, std::string("x 100600 0:0 =a\0b\n", 18));
}

// LinuxKit format, section 2.10: the last two lines of its table.
TEST(FilesGoldenTest, WorkedExample) {
  const auto listing = FilesOf(R"(- path: etc/x.conf
  contents: "a=1"
  mode: "0644")");
  ASSERT_THAT(listing, IsOk());
  EXPECT_EQ(*listing, "etc 40755 0:0\netc/x.conf 100644 0:0 =a=1\n");
}

}  // namespace
}  // namespace linuxkit
