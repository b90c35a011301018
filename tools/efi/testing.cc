#include "tools/efi/testing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

constexpr uint32_t kBlock = 512;
constexpr uint32_t kPage = 4096;
constexpr uint32_t kCode = 0x60000020;

}  // namespace

std::string TestPe::Bytes() const {
  std::string bytes =
      absl::StrCat(BytesOf(dos), kPeMagic, BytesOf(coff), BytesOf(optional), BytesOf(directories));
  for (const SectionHeader& section : sections) bytes.append(BytesOf(section));
  bytes.resize(optional.size_of_headers);
  return bytes + data;
}

TestPe TestStub() {
  TestPe stub;
  stub.dos = {.magic = {'M', 'Z'}, .pe_offset = uint32_t{sizeof(DosHeader)}};
  stub.coff = {.machine = kMachineAmd64,
               .section_count = uint16_t{1},
               .time = 0x12345678u,
               .optional_header_size = uint16_t{112 + 16 * 8},
               .characteristics = uint16_t{0x22e}};
  stub.optional = {.magic = kPe32PlusMagic,
                   .size_of_code = kBlock,
                   .entry_point = kPage,
                   .base_of_code = kPage,
                   .section_alignment = kPage,
                   .file_alignment = kBlock,
                   .size_of_image = 2 * kPage,
                   .size_of_headers = kBlock,
                   .checksum = 0x9abcdef0u,
                   .subsystem = kEfiApplication,
                   .directory_count = uint32_t{kMaxDirectories}};
  stub.sections = {{.name = TextField<8>(".text", '\0'),
                    .memory_size = 8u,
                    .address = kPage,
                    .data_size = kBlock,
                    .data_offset = kBlock,
                    .characteristics = kCode}};
  stub.data = "the code";
  stub.data.resize(kBlock);
  return stub;
}

TestPe WithSection(TestPe stub, std::string_view name, std::string_view text) {
  const SectionHeader& last = stub.sections.back();
  const uint32_t address = static_cast<uint32_t>(RoundUp(last.address + last.memory_size, kPage));
  stub.sections.push_back({.name = TextField<8>(name, '\0'),
                           .memory_size = static_cast<uint32_t>(text.size()),
                           .address = address,
                           .data_size = kBlock,
                           .data_offset = last.data_offset + kBlock,
                           .characteristics = kSectionInitializedData | kSectionReadable});
  stub.coff.section_count = static_cast<uint16_t>(stub.sections.size());
  stub.optional.size_of_image = address + kPage;
  stub.data.append(text);
  stub.data.resize(stub.sections.size() * kBlock);
  return stub;
}

std::string TestKernel() {
  std::string bytes(2 * kBlock, '\0');
  const auto put = [&](size_t offset, std::string_view value) {
    bytes.replace(offset, value.size(), value);
  };
  put(0, "MZ");
  put(0x3c, "\x40");
  put(0x40, absl::StrCat(kPeMagic, BytesOf(Little<uint16_t>(kMachineAmd64))));
  put(0x1f1, "\x01");
  put(0x1fe, "\x55\xaa");
  put(0x202, "HdrS");
  put(0x206, "\x0f\x02");
  put(0x20f, "\x01");
  put(0x236, "\x01");
  put(0x300, "6.12.5 (builder@host) #1");
  return bytes;
}

UkiOptions TestUkiOptions() {
  return {.stub = TestFile("stub", TestStub().Bytes()),
          .kernel = TestFile("kernel", TestKernel()),
          .initrd = TestFile("initrd", "the initrd"),
          .cmdline = TestFile("cmdline", "console=ttyS0\n"),
          .os_release = TestFile("os-release", "ID=test\n")};
}

}  // namespace linuxkit
