// Any bytes are an EFI program or an error, to look at, to add sections to and to sign.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/efi/authenticode.h"
#include "tools/efi/measure.h"
#include "tools/efi/pe_file.h"
#include "tools/efi/pe_writer.h"
#include "tools/efi/testing.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"

namespace linuxkit {
namespace {

// A section may claim gigabytes of zeros, which take long to measure and find nothing.
bool IsSmall(const PeImage& image) {
  constexpr uint64_t kMaxMeasured = 1 << 20;
  return std::all_of(
      image.sections.begin(), image.sections.end(),
      [](const SectionHeader& section) { return MemorySize(section) < kMaxMeasured; });
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  return {TestStub().Bytes(), WithSection(TestStub(), ".sbat", "sbat,1").Bytes()};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace linuxkit;
  const MemoryFile memory(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = InputFile::Open(memory.path());
  if (!file.ok()) return 0;
  const auto program = UnsignedProgram::Open(*file);
  if (program.ok()) program->Hash().status().IgnoreError();
  PeEdit edit;
  edit.replace.push_back({".sbat", Content::OfBytes("sbat,2")});
  edit.add.push_back({".linux", Content::OfBytes("kernel")});
  const auto image = EditPe(*file, edit);
  if (image.ok() && IsSmall(*image)) ExpectedPcrJson(*image).status().IgnoreError();
  return 0;
}
