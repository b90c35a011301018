// One test for each thing that a PE file can say wrong about itself.
#include "tools/efi/pe_file.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/efi/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

absl::StatusOr<PeFile> ReadBytes(std::string_view bytes) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(TestFile("pe", bytes)));
  return PeFile::Read(file);
}

// The message without the path in front.
std::string ErrorOf(std::string_view bytes) {
  const std::string message(ReadBytes(bytes).status().message());
  return message.substr(message.find(": ") + 2);
}

std::string AfterChange(const std::function<void(TestPe&)>& change) {
  TestPe pe = WithSection(TestStub(), ".data", "the data");
  change(pe);
  return ErrorOf(pe.Bytes());
}

TEST(PeFileTest, WhatTheHeadersSay) {
  const auto pe = ReadBytes(WithSection(TestStub(), ".data", "the data").Bytes());
  ASSERT_THAT(pe, IsOk());
  EXPECT_EQ(MachineArchitecture(pe->coff().machine), "amd64");
  ASSERT_EQ(pe->sections().size(), 2u);
  ASSERT_NE(pe->Find(".data"), nullptr);
  EXPECT_EQ(pe->Find(".data")->address, 0x2000u);
  EXPECT_EQ(pe->Find(".dat"), nullptr);
  EXPECT_EQ(pe->section_table_end(), 64u + 4 + 20 + 112 + 128 + 80);
}

TEST(PeFileTest, Architectures) {
  EXPECT_EQ(MachineArchitecture(kMachineArm64), "arm64");
  EXPECT_EQ(MachineArchitecture(kMachineRiscv64), "riscv64");
  EXPECT_EQ(MachineArchitecture(0x1c0), "");
}

// What takes no place in the file, such as .bss, has zeros where the others have theirs.
TEST(PeFileTest, SectionWithoutData) {
  TestPe pe = WithSection(TestStub(), ".data", "the data");
  pe.sections[0].data_size = pe.sections[0].data_offset = 0u;
  EXPECT_THAT(ReadBytes(pe.Bytes()), IsOk());
}

TEST(PeFileTest, NameOfEightBytesHasNoNul) {
  const auto pe = ReadBytes(WithSection(TestStub(), ".cmdline", "x").Bytes());
  ASSERT_THAT(pe, IsOk());
  EXPECT_EQ(SectionName(pe->sections()[1]), ".cmdline");
}

TEST(PeFileTest, SectionWithoutMemorySizeHasThatOfItsData) {
  TestPe stub = TestStub();
  stub.sections[0].memory_size = 0u;
  const auto pe = ReadBytes(stub.Bytes());
  ASSERT_THAT(pe, IsOk());
  EXPECT_EQ(MemorySize(pe->sections()[0]), 512u);
}

TEST(PeFileTest, EveryTruncationIsAnError) {
  const std::string bytes = TestStub().Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ReadBytes(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

TEST(PeFileTest, NoProgram) {
  EXPECT_EQ(ErrorOf(""), "it is no EFI program: it starts with \"\"; expected \"MZ\"");
  EXPECT_EQ(ErrorOf("#!/bin/sh\n"),
            "it is no EFI program: it starts with \"#!/bin/s\"; expected \"MZ\"");
}

TEST(PeFileTest, TruncatedDosHeader) {
  EXPECT_EQ(ErrorOf("MZ"), "the DOS header takes 64 bytes at 0, but the image ends after 2");
}

TEST(PeFileTest, DosProgram) {
  std::string bytes = TestStub().Bytes();
  bytes[64] = 'N';
  EXPECT_EQ(ErrorOf(bytes),
            "it is no EFI program: at byte 64 is \"NE\\x00\\x00\"; expected \"PE\\x00\\x00\"");
}

TEST(PeFileTest, HeadersBehindTheEnd) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.dos.pe_offset = 0xffffffffu; }),
            "the PE signature takes 4 bytes at 4294967295, but the image ends after 1536");
}

TEST(PeFileTest, ThirtyTwoBit) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.magic = uint16_t{0x10b}; }),
            "the optional header has magic 0x10b; expected 0x20b, PE32+");
}

TEST(PeFileTest, WindowsProgram) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.subsystem = uint16_t{3}; }),
            "it has subsystem 3; expected 10 to 13, an EFI program");
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.subsystem = uint16_t{14}; }),
            "it has subsystem 14; expected 10 to 13, an EFI program");
}

TEST(PeFileTest, ProgramsOfUefi) {
  for (const uint16_t subsystem : std::initializer_list<uint16_t>{10, 11, 12, 13}) {
    TestPe pe = TestStub();
    pe.optional.subsystem = subsystem;
    EXPECT_THAT(ReadBytes(pe.Bytes()), IsOk()) << subsystem;
  }
}

TEST(PeFileTest, NumberOfDataDirectories) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.directory_count = 4u; }),
            "it has 4 data directories; expected 5 to 16");
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.directory_count = 17u; }),
            "it has 17 data directories; expected 5 to 16");
}

TEST(PeFileTest, OptionalHeaderWithoutItsDirectories) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.coff.optional_header_size = uint16_t{239}; }),
            "the optional header has 239 bytes; expected 240 for 16 data directories");
}

TEST(PeFileTest, FewestDataDirectories) {
  TestPe pe = TestStub();
  pe.optional.directory_count = 5u;
  EXPECT_THAT(ReadBytes(pe.Bytes()), IsOk());
}

TEST(PeFileTest, Alignment) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.file_alignment = 0u; }),
            "sections are aligned to 4096 in memory and 0 in the file; expected powers of two, the "
            "first not smaller");
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.section_alignment = 256u; }),
            "sections are aligned to 256 in memory and 512 in the file; expected powers of two, "
            "the first not smaller");
}

TEST(PeFileTest, AlignmentThatIsNoPowerOfTwo) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.section_alignment = 4097u; }),
            "sections are aligned to 4097 in memory and 512 in the file; expected powers of two, "
            "the first not smaller");
}

TEST(PeFileTest, NumberOfSections) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.coff.section_count = uint16_t{0}; }),
            "it has 0 sections; expected 1 to 96");
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.coff.section_count = uint16_t{97}; }),
            "it has 97 sections; expected 1 to 96");
}

TEST(PeFileTest, SectionTableBehindTheEnd) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.coff.section_count = uint16_t{96}; }),
            "the section table takes 40 bytes at 1528, but the image ends after 1536");
}

TEST(PeFileTest, HeadersWithoutTheSectionTable) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.size_of_headers = 407u; }),
            "SizeOfHeaders is 407; expected it between 408, where the section table ends, and "
            "1431, where the file does");
}

TEST(PeFileTest, HeadersEndWithTheSectionTable) {
  TestPe pe = TestStub();
  pe.optional.size_of_headers = 368u;
  pe.optional.file_alignment = 16u;
  pe.sections[0].data_offset = 368u;
  const auto read = ReadBytes(pe.Bytes());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->section_table_end(), 368u);
}

TEST(PeFileTest, HeadersBehindTheEndOfAProgramWithoutData) {
  TestPe pe = TestStub();
  pe.sections[0].data_size = 0u;
  EXPECT_EQ(ErrorOf(pe.Bytes().substr(0, 400)),
            "SizeOfHeaders is 512; expected it between 368, where the section table ends, and 400, "
            "where the file does");
}

TEST(PeFileTest, SectionsFillTheMemory) {
  TestPe pe = WithSection(TestStub(), ".data", "the data");
  pe.sections[0].memory_size = 4096u;
  pe.optional.size_of_image = 8200u;
  EXPECT_THAT(ReadBytes(pe.Bytes()), IsOk());
}

TEST(PeFileTest, SectionsOverlapInMemory) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.sections[1].address = 4103u; }),
            "section .data takes the addresses 4103 to 4111; expected them between 4104 and 12288, "
            "SizeOfImage");
}

TEST(PeFileTest, SectionOverTheHeaders) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.sections[0].address = 0u; }),
            "section .text takes the addresses 0 to 8; expected them between 512 and 12288, "
            "SizeOfImage");
}

TEST(PeFileTest, SizeOfImageTooSmall) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.optional.size_of_image = 8199u; }),
            "section .data takes the addresses 8192 to 8200; expected them between 4104 and 8199, "
            "SizeOfImage");
}

TEST(PeFileTest, AddressesThatOverflow) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.sections[1].memory_size = 0xffffffffu; }),
            "section .data takes the addresses 8192 to 4294975487; expected them between 4104 and "
            "12288, SizeOfImage");
}

TEST(PeFileTest, DataOverlaps) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.sections[1].data_offset = 1023u; }),
            "section .data has its data at 1023 to 1535; expected it between 1024 and 1536, where "
            "the file ends");
}

TEST(PeFileTest, DataBehindTheEnd) {
  EXPECT_EQ(AfterChange([](TestPe& pe) { pe.data.pop_back(); }),
            "section .data has its data at 1024 to 1536; expected it between 1024 and 1535, where "
            "the file ends");
}

}  // namespace
}  // namespace linuxkit
