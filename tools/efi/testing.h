// For tests: a minimal stub and a minimal kernel, both EFI programs that no firmware would run.
#ifndef TOOLS_EFI_TESTING_H_
#define TOOLS_EFI_TESTING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/efi/pe_format.h"
#include "tools/efi/uki.h"

namespace linuxkit {

// The parts of a PE file to be changed before it is put together.
struct TestPe {
  DosHeader dos;
  CoffHeader coff;
  PeOptionalHeader optional;
  std::array<DataDirectory, kMaxDirectories> directories{};
  std::vector<SectionHeader> sections;
  // All sections' data, from size_of_headers on.
  std::string data;

  std::string Bytes() const;
};

// x86-64, sections aligned to 4096 in memory and 512 in the file: .text, one block of data. Its
// headers have room for three sections more.
TestPe TestStub();
// The same with a section behind the others that holds `text` in one block.
TestPe WithSection(TestPe stub, std::string_view name, std::string_view text);

// A bzImage of version 6.12.5, 1024 bytes, with a PE header.
std::string TestKernel();

// TestStub() and TestKernel() in files, with initrd, command line and os-release.
UkiOptions TestUkiOptions();

}  // namespace linuxkit

#endif  // TOOLS_EFI_TESTING_H_
