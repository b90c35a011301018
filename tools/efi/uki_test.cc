#include "tools/efi/uki.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/efi/measure.h"
#include "tools/efi/pe_file.h"
#include "tools/efi/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A made image, read back.
struct Made {
  std::string path;
  std::string bytes;
  PeFile pe;

  std::string DataOf(std::string_view name) const {
    const SectionHeader* section = pe.Find(name);
    return section == nullptr ? "(none)" : bytes.substr(section->data_offset, MemorySize(*section));
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& section : pe.sections()) names.emplace_back(SectionName(section));
    return names;
  }
};

absl::StatusOr<Made> Make(const UkiOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const PeImage uki, MakeUki(options));
  Made made;
  ABSL_ASSIGN_OR_RETURN(made.path, WriteTestImage("uki", uki.extents));
  ABSL_ASSIGN_OR_RETURN(made.bytes, ReadFile(made.path));
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(made.path));
  ABSL_ASSIGN_OR_RETURN(made.pe, PeFile::Read(file));
  return made;
}

// The message; paths in it are as short as TestFile's names.
std::string ErrorOf(const UkiOptions& options) {
  return absl::StrReplaceAll(MakeUki(options).status().message(), {{TestPath(""), ""}});
}

std::string ErrorWithStub(const TestPe& stub) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes());
  return ErrorOf(options);
}

// An empty file that claims to be as large.
std::string LargeFile(std::string_view name, off_t size) {
  const std::string path = TestFile(name, "");
  EXPECT_EQ(truncate(path.c_str(), size), 0);
  return path;
}

TEST(UkiTest, GoldenBytes) {
  const auto made = Make(TestUkiOptions());
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(ReadFile("tools/efi/testdata/uki.hexdump"), IsOkAndHolds(Hexdump(made->bytes)));
}

TEST(UkiTest, SectionsInOrderLinuxLast) {
  UkiOptions options = TestUkiOptions();
  options.uname = "6.12.5-test";
  options.dtb = TestFile("dtb", "\xd0\x0d\xfe\xed blob");
  options.splash = TestFile("splash", "BM pixels");
  options.sbat = TestFile("sbat", "sbat,1,SBAT Version\ntest,1\n");
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->Names(), ElementsAre(".text", ".sbat", ".osrel", ".cmdline", ".uname", ".dtb",
                                         ".splash", ".initrd", ".linux"));
  EXPECT_EQ(made->DataOf(".text"), "the code");
  EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,SBAT Version\ntest,1\n");
  EXPECT_EQ(made->DataOf(".osrel"), "ID=test\n");
  EXPECT_EQ(made->DataOf(".cmdline"), "console=ttyS0");
  EXPECT_EQ(made->DataOf(".uname"), "6.12.5-test");
  EXPECT_EQ(made->DataOf(".initrd"), "the initrd");
  EXPECT_EQ(made->DataOf(".linux"), TestKernel());
}

TEST(UkiTest, UnameIsWhatTheKernelTells) {
  const auto made = Make(TestUkiOptions());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->DataOf(".uname"), "6.12.5");
}

TEST(UkiTest, EmptyFilesMakeNoSection) {
  UkiOptions options = TestUkiOptions();
  options.initrd = TestFile("initrd", "");
  options.cmdline = TestFile("cmdline", "\n");
  options.ucode = TestFile("ucode", "");
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->Names(), ElementsAre(".text", ".osrel", ".uname", ".linux"));
}

TEST(UkiTest, HeadersStayWhereTheyHaveRoom) {
  UkiOptions options = TestUkiOptions();
  options.os_release.reset();
  options.initrd.reset();
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.optional().size_of_headers, 512u);
  EXPECT_EQ(made->pe.Find(".text")->data_offset, 512u);
}

TEST(UkiTest, DataMovesWhereHeadersHaveNoRoom) {
  const auto made = Make(TestUkiOptions());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.optional().size_of_headers, 1024u);
  EXPECT_EQ(made->pe.Find(".text")->data_offset, 1024u);
  EXPECT_EQ(made->pe.Find(".text")->address, 4096u);
}

TEST(UkiTest, SectionsAreOnPagesOfTheirOwnWhateverTheStubSays) {
  TestPe stub = TestStub();
  stub.optional.section_alignment = 512u;
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes());
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.Find(".osrel")->address, 0x2000u);
  EXPECT_EQ(made->pe.Find(".linux")->address, 0x6000u);
  EXPECT_EQ(made->pe.optional().size_of_image, 0x6400u);
}

TEST(UkiTest, SbatIsAddedToTheStubs) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile(
      "stub", WithSection(TestStub(), ".sbat", std::string_view("sbat,1,Version\nstub,1\n\0\0", 24))
                  .Bytes());
  options.sbat = TestFile("sbat", "sbat,1,Version\ntest,2\n");
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,Version\nstub,1\ntest,2\n");
  EXPECT_EQ(made->pe.Find(".sbat")->address, 0x2000u);
}

TEST(UkiTest, SbatWithoutRoom) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", WithSection(TestStub(), ".sbat", "sbat,1,V\n").Bytes());
  options.sbat = TestFile("sbat", "sbat,1,V\n" + std::string(504, 'x'));
  EXPECT_EQ(ErrorOf(options),
            "stub: the new content of section .sbat has 513 bytes; expected at most 512, its room");
}

TEST(UkiTest, SbatWithoutItsFirstLine) {
  UkiOptions options = TestUkiOptions();
  options.sbat = TestFile("sbat", "test,1\n");
  EXPECT_EQ(ErrorOf(options),
            "sbat starts with \"test,1\\n\"; expected SBAT's first line, \"sbat,1,…\"");
}

TEST(UkiTest, StubIsNoProgram) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", "hello");
  EXPECT_EQ(ErrorOf(options),
            "stub: it is no EFI program: it starts with \"hello\"; expected \"MZ\"");
}

TEST(UkiTest, StubIsADriver) {
  TestPe stub = TestStub();
  stub.optional.subsystem = uint16_t{11};
  EXPECT_EQ(ErrorWithStub(stub), "stub: it has subsystem 11; expected 10, an EFI application");
}

TEST(UkiTest, StubIsAUkiAlready) {
  EXPECT_EQ(ErrorWithStub(WithSection(TestStub(), ".linux", "kernel")),
            "stub has a section .linux; expected a stub without, such as systemd's "
            "linuxx64.efi.stub");
}

TEST(UkiTest, StubIsSigned) {
  TestPe stub = TestStub();
  stub.directories[kCertificateDirectory] = {.address = 1024u, .size = 8u};
  EXPECT_EQ(ErrorWithStub(stub),
            "stub is signed, which new sections would break; expected it without");
}

TEST(UkiTest, StubForAnotherMachine) {
  TestPe stub = TestStub();
  stub.coff.machine = kMachineArm64;
  EXPECT_EQ(ErrorWithStub(stub),
            "kernel is for amd64, but the stub stub is for machine 0xaa64 (arm64)");
  stub.coff.machine = uint16_t{0x1c0};
  EXPECT_EQ(ErrorWithStub(stub), "kernel is for amd64, but the stub stub is for machine 0x1c0");
}

TEST(UkiTest, StubTooLarge) {
  UkiOptions options = TestUkiOptions();
  EXPECT_EQ(truncate(options.stub.c_str(), kMaxProgram + 1), 0);
  EXPECT_EQ(ErrorOf(options), "stub has 16777217 bytes; expected at most 16777216");
}

TEST(UkiTest, RoomBehindTheSectionTableIsUsed) {
  std::string bytes = TestStub().Bytes();
  bytes[400] = 'x';
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", bytes);
  EXPECT_EQ(ErrorOf(options),
            "stub: byte 400 behind the section table is used; expected zeros up to 512, for the "
            "entries of new sections");
}

TEST(UkiTest, HeadersWouldReachTheFirstSection) {
  TestPe stub = TestStub();
  stub.optional.section_alignment = 512u;
  stub.sections[0].address = 512u;
  EXPECT_EQ(ErrorWithStub(stub),
            "stub: there is no room for 5 more sections: with them the headers have 1024 bytes, "
            "but the first section's address is 512");
}

TEST(UkiTest, TooManySections) {
  TestPe stub = TestStub();
  stub.optional.size_of_headers = 8192u;
  stub.sections[0].address = 8192u;
  stub.sections[0].data_offset = 8192u;
  stub.optional.size_of_image = 0x3000u;
  for (int i = 1; i < 92; ++i) stub = WithSection(std::move(stub), absl::StrCat(".s", i), "x");
  EXPECT_EQ(ErrorWithStub(stub), "stub: it would have 97 sections; firmware takes at most 96");
}

TEST(UkiTest, InitrdTooLarge) {
  UkiOptions options = TestUkiOptions();
  options.initrd = LargeFile("initrd", off_t{4294967296} - 20480);
  EXPECT_EQ(ErrorOf(options),
            "section .initrd of 4294946816 bytes is too large: the program would end at "
            "4294967296; a PE file ends before 4294967296. A system with its root file system "
            "outside of the initrd stays below that");
}

TEST(UkiTest, KernelNoLongerFits) {
  UkiOptions options = TestUkiOptions();
  options.initrd = LargeFile("initrd", off_t{4294967296} - 20480 - 4096);
  EXPECT_THAT(ErrorOf(options), HasSubstr("section .linux of 1024 bytes is too large: the program "
                                          "would end at 4294967296;"));
}

TEST(UkiTest, KernelIsNone) {
  UkiOptions options = TestUkiOptions();
  options.kernel = TestFile("kernel", "hello");
  EXPECT_THAT(ErrorOf(options), HasSubstr("kernel is not a kernel: it starts with \"hello\""));
}

TEST(UkiTest, KernelWithoutEfiStub) {
  UkiOptions options = TestUkiOptions();
  std::string kernel = TestKernel();
  kernel.replace(0, 2, "\0\0", 2);
  options.kernel = TestFile("kernel", kernel);
  EXPECT_EQ(ErrorOf(options), "kernel is no EFI program; expected a kernel with CONFIG_EFI_STUB");
}

TEST(UkiTest, CmdlineOfTwoLines) {
  UkiOptions options = TestUkiOptions();
  options.cmdline = TestFile("cmdline", "quiet\npanic=1\n");
  EXPECT_EQ(ErrorOf(options),
            "cmdline: byte 5 is \"\\n\", which ends a kernel command line; expected one line of "
            "text");
}

TEST(UkiTest, SplashIsNoBmp) {
  UkiOptions options = TestUkiOptions();
  options.splash = TestFile("splash", "\x89PNG");
  EXPECT_EQ(ErrorOf(options), "splash is no BMP image: it starts with \"\\x89P\"; expected \"BM\"");
}

TEST(UkiTest, DtbIsSource) {
  UkiOptions options = TestUkiOptions();
  options.dtb = TestFile("dtb", "/dts-v1/;");
  EXPECT_EQ(ErrorOf(options),
            "dtb is no device tree blob: it starts with \"/dts\"; expected "
            "\"\\xd0\\r\\xfe\\xed\"");
}

TEST(UkiTest, DtbEndsEarly) {
  UkiOptions options = TestUkiOptions();
  options.dtb = TestFile("dtb", "\xd0\x0d");
  EXPECT_EQ(ErrorOf(options), "dtb: .dtb takes 4 bytes at 0, but the image ends after 2");
}

TEST(UkiTest, UcodeIsCompressed) {
  UkiOptions options = TestUkiOptions();
  options.ucode = TestFile("ucode", "\x1f\x8b");
  EXPECT_THAT(ErrorOf(options),
              HasSubstr("ucode is not a microcode archive: it starts with \"\\x1f\\x8b\""));
}

TEST(UkiTest, InitrdIsMissing) {
  UkiOptions options = TestUkiOptions();
  options.initrd = "no/initrd";
  EXPECT_THAT(ErrorOf(options), HasSubstr("no/initrd"));
}

// The register by hand: what `printf '.linux\0' | sha256sum` and so on give, one after the other.
TEST(MeasureTest, ExpectedPcr) {
  const auto uki = MakeUki(TestUkiOptions());
  ASSERT_THAT(uki, IsOk());
  EXPECT_THAT(ExpectedPcrJson(*uki),
              IsOkAndHolds(ReadFile("tools/efi/testdata/pcr11.json").value()));
}

TEST(MeasureTest, EverySectionButTheCodeCounts) {
  const auto value = [](const UkiOptions& options) {
    return ExpectedPcrJson(MakeUki(options).value()).value();
  };
  const std::string before = value(TestUkiOptions());
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", WithSection(TestStub(), ".data", "more code").Bytes());
  EXPECT_EQ(value(options), before);
  options.os_release = TestFile("os-release", "ID=tess\n");
  EXPECT_NE(value(options), before);
}

TEST(MeasureTest, MemoryBehindTheDataIsZeros) {
  const auto value = [](const TestPe& stub) {
    UkiOptions options = TestUkiOptions();
    options.stub = TestFile("stub", stub.Bytes());
    return ExpectedPcrJson(MakeUki(options).value()).value();
  };
  TestPe longer = WithSection(TestStub(), ".profile", "ID=x");
  longer.sections[1].memory_size = 600u;
  TestPe shorter = longer;
  shorter.sections[1].memory_size = 512u;
  EXPECT_NE(value(longer), value(shorter));
}

}  // namespace
}  // namespace linuxkit
