// Adds sections to a UEFI program that exists, such as systemd's stub, without touching its code.
//
//   PeEdit edit;
//   edit.add.push_back({".linux", *Content::OfFile("vmlinuz")});
//   ABSL_ASSIGN_OR_RETURN(const PeImage uki, EditPe(stub, edit));
//   ABSL_RETURN_IF_ERROR(WriteExtents(uki.extents, *output));
//
// The program is read into memory (kMaxProgram), contents go from file to file. What lies behind
// its last section (symbols) is left out, the time stamp and the checksum become 0.
#ifndef TOOLS_EFI_PE_WRITER_H_
#define TOOLS_EFI_PE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/disk/content.h"
#include "tools/disk/extents.h"
#include "tools/efi/pe_format.h"

namespace linuxkit {

// A stub has 150 kB.
inline constexpr uint64_t kMaxProgram = 16 << 20;

struct PeContent {
  std::string name;  // at most 8 bytes
  Content content;   // not empty
};

struct PeEdit {
  // Sections that the program has, at their places; new content must fit there.
  std::vector<PeContent> replace;
  // Sections behind those, in order: data to read, not code.
  std::vector<PeContent> add;
};

struct PeImage {
  Extents extents;
  // Where each section lies in `extents`, in the order of the section table.
  std::vector<SectionHeader> sections;
};

absl::StatusOr<PeImage> EditPe(const InputFile& program, PeEdit edit);

}  // namespace linuxkit

#endif  // TOOLS_EFI_PE_WRITER_H_
