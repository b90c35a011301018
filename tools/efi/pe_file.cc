#include "tools/efi/pe_file.h"

#include <algorithm>
#include <bit>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/image_view.h"

namespace linuxkit {

std::string_view SectionName(const SectionHeader& section) {
  const std::string_view name(section.name.data(), section.name.size());
  return name.substr(0, name.find('\0'));
}

uint64_t MemorySize(const SectionHeader& section) {
  return section.memory_size != 0 ? section.memory_size : section.data_size;
}

std::string_view MachineArchitecture(uint16_t machine) {
  switch (machine) {
    case kMachineAmd64:
      return "amd64";
    case kMachineArm64:
      return "arm64";
    case kMachineRiscv64:
      return "riscv64";
    default:
      return {};
  }
}

const SectionHeader* PeFile::Find(std::string_view name) const {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(),
                   [&](const SectionHeader& section) { return SectionName(section) == name; });
  return found == sections_.end() ? nullptr : &*found;
}

class PeReader {
 public:
  explicit PeReader(const InputFile& file) : view_(file) {}

  absl::StatusOr<PeFile> Read() {
    ABSL_RETURN_IF_ERROR(FindHeaders());
    ABSL_RETURN_IF_ERROR(ReadOptionalHeader());
    ABSL_RETURN_IF_ERROR(ReadSections());
    ABSL_RETURN_IF_ERROR(CheckMemory());
    ABSL_RETURN_IF_ERROR(CheckData());
    return std::move(pe_);
  }

 private:
  absl::Status FindHeaders();
  absl::Status ReadOptionalHeader();
  absl::Status CheckOptionalHeader() const;
  absl::Status ReadSections();
  absl::Status CheckMemory() const;
  absl::Status CheckData() const;

  ImageView view_;
  PeFile pe_;
};

absl::Status PeReader::FindHeaders() {
  ABSL_ASSIGN_OR_RETURN(const std::string start,
                        view_.Read("the start", 0, std::min<uint64_t>(view_.size(), 8)));
  if (!start.starts_with(kDosMagic)) {
    return absl::InvalidArgumentError(absl::StrCat("it is no EFI program: it starts with \"",
                                                   absl::CHexEscape(start), "\"; expected \"MZ\""));
  }
  ABSL_ASSIGN_OR_RETURN(const auto dos, view_.ReadStruct<DosHeader>("the DOS header", 0));
  const uint64_t offset = dos.pe_offset;
  ABSL_ASSIGN_OR_RETURN(const std::string magic,
                        view_.Read("the PE signature", offset, kPeMagic.size()));
  if (magic != kPeMagic) {
    return absl::InvalidArgumentError(absl::StrCat("it is no EFI program: at byte ", offset,
                                                   " is \"", absl::CHexEscape(magic),
                                                   "\"; expected \"PE\\x00\\x00\""));
  }
  pe_.coff_offset_ = offset + kPeMagic.size();
  return absl::OkStatus();
}

absl::Status PeReader::ReadOptionalHeader() {
  ABSL_ASSIGN_OR_RETURN(pe_.coff_,
                        view_.ReadStruct<CoffHeader>("the COFF header", pe_.coff_offset_));
  ABSL_ASSIGN_OR_RETURN(pe_.optional_, view_.ReadStruct<PeOptionalHeader>("the optional header",
                                                                          pe_.optional_offset()));
  ABSL_RETURN_IF_ERROR(CheckOptionalHeader());
  ABSL_ASSIGN_OR_RETURN(pe_.certificates_,
                        view_.ReadStruct<DataDirectory>("the data directory of certificates",
                                                        pe_.certificates_offset()));
  return absl::OkStatus();
}

absl::Status PeReader::CheckOptionalHeader() const {
  const PeOptionalHeader& header = pe_.optional_;
  if (header.magic != kPe32PlusMagic) {
    return absl::InvalidArgumentError(absl::StrCat("the optional header has magic 0x",
                                                   absl::Hex(uint16_t{header.magic}),
                                                   "; expected 0x20b, PE32+"));
  }
  if (header.subsystem < kFirstEfiSubsystem || header.subsystem > kLastEfiSubsystem) {
    return absl::InvalidArgumentError(absl::StrCat("it has subsystem ", uint16_t{header.subsystem},
                                                   "; expected 10 to 13, an EFI program"));
  }
  const uint64_t directories = header.directory_count;
  if (directories <= kCertificateDirectory || directories > kMaxDirectories) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", directories, " data directories; expected 5 to 16"));
  }
  const uint64_t wanted = sizeof(PeOptionalHeader) + directories * sizeof(DataDirectory);
  if (pe_.coff_.optional_header_size < wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat("the optional header has ", uint16_t{pe_.coff_.optional_header_size},
                     " bytes; expected ", wanted, " for ", directories, " data directories"));
  }
  const uint32_t memory = header.section_alignment, file = header.file_alignment;
  if (!std::has_single_bit(memory) || !std::has_single_bit(file) || memory < file) {
    return absl::InvalidArgumentError(
        absl::StrCat("sections are aligned to ", memory, " in memory and ", file,
                     " in the file; expected powers of two, the first not smaller"));
  }
  return absl::OkStatus();
}

absl::Status PeReader::ReadSections() {
  const size_t count = pe_.coff_.section_count;
  if (count == 0 || count > kMaxPeSections) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", count, " sections; expected 1 to ", kMaxPeSections));
  }
  for (size_t i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(
        const auto section,
        view_.ReadStruct<SectionHeader>("the section table",
                                        pe_.section_table_offset() + i * sizeof(SectionHeader)));
    pe_.sections_.push_back(section);
  }
  const uint64_t headers = pe_.optional_.size_of_headers;
  if (headers < pe_.section_table_end() || headers > view_.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "SizeOfHeaders is ", headers, "; expected it between ", pe_.section_table_end(),
        ", where the section table ends, and ", view_.size(), ", where the file does"));
  }
  return absl::OkStatus();
}

absl::Status PeReader::CheckMemory() const {
  uint64_t end = pe_.optional_.size_of_headers;
  for (const SectionHeader& section : pe_.sections_) {
    const uint64_t address = section.address;
    const uint64_t section_end = address + MemorySize(section);
    if (address < end || section_end > pe_.optional_.size_of_image) {
      return absl::InvalidArgumentError(
          absl::StrCat("section ", absl::CHexEscape(SectionName(section)), " takes the addresses ",
                       address, " to ", section_end, "; expected them between ", end, " and ",
                       uint32_t{pe_.optional_.size_of_image}, ", SizeOfImage"));
    }
    end = section_end;
  }
  return absl::OkStatus();
}

absl::Status PeReader::CheckData() const {
  uint64_t end = pe_.optional_.size_of_headers;
  for (const SectionHeader& section : pe_.sections_) {
    if (section.data_size == 0) continue;
    const uint64_t offset = section.data_offset;
    const uint64_t section_end = offset + section.data_size;
    if (offset < end || section_end > view_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("section ", absl::CHexEscape(SectionName(section)), " has its data at ",
                       offset, " to ", section_end, "; expected it between ", end, " and ",
                       view_.size(), ", where the file ends"));
    }
    end = section_end;
  }
  return absl::OkStatus();
}

absl::StatusOr<PeFile> PeFile::Read(const InputFile& file) {
  absl::StatusOr<PeFile> pe = PeReader(file).Read();
  if (pe.ok()) return pe;
  return absl::InvalidArgumentError(absl::StrCat(file.path(), ": ", pe.status().message()));
}

}  // namespace linuxkit
