// A reader of ELF object files, the form kernel modules have: sections by name and the symbol table.
//
//   ABSL_ASSIGN_OR_RETURN(const ElfFile elf, ElfFile::Parse(bytes));
//   std::string_view modinfo = elf.Section(".modinfo");
//
// It is total: every offset and size of the file is checked against its length before use, so that any bytes give
// either an ElfFile or an error. 32 and 64 bit, both byte orders.
#ifndef TOOLS_KERNEL_ELF_H_
#define TOOLS_KERNEL_ELF_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

// e_machine of the architectures we know by name.
inline constexpr uint16_t kElfMachine386 = 3;
inline constexpr uint16_t kElfMachineArm = 40;
inline constexpr uint16_t kElfMachineAmd64 = 62;
inline constexpr uint16_t kElfMachineArm64 = 183;
inline constexpr uint16_t kElfMachineRiscv = 243;

// "amd64" and so on, as OCI names architectures; empty for others.
std::string_view ElfArchitecture(uint16_t machine);

struct ElfSymbol {
  std::string_view name;
  // False for a symbol that the file uses and another one has to define.
  bool defined = false;
};

class ElfFile {
 public:
  // Parses headers, section names and symbols. Views point into `bytes`, which must outlive the result.
  static absl::StatusOr<ElfFile> Parse(std::string_view bytes);

  uint16_t machine() const { return machine_; }
  // The bytes of the first section of that name; empty if there is none.
  std::string_view Section(std::string_view name) const;
  // In the order of the file, without nameless ones.
  const std::vector<ElfSymbol>& symbols() const { return symbols_; }

 private:
  friend class ElfParser;
  struct NamedSection {
    std::string_view name;
    std::string_view bytes;
  };
  uint16_t machine_ = 0;
  std::vector<NamedSection> sections_;
  std::vector<ElfSymbol> symbols_;
};

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_ELF_H_
