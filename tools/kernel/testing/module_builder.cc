// ELF header | .modinfo | __ksymtab_strings | .symtab | .strtab | .shstrtab | section headers
#include "tools/kernel/testing/module_builder.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace linuxkit {
namespace {

class Builder {
 public:
  explicit Builder(const ModuleSpec& spec) : spec_(spec) {}

  std::string Build() {
    std::string modinfo;
    for (const std::string& item : spec_.modinfo) modinfo += item + '\0';
    std::string exports;
    for (const std::string& name : spec_.exports) exports += name + '\0';
    AddSymbol("", false);
    for (const std::string& name : spec_.exports) AddSymbol("__ksymtab_" + name, true);
    for (const std::string& name : spec_.imports) AddSymbol(name, false);
    file_.resize(HeaderSize());
    headers_.resize(SectionHeaderSize());
    AddSection(".modinfo", 1, modinfo, 0, 0);
    AddSection("__ksymtab_strings", 1, exports, 0, 0);
    AddSection(".symtab", 2, symbols_, 4, spec_.wide ? 24 : 16);
    AddSection(".strtab", 3, strings_, 0, 0);
    AddSection(".shstrtab", 3, section_names_ + ".shstrtab" + '\0', 0, 0);
    WriteHeader();
    return file_ + headers_;
  }

 private:
  size_t HeaderSize() const { return spec_.wide ? 64 : 52; }
  size_t SectionHeaderSize() const { return spec_.wide ? 64 : 40; }

  std::string Number(uint64_t value, size_t size) const {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
    if (spec_.big_endian) std::reverse(bytes.begin(), bytes.end());
    return bytes;
  }
  std::string Word(uint64_t value) const { return Number(value, spec_.wide ? 8 : 4); }

  void AddSymbol(const std::string& name, bool defined) {
    const std::string info(1, name.empty() ? '\0' : '\x10');  // global
    const std::string section = Number(defined ? 1 : 0, 2);
    symbols_ += Number(strings_.size(), 4);
    if (spec_.wide) {
      symbols_ += info + '\0' + section + Word(0) + Word(0);
    } else {
      symbols_ += Word(0) + Word(0) + info + '\0' + section;
    }
    strings_ += name + '\0';
  }

  void AddSection(const std::string& name, uint32_t type, const std::string& bytes, uint32_t link,
                  uint64_t entry_size) {
    headers_ += Number(section_names_.size(), 4) + Number(type, 4) + Word(0) + Word(0) +
                Word(file_.size()) + Word(bytes.size()) + Number(link, 4) + Number(0, 4) + Word(1) +
                Word(entry_size);
    section_names_ += name + '\0';
    file_ += bytes;
    file_.resize((file_.size() + 7) / 8 * 8);
  }

  void WriteHeader() {
    std::string header =
        "\x7f"
        "ELF";
    header += spec_.wide ? '\2' : '\1';
    header += spec_.big_endian ? '\2' : '\1';
    header += '\1';
    header.resize(16);
    header += Number(1, 2) + Number(spec_.machine, 2) + Number(1, 4) + Word(0) + Word(0) +
              Word(file_.size()) + Number(0, 4) + Number(HeaderSize(), 2) + Number(0, 2) +
              Number(0, 2) + Number(SectionHeaderSize(), 2) + Number(6, 2) + Number(5, 2);
    file_.replace(0, header.size(), header);
  }

  const ModuleSpec& spec_;
  std::string file_;
  std::string headers_;
  std::string symbols_;
  std::string strings_;
  std::string section_names_ = std::string(1, '\0');
};

}  // namespace

std::string BuildModule(const ModuleSpec& spec) { return Builder(spec).Build(); }

}  // namespace linuxkit
