#include "tools/kernel/module_info.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/kernel/elf.h"

namespace linuxkit {
namespace {

constexpr std::array<std::string_view, 3> kCompressionSuffixes = {".gz", ".xz", ".zst"};
// Each exported symbol NAME has a local symbol of this prefix (include/linux/export.h). The strings of __ksymtab_strings
// are no substitute, since name spaces stand there too.
constexpr std::string_view kExportPrefix = "__ksymtab_";

std::vector<std::string> SplitNames(std::string_view list) {
  std::vector<std::string> names;
  for (std::string_view name : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    names.push_back(ModuleName(name));
  }
  return names;
}

// .modinfo is a sequence of NUL-terminated "key=value" strings; a key may be repeated.
void ReadModinfo(std::string_view modinfo, ModuleInfo& info) {
  for (std::string_view item : absl::StrSplit(modinfo, '\0', absl::SkipEmpty())) {
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = item.substr(0, equals);
    const std::string_view value = item.substr(equals + 1);
    if (key == "depends") info.depends = SplitNames(value);
    if (key == "alias") info.aliases.emplace_back(value);
    if (key == "softdep") info.softdeps.emplace_back(value);
    if (key == "weakdep") info.weakdeps.emplace_back(value);
    if (key == "vermagic") info.vermagic = value;
  }
}

void ReadSymbols(const ElfFile& elf, ModuleInfo& info) {
  for (const ElfSymbol& symbol : elf.symbols()) {
    std::string_view name = symbol.name;
    if (!symbol.defined) {
      info.imports.emplace_back(name);
    } else if (absl::ConsumePrefix(&name, kExportPrefix)) {
      info.exports.emplace_back(name);
    }
  }
}

}  // namespace

std::string_view UncompressedModulePath(std::string_view path) {
  for (const std::string_view suffix : kCompressionSuffixes) {
    std::string_view rest = path;
    if (absl::ConsumeSuffix(&rest, suffix) && rest.ends_with(".ko")) return rest;
  }
  return path;
}

bool IsModulePath(std::string_view path) { return UncompressedModulePath(path).ends_with(".ko"); }

std::string ModuleName(std::string_view path) {
  path = UncompressedModulePath(path);
  path.remove_prefix(path.rfind('/') + 1);
  std::string name(absl::StripSuffix(path, ".ko"));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

absl::StatusOr<ModuleInfo> ReadModuleInfo(std::string_view path, std::string_view bytes) {
  const absl::StatusOr<ElfFile> elf = ElfFile::Parse(bytes);
  if (!elf.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("kernel module ", path, ": ", elf.status().message()));
  }
  ModuleInfo info = {.path = std::string(UncompressedModulePath(path)),
                     .name = ModuleName(path),
                     .machine = elf->machine()};
  const std::string_view modinfo = elf->Section(".modinfo");
  if (modinfo.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "kernel module ", path, ": it has no .modinfo section, which every kernel module has"));
  }
  ReadModinfo(modinfo, info);
  ReadSymbols(*elf, info);
  return info;
}

}  // namespace linuxkit
