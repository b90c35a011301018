// A reader of UEFI programs: headers and section table of a PE32+ file.
//
//   ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open("linuxx64.efi.stub"));
//   ABSL_ASSIGN_OR_RETURN(const PeFile stub, PeFile::Read(file));
//   for (const SectionHeader& section : stub.sections()) ...
//
// It is total: any bytes give a PeFile or an error. What it returns holds together: the section
// table is inside the headers, data and memory of sections lie inside the file and the image, in
// order and without overlap. No section's data is read.
#ifndef TOOLS_EFI_PE_FILE_H_
#define TOOLS_EFI_PE_FILE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/efi/pe_format.h"

namespace linuxkit {

// The name without the NULs behind it.
std::string_view SectionName(const SectionHeader& section);
// Bytes in memory: memory_size, or data_size where linkers leave that at 0.
uint64_t MemorySize(const SectionHeader& section);
// "amd64" and so on, as OCI names architectures; empty for others.
std::string_view MachineArchitecture(uint16_t machine);

class PeFile {
 public:
  // Errors begin with the file's path.
  static absl::StatusOr<PeFile> Read(const InputFile& file);

  const CoffHeader& coff() const { return coff_; }
  const PeOptionalHeader& optional() const { return optional_; }
  const std::vector<SectionHeader>& sections() const { return sections_; }
  // The first section of that name, or nullptr.
  const SectionHeader* Find(std::string_view name) const;
  // Where signatures are in the file; zeros if there are none.
  const DataDirectory& certificates() const { return certificates_; }

  // Offsets in the file.
  uint64_t coff_offset() const { return coff_offset_; }
  uint64_t optional_offset() const { return coff_offset_ + sizeof(CoffHeader); }
  uint64_t checksum_offset() const {
    return optional_offset() + offsetof(PeOptionalHeader, checksum);
  }
  uint64_t certificates_offset() const {
    return optional_offset() + sizeof(PeOptionalHeader) +
           kCertificateDirectory * sizeof(DataDirectory);
  }
  uint64_t section_table_offset() const { return optional_offset() + coff_.optional_header_size; }
  uint64_t section_table_end() const {
    return section_table_offset() + sections_.size() * sizeof(SectionHeader);
  }

 private:
  friend class PeReader;

  uint64_t coff_offset_ = 0;
  CoffHeader coff_;
  PeOptionalHeader optional_;
  DataDirectory certificates_;
  std::vector<SectionHeader> sections_;
};

}  // namespace linuxkit

#endif  // TOOLS_EFI_PE_FILE_H_
