#include "tools/boot_config/boot_config.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

absl::Status CheckOneLine(std::string_view cmdline) {
  const size_t newline = cmdline.find('\n');
  if (newline == cmdline.npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the kernel command line has a newline behind \"", cmdline.substr(0, newline),
                   "\"; expected one line, for the configuration of a boot program has no other"));
}

// Words as the kernel parses them (next_arg in lib/cmdline.c): a double quote lets blanks through.
std::vector<std::string> KernelWords(std::string_view cmdline) {
  std::vector<std::string> words;
  bool in_word = false;
  bool in_quote = false;
  for (const char c : cmdline) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c)) && !in_quote) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '"') in_quote = !in_quote;
    if (c != '"') words.back() += c;
  }
  return words;
}

bool IsPlain(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || std::string_view("_=.,:/@%+-").find(c) != std::string::npos;
  });
}

}  // namespace

absl::StatusOr<std::string> IsolinuxConfig(const BootEntry& entry) {
  ABSL_RETURN_IF_ERROR(CheckOneLine(entry.cmdline));
  return absl::StrCat("DEFAULT linux\nLABEL linux\n  KERNEL ", entry.kernel, "\n  INITRD ",
                      entry.initrd, "\n  APPEND ", entry.cmdline, "\n");
}

absl::StatusOr<std::string> LoaderEntry(const BootEntry& entry) {
  ABSL_RETURN_IF_ERROR(CheckOneLine(entry.cmdline));
  return absl::StrCat("title ", entry.title, "\nlinux ", entry.kernel, "\ninitrd ", entry.initrd,
                      "\noptions ", entry.cmdline, "\n");
}

absl::StatusOr<std::string> GrubWords(std::string_view cmdline) {
  std::string text;
  for (const std::string& word : KernelWords(cmdline)) {
    const size_t bad = word.find_first_of("\\'");
    if (bad != word.npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the kernel command line has ", word[bad] == '\\' ? "a backslash" : "a single quote",
          " in \"", word, "\"; GRUB would pass a backslash in front of it. Expected none for an ",
          "image that boots by GRUB"));
    }
    absl::StrAppend(&text, " ", IsPlain(word) ? word : absl::StrCat("'", word, "'"));
  }
  return text;
}

absl::StatusOr<std::string> GrubConfig(const BootEntry& entry) {
  ABSL_RETURN_IF_ERROR(CheckOneLine(entry.cmdline));
  ABSL_ASSIGN_OR_RETURN(const std::string words, GrubWords(entry.cmdline));
  return absl::StrCat("set timeout=0\nmenuentry '", entry.title, "' {\n  linux ", entry.kernel,
                      words, "\n  initrd ", entry.initrd, "\n}\n");
}

}  // namespace linuxkit
