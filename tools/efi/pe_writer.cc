// The result:
//
//   0                  the program's headers up to its section table, with new counts and sizes
//   section_table      its entries, then the new ones
//   first data         the program's sections. Linkers leave room behind the table; if it is not
//                      enough, all data moves by a multiple of FileAlignment. SizeOfHeaders is
//                      where the data begins: firmware refuses other values
//   behind them        new sections' data, each aligned to FileAlignment
//
// In memory new sections follow the program's, each on a page of its own: stubs ask for less, but
// firmware that protects memory sets attributes by page.
#include "tools/efi/pe_writer.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/efi/pe_file.h"

namespace linuxkit {
namespace {

constexpr uint64_t kPage = 4096;

class PeEditor {
 public:
  PeEditor(const std::string& path, std::string bytes, PeFile pe)
      : path_(path), bytes_(std::move(bytes)), pe_(std::move(pe)) {
    image_.sections = pe_.sections();
  }
  absl::StatusOr<PeImage> Edit(PeEdit edit);

 private:
  uint64_t FirstData() const;
  absl::Status MakeRoom(size_t new_sections);
  absl::Status CheckUnused(uint64_t offset, uint64_t end) const;
  absl::Status CopySection(SectionHeader& section, std::vector<PeContent>& replace);
  absl::StatusOr<Content> ReplacedContent(SectionHeader& section, PeContent replacement) const;
  absl::Status AddSection(PeContent content);
  absl::Status AddHeaders();
  uint64_t FileEnd() const;
  uint64_t MemoryEnd() const;

  const std::string path_;
  const std::string bytes_;
  const PeFile pe_;
  // By how much data moves, and where it begins then.
  uint64_t shift_ = 0;
  uint64_t size_of_headers_ = 0;
  PeImage image_;
};

uint64_t PeEditor::FirstData() const {
  for (const SectionHeader& section : pe_.sections()) {
    if (section.data_size != 0) return section.data_offset;
  }
  return pe_.optional().size_of_headers;
}

// Bytes that are not zero in the headers may mean something to someone.
absl::Status PeEditor::CheckUnused(uint64_t offset, uint64_t end) const {
  const size_t used = bytes_.find_first_not_of('\0', offset);
  if (used == std::string::npos || used >= end) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path_, ": byte ", used, " behind the section table is used; expected zeros up to ", end,
      ", for the entries of new sections"));
}

absl::Status PeEditor::MakeRoom(size_t new_sections) {
  const size_t count = pe_.sections().size() + new_sections;
  if (count > kMaxPeSections) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": it would have ", count, " sections; firmware takes at most ", kMaxPeSections));
  }
  const uint64_t table_end = pe_.section_table_offset() + count * sizeof(SectionHeader);
  const uint64_t data = FirstData();
  ABSL_RETURN_IF_ERROR(CheckUnused(pe_.section_table_end(), std::min(table_end, data)));
  if (table_end > data) shift_ = RoundUp(table_end - data, pe_.optional().file_alignment);
  size_of_headers_ = data + shift_;
  const uint64_t memory = pe_.sections().front().address;
  if (size_of_headers_ <= memory) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path_, ": there is no room for ", new_sections, " more sections: with them the headers have ",
      size_of_headers_, " bytes, but the first section's address is ", memory));
}

absl::StatusOr<Content> PeEditor::ReplacedContent(SectionHeader& section,
                                                  PeContent replacement) const {
  if (replacement.content.size() > section.data_size) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": the new content of section ", replacement.name, " has ",
                     replacement.content.size(), " bytes; expected at most ",
                     uint32_t{section.data_size}, ", its room"));
  }
  section.memory_size = static_cast<uint32_t>(replacement.content.size());
  return std::move(replacement.content);
}

absl::Status PeEditor::CopySection(SectionHeader& section, std::vector<PeContent>& replace) {
  if (section.data_size == 0) return absl::OkStatus();
  Content content = Content::OfBytes(bytes_.substr(section.data_offset, section.data_size));
  for (PeContent& replacement : replace) {
    if (SectionName(section) != replacement.name) continue;
    ABSL_ASSIGN_OR_RETURN(content, ReplacedContent(section, std::move(replacement)));
  }
  section.data_offset = static_cast<uint32_t>(section.data_offset + shift_);
  return image_.extents.Add(section.data_offset, std::move(content));
}

uint64_t PeEditor::FileEnd() const {
  uint64_t end = size_of_headers_;
  for (const SectionHeader& section : image_.sections) {
    if (section.data_size != 0) end = uint64_t{section.data_offset} + section.data_size;
  }
  return end;
}

uint64_t PeEditor::MemoryEnd() const {
  const SectionHeader& last = image_.sections.back();
  return last.address + MemorySize(last);
}

absl::Status PeEditor::AddSection(PeContent content) {
  const uint64_t alignment = std::max<uint64_t>(pe_.optional().section_alignment, kPage);
  const uint64_t size = content.content.size();
  const uint64_t address = RoundUp(MemoryEnd(), alignment);
  const uint64_t offset = RoundUp(FileEnd(), pe_.optional().file_alignment);
  const uint64_t data_size = RoundUp(size, pe_.optional().file_alignment);
  const uint64_t end = std::max(RoundUp(address + size, alignment), offset + data_size);
  if (end > kMaxPeSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "section ", content.name, " of ", size, " bytes is too large: the program would end at ",
        end,
        "; a PE file ends before 4294967296. A system with its root file system outside of "
        "the initrd stays below that"));
  }
  image_.sections.push_back({
      .name = TextField<8>(content.name, '\0'),
      .memory_size = static_cast<uint32_t>(size),
      .address = static_cast<uint32_t>(address),
      .data_size = static_cast<uint32_t>(data_size),
      .data_offset = static_cast<uint32_t>(offset),
      .characteristics = kSectionInitializedData | kSectionReadable,
  });
  return image_.extents.Add(offset, std::move(content.content));
}

uint32_t InitializedData(const std::vector<SectionHeader>& sections) {
  uint64_t size = 0;
  for (const SectionHeader& section : sections) {
    if (section.characteristics & kSectionInitializedData) size += section.data_size;
  }
  return static_cast<uint32_t>(size);  // no more than the file has
}

absl::Status PeEditor::AddHeaders() {
  CoffHeader coff = pe_.coff();
  coff.section_count = static_cast<uint16_t>(image_.sections.size());
  coff.time = 0u;
  coff.symbol_table = 0u;
  coff.symbol_count = 0u;
  PeOptionalHeader optional = pe_.optional();
  optional.size_of_initialized_data = InitializedData(image_.sections);
  optional.size_of_image =
      static_cast<uint32_t>(RoundUp(MemoryEnd(), pe_.optional().section_alignment));
  optional.size_of_headers = static_cast<uint32_t>(size_of_headers_);
  optional.checksum = 0u;
  std::string headers = bytes_.substr(0, pe_.section_table_offset());
  headers.replace(pe_.coff_offset(), sizeof(coff), BytesOf(coff));
  headers.replace(pe_.optional_offset(), sizeof(optional), BytesOf(optional));
  for (const SectionHeader& section : image_.sections) headers.append(BytesOf(section));
  return image_.extents.Add(0, Content::OfBytes(std::move(headers)));
}

absl::StatusOr<PeImage> PeEditor::Edit(PeEdit edit) {
  ABSL_RETURN_IF_ERROR(MakeRoom(edit.add.size()));
  for (SectionHeader& section : image_.sections) {
    ABSL_RETURN_IF_ERROR(CopySection(section, edit.replace));
  }
  for (PeContent& content : edit.add) {
    ABSL_RETURN_IF_ERROR(AddSection(std::move(content)));
  }
  ABSL_RETURN_IF_ERROR(AddHeaders());
  image_.extents.set_size(FileEnd());
  return std::move(image_);
}

}  // namespace

absl::StatusOr<PeImage> EditPe(const InputFile& program, PeEdit edit) {
  ABSL_ASSIGN_OR_RETURN(PeFile pe, PeFile::Read(program));
  if (pe.certificates().size != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path(), " is signed, which new sections would break; expected it without"));
  }
  ABSL_ASSIGN_OR_RETURN(std::string bytes, ReadFile(program.path(), kMaxProgram));
  return PeEditor(program.path(), std::move(bytes), std::move(pe)).Edit(std::move(edit));
}

}  // namespace linuxkit
