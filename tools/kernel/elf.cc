// ELF as the System V ABI describes it ("Object Files"):
//
//   ELF header | section bytes ... | section header table
//
// The header gives offset, entry size and number of the section headers and which section holds their names. A section
// header gives type, offset, size, and for a symbol table the section that holds the symbols' names.
#include "tools/kernel/elf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr std::string_view kMagic("\x7f"
                                  "ELF",
                                  4);
constexpr size_t kIdentSize = 16;
constexpr uint32_t kTypeSymbolTable = 2;
constexpr uint32_t kTypeNoBits = 8;
// Section indexes with a meaning of their own.
constexpr uint64_t kUndefined = 0;
constexpr uint64_t kExtendedIndex = 0xffff;

// Byte offsets of the fields we read, and the sizes of the structures that hold them.
struct Layout {
  bool wide;  // 64 bit
  uint64_t header_size, table_offset, table_entry_size, table_count, table_names;
  uint64_t section_size, section_offset, section_bytes, section_link;
  uint64_t symbol_size, symbol_section;
};
constexpr Layout kLayout32 = {.wide = false,
                              .header_size = 52,
                              .table_offset = 32,
                              .table_entry_size = 46,
                              .table_count = 48,
                              .table_names = 50,
                              .section_size = 40,
                              .section_offset = 16,
                              .section_bytes = 20,
                              .section_link = 24,
                              .symbol_size = 16,
                              .symbol_section = 14};
constexpr Layout kLayout64 = {.wide = true,
                              .header_size = 64,
                              .table_offset = 40,
                              .table_entry_size = 58,
                              .table_count = 60,
                              .table_names = 62,
                              .section_size = 64,
                              .section_offset = 24,
                              .section_bytes = 32,
                              .section_link = 40,
                              .symbol_size = 24,
                              .symbol_section = 6};
// The same in both: e_machine in the header, sh_name and sh_type in a section header, st_name in a symbol.
constexpr uint64_t kMachineOffset = 18;
constexpr uint64_t kSectionNameOffset = 0;
constexpr uint64_t kSectionTypeOffset = 4;
constexpr uint64_t kSymbolNameOffset = 0;

absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("broken ELF file: ", what));
}

}  // namespace

class ElfParser {
 public:
  explicit ElfParser(std::string_view bytes) : bytes_(bytes) {}
  absl::StatusOr<ElfFile> Run();

 private:
  struct Header {
    uint32_t name, type;
    uint64_t offset, size;
    uint32_t link;
  };
  absl::Status ReadIdent();
  absl::Status ReadSectionHeaders();
  Header ReadSectionHeader(uint64_t at) const;
  absl::StatusOr<std::string_view> SectionBytes(uint64_t index) const;
  absl::Status ReadSections();
  absl::Status ReadSymbols(uint64_t index);

  // The caller has checked that the bytes are there.
  template <typename T>
  T Load(std::string_view bytes, uint64_t offset) const;
  uint64_t LoadWord(std::string_view bytes, uint64_t offset) const;
  bool Fits(uint64_t offset, uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

  std::string_view bytes_;
  bool swap_ = false;
  Layout layout_ = kLayout64;
  std::vector<Header> headers_;
  uint64_t names_index_ = 0;
  ElfFile file_;
};

template <typename T>
T ElfParser::Load(std::string_view bytes, uint64_t offset) const {
  std::array<char, sizeof(T)> field;
  std::memcpy(field.data(), bytes.data() + offset, sizeof(T));
  if (swap_) std::reverse(field.begin(), field.end());
  return std::bit_cast<T>(field);
}

uint64_t ElfParser::LoadWord(std::string_view bytes, uint64_t offset) const {
  return layout_.wide ? Load<uint64_t>(bytes, offset) : Load<uint32_t>(bytes, offset);
}

namespace {

// The string at `offset` of a string table; none if it does not end inside.
std::optional<std::string_view> StringAt(std::string_view table, uint64_t offset) {
  if (offset >= table.size()) return std::nullopt;
  const size_t end = table.find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return table.substr(offset, end - offset);
}

}  // namespace

absl::Status ElfParser::ReadIdent() {
  if (!bytes_.starts_with(kMagic)) {
    return absl::InvalidArgumentError(
        absl::StrCat("not an ELF file: it starts with \"", absl::CHexEscape(bytes_.substr(0, 4)),
                     "\", expected \"\\x7f", "ELF\""));
  }
  if (bytes_.size() < kIdentSize) return Malformed("it ends inside the header");
  const char elf_class = bytes_[4];
  if (elf_class != 1 && elf_class != 2) {
    return Malformed(absl::StrCat("class ", int{elf_class}, ", expected 1 or 2"));
  }
  const char byte_order = bytes_[5];
  if (byte_order != 1 && byte_order != 2) {
    return Malformed(absl::StrCat("byte order ", int{byte_order}, ", expected 1 or 2"));
  }
  layout_ = elf_class == 2 ? kLayout64 : kLayout32;
  swap_ = (byte_order == 1) != (std::endian::native == std::endian::little);
  if (bytes_.size() < layout_.header_size) return Malformed("it ends inside the header");
  return absl::OkStatus();
}

ElfParser::Header ElfParser::ReadSectionHeader(uint64_t at) const {
  const std::string_view header = bytes_.substr(at, layout_.section_size);
  return {.name = Load<uint32_t>(header, kSectionNameOffset),
          .type = Load<uint32_t>(header, kSectionTypeOffset),
          .offset = LoadWord(header, layout_.section_offset),
          .size = LoadWord(header, layout_.section_bytes),
          .link = Load<uint32_t>(header, layout_.section_link)};
}

absl::Status ElfParser::ReadSectionHeaders() {
  const uint64_t table = LoadWord(bytes_, layout_.table_offset);
  const uint64_t entry_size = Load<uint16_t>(bytes_, layout_.table_entry_size);
  uint64_t count = Load<uint16_t>(bytes_, layout_.table_count);
  names_index_ = Load<uint16_t>(bytes_, layout_.table_names);
  if (table == 0) return Malformed("it has no section headers");
  if (entry_size != layout_.section_size) {
    return Malformed(absl::StrCat("section headers of ", entry_size, " bytes, expected ",
                                  layout_.section_size));
  }
  if (!Fits(table, entry_size)) return Malformed("it ends before the section headers");
  // Numbers that 16 bits cannot hold stand in the first section header.
  const Header first = ReadSectionHeader(table);
  if (count == 0) count = first.size;
  if (names_index_ == kExtendedIndex) names_index_ = first.link;
  if (count > bytes_.size() / entry_size || !Fits(table, count * entry_size)) {
    return Malformed("it ends inside the section headers");
  }
  headers_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) headers_.push_back(ReadSectionHeader(table + i * entry_size));
  return absl::OkStatus();
}

absl::StatusOr<std::string_view> ElfParser::SectionBytes(uint64_t index) const {
  if (index >= headers_.size()) {
    return Malformed(absl::StrCat("section ", index, " of ", headers_.size()));
  }
  const Header& header = headers_[index];
  if (header.type == kTypeNoBits) return std::string_view();
  if (!Fits(header.offset, header.size)) {
    return Malformed(absl::StrCat("section ", index, " reaches beyond the end of the file"));
  }
  return bytes_.substr(header.offset, header.size);
}

absl::Status ElfParser::ReadSections() {
  ABSL_ASSIGN_OR_RETURN(const std::string_view names, SectionBytes(names_index_));
  for (uint64_t i = 1; i < headers_.size(); ++i) {
    const std::optional<std::string_view> name = StringAt(names, headers_[i].name);
    if (!name) return Malformed(absl::StrCat("section ", i, " has no name"));
    ABSL_ASSIGN_OR_RETURN(const std::string_view bytes, SectionBytes(i));
    file_.sections_.push_back({.name = *name, .bytes = bytes});
    if (headers_[i].type != kTypeSymbolTable) continue;
    // The ABI allows one. Many over the same bytes would take memory without bound.
    if (!file_.symbols_.empty()) return Malformed("it has more than one symbol table");
    ABSL_RETURN_IF_ERROR(ReadSymbols(i));
  }
  return absl::OkStatus();
}

absl::Status ElfParser::ReadSymbols(uint64_t index) {
  ABSL_ASSIGN_OR_RETURN(const std::string_view table, SectionBytes(index));
  ABSL_ASSIGN_OR_RETURN(const std::string_view names, SectionBytes(headers_[index].link));
  for (uint64_t at = 0; table.size() - at >= layout_.symbol_size; at += layout_.symbol_size) {
    const std::string_view symbol = table.substr(at, layout_.symbol_size);
    const std::optional<std::string_view> name =
        StringAt(names, Load<uint32_t>(symbol, kSymbolNameOffset));
    if (!name) {
      return Malformed(absl::StrCat("symbol ", at / layout_.symbol_size, " has no name"));
    }
    if (name->empty()) continue;
    const uint16_t section = Load<uint16_t>(symbol, layout_.symbol_section);
    file_.symbols_.push_back({.name = *name, .defined = section != kUndefined});
  }
  return absl::OkStatus();
}

absl::StatusOr<ElfFile> ElfParser::Run() {
  ABSL_RETURN_IF_ERROR(ReadIdent());
  file_.machine_ = Load<uint16_t>(bytes_, kMachineOffset);
  ABSL_RETURN_IF_ERROR(ReadSectionHeaders());
  ABSL_RETURN_IF_ERROR(ReadSections());
  return std::move(file_);
}

absl::StatusOr<ElfFile> ElfFile::Parse(std::string_view bytes) { return ElfParser(bytes).Run(); }

std::string_view ElfFile::Section(std::string_view name) const {
  for (const NamedSection& section : sections_) {
    if (section.name == name) return section.bytes;
  }
  return {};
}

std::string_view ElfArchitecture(uint16_t machine) {
  switch (machine) {
    case kElfMachine386:
      return "386";
    case kElfMachineArm:
      return "arm";
    case kElfMachineAmd64:
      return "amd64";
    case kElfMachineArm64:
      return "arm64";
    case kElfMachineRiscv:
      return "riscv64";
    default:
      return {};
  }
}

}  // namespace linuxkit
