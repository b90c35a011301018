#include "tools/efi/uki.h"

#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
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

// .bss in the middle stays a section without data; firmware has zeros for it.
TEST(UkiTest, SectionOfTheStubWithoutData) {
  for (const size_t empty : {0, 1, 2}) {
    TestPe stub = WithSection(WithSection(TestStub(), ".one", "1"), ".two", "2");
    uint32_t offset = 512;
    for (size_t i = 0; i < 3; ++i) {
      SectionHeader& section = stub.sections[i];
      section.data_size = i == empty ? 0u : 512u;
      section.data_offset = i == empty ? 0u : offset;
      if (i != empty) offset += 512;
    }
    stub.data.resize(1024);
    UkiOptions options = TestUkiOptions();
    options.stub = TestFile("stub", stub.Bytes());
    const auto made = Make(options);
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(made->pe.sections()[empty].data_offset, 0u);
    EXPECT_EQ(made->pe.sections()[empty].data_size, 0u);
    EXPECT_EQ(made->pe.optional().size_of_headers, 1024u);
    EXPECT_EQ(made->pe.sections()[empty == 0 ? 1 : 0].data_offset, 1024u);
    EXPECT_EQ(made->pe.Find(".osrel")->data_offset, 2048u);
    EXPECT_EQ(made->pe.Find(".osrel")->address, 0x4000u);
  }
}

// Symbols of a linker would lie behind the sections, where nothing is copied from.
TEST(UkiTest, SymbolTableIsLeftOut) {
  TestPe stub = TestStub();
  stub.coff.symbol_table = 1024u;
  stub.coff.symbol_count = 1u;
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes() + std::string(22, 's'));
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.coff().symbol_table, 0u);
  EXPECT_EQ(made->pe.coff().symbol_count, 0u);
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

// What the stub has is what its memory has: neither what follows in the file, nor the next section.
TEST(UkiTest, SbatEndsWithTheMemoryOrTheData) {
  UkiOptions options = TestUkiOptions();
  options.sbat = TestFile("sbat", "sbat,1,Version\ntest,2\n");
  TestPe stub = WithSection(TestStub(), ".sbat", "sbat,1,Version\nstub,1\nstray");
  stub.sections[1].memory_size = 22u;
  options.stub = TestFile("stub", stub.Bytes());
  auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,Version\nstub,1\ntest,2\n");

  stub = WithSection(WithSection(TestStub(), ".sbat", "sbat,1,Version\nstub,1\n"), ".next", "next");
  stub.sections[1].memory_size = 1024u;
  options.stub = TestFile("stub", stub.Bytes());
  made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,Version\nstub,1\ntest,2\n");
}

TEST(UkiTest, SbatOfOneLineAddsNothing) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", WithSection(TestStub(), ".sbat", "sbat,1,V\nstub,1\n").Bytes());
  for (const std::string_view line : {"sbat,1,V", "sbat,1,V\n"}) {
    options.sbat = TestFile("sbat", line);
    const auto made = Make(options);
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,V\nstub,1\n");
  }
}

TEST(UkiTest, SbatFillsItsRoom) {
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", WithSection(TestStub(), ".sbat", "sbat,1,V\n").Bytes());
  options.sbat = TestFile("sbat", "sbat,1,V\n" + std::string(503, 'x'));
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->DataOf(".sbat"), "sbat,1,V\n" + std::string(503, 'x'));
}

TEST(UkiTest, SbatOfTheStubTooLarge) {
  TestPe stub = WithSection(TestStub(), ".sbat", "sbat,1,V\n");
  stub.sections[1].memory_size = stub.sections[1].data_size = uint32_t{kMaxProgram + 512};
  stub.optional.size_of_image = uint32_t{kMaxProgram + 0x3000};
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes());
  ASSERT_EQ(truncate(options.stub.c_str(), 1024 + kMaxProgram + 512), 0);
  options.sbat = TestFile("sbat", "sbat,1,V\n");
  EXPECT_EQ(ErrorOf(options), "stub: .sbat has 16777728 bytes; expected at most 16777216");
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

TEST(UkiTest, LastByteOfTheRoomIsUsed) {
  std::string bytes = TestStub().Bytes();
  bytes[511] = 'x';
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", bytes);
  EXPECT_EQ(ErrorOf(options),
            "stub: byte 511 behind the section table is used; expected zeros up to 512, for the "
            "entries of new sections");
}

TEST(UkiTest, HeadersReachUpToTheFirstSection) {
  TestPe stub = TestStub();
  stub.optional.section_alignment = 512u;
  stub.sections[0].address = 1024u;
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes());
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.optional().size_of_headers, 1024u);
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
  UkiOptions options = TestUkiOptions();
  options.stub = TestFile("stub", stub.Bytes());
  options.cmdline.reset();
  const auto made = Make(options);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->pe.sections().size(), 96u);
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

TEST(UkiTest, KernelIsPacked) {
  std::string image(4096, '\0');
  image.replace(0x38, 4, "ARM\x64");
  image.replace(2000, 28, "Linux version 6.12.5 (b@h) #1");
  UkiOptions options = TestUkiOptions();
  options.kernel = TestFile("Image", image);
  ASSERT_EQ(OutputOf("gzip -n " + options.kernel), "");
  options.kernel += ".gz";
  EXPECT_EQ(ErrorOf(options),
            "Image.gz is packed by gzip, which firmware does not unpack; expected it unpacked "
            "(decompress of linuxkit_kernel)");
}

TEST(UkiTest, CmdlineOfTwoLines) {
  UkiOptions options = TestUkiOptions();
  options.cmdline = TestFile("cmdline", "quiet\npanic=1\n");
  EXPECT_EQ(ErrorOf(options),
            "cmdline: byte 5 is \"\\n\", which ends a kernel command line; expected one line of "
            "text");
}

TEST(UkiTest, CmdlineWithANul) {
  UkiOptions options = TestUkiOptions();
  options.cmdline = TestFile("cmdline", std::string_view("quiet\0panic=1", 13));
  EXPECT_EQ(ErrorOf(options),
            "cmdline: byte 5 is \"\\x00\", which ends a kernel command line; expected one line of "
            "text");
}

// systemd's stub appends words to the command line even of a signed image.
TEST(UkiTest, SealedCmdline) {
  UkiOptions options = TestUkiOptions();
  options.sealed = true;
  const auto sealed = [&](std::string_view cmdline) {
    options.cmdline = TestFile("cmdline", cmdline);
    return Make(options)->DataOf(".cmdline");
  };
  EXPECT_EQ(sealed("console=ttyS0\n"), "console=ttyS0 linuxkit.test=off --");
  EXPECT_EQ(sealed("quiet -- argument"), "quiet linuxkit.test=off -- argument");
  EXPECT_EQ(sealed("linuxkit.test=smbios quiet"), "linuxkit.test=smbios quiet --");
}

TEST(UkiTest, SealedCmdlineWithAnOpenQuote) {
  UkiOptions options = TestUkiOptions();
  options.sealed = true;
  options.cmdline = TestFile("cmdline", "quiet x=\"a");
  EXPECT_EQ(ErrorOf(options),
            "cmdline: found a double quote without its end in \"quiet x=\"a linuxkit.test=off\"; "
            "what is appended to the command line would be part of that word; expected a second "
            "one");
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

// The register as systemd documents it, computed by Python: all sections in the order of
// systemd's list, of which .dtbauto may be there several times, with the memory that each has.
TEST(MeasureTest, EverySectionInTheOrderOfSystemd) {
  std::string initrd;
  while (initrd.size() < 300000) absl::StrAppend(&initrd, initrd.size(), " ");
  UkiOptions options = TestUkiOptions();
  options.initrd = TestFile("initrd", initrd);
  TestPe stub = TestStub();
  for (const std::string_view name : {".hwids", ".dtbauto", ".profile", ".pcrpkey", ".sbat", ".dtb",
                                      ".splash", ".ucode", ".dtbauto"}) {
    stub = WithSection(std::move(stub), name, absl::StrCat("text of ", name));
  }
  stub.optional.size_of_headers = 4096u;
  for (SectionHeader& section : stub.sections) section.data_offset = section.data_offset + 3584;
  const std::string profile = "text of .profile" + std::string(584, '\0');
  stub.sections[3].memory_size = 600u;
  options.stub = TestFile("stub", stub.Bytes());
  const auto uki = MakeUki(options);
  ASSERT_THAT(uki, IsOk());
  const auto json = ExpectedPcrJson(*uki);
  ASSERT_THAT(json, IsOk());

  constexpr char kScript[] = R"(
import hashlib, sys
for bank in "sha1", "sha256", "sha384", "sha512":
    digest = lambda data: hashlib.new(bank, data).digest()
    pcr = bytes(len(digest(b"")))
    for word in sys.argv[1:]:
        name, path = word.split("=")
        for event in name.encode() + bytes(1), open(path, "rb").read():
            pcr = digest(pcr + digest(event))
    print(pcr.hex())
)";
  std::string command = absl::StrCat(
      "python3 -c '", kScript, "' .linux=", options.kernel, " .osrel=", *options.os_release,
      " .cmdline=", TestFile("words", "console=ttyS0"), " .initrd=", *options.initrd);
  for (const std::string_view name : {".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrpkey",
                                      ".profile", ".dtbauto", ".dtbauto", ".hwids"}) {
    absl::StrAppend(&command, " ", name, "=",
                    TestFile(name, name == ".uname"     ? "6.12.5"
                                   : name == ".profile" ? profile
                                                        : absl::StrCat("text of ", name)));
  }
  const std::vector<std::string> hashes =
      absl::StrSplit(OutputOf(command), '\n', absl::SkipEmpty());
  ASSERT_EQ(hashes.size(), 4u);
  for (const std::string& hash : hashes) EXPECT_THAT(*json, HasSubstr("\"" + hash + "\""));
}

}  // namespace
}  // namespace linuxkit
