#include "tools/netboot/loader_config.h"

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {
namespace {

// A word of GRUB's script language that stands for `text`, whatever is in it.
std::string GrubQuote(std::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// Words as the kernel takes a command line apart (next_arg of lib/cmdline.c), without their quotes.
std::vector<std::string> KernelWords(std::string_view cmdline) {
  std::vector<std::string> words;
  bool is_quoted = false;
  bool in_word = false;
  for (const char c : cmdline) {
    if (c == ' ' && !is_quoted) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '"') {
      is_quoted = !is_quoted;
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

absl::StatusOr<std::string> GrubNetbootConfig(const NetbootSystem& system) {
  ABSL_RETURN_IF_ERROR(CheckNetbootCmdline(system.cmdline));
  std::string text =
      absl::StrCat("set timeout=0\nmenuentry ", GrubQuote(system.name),
                   " {\n  linux \"$config_directory/", system.kernel, "\"");
  for (const std::string& word : KernelWords(system.cmdline)) {
    absl::StrAppend(&text, " ", GrubQuote(word));
  }
  return absl::StrCat(text, "\n  initrd \"$config_directory/", system.initrd, "\"\n}\n");
}

absl::StatusOr<std::string> PxelinuxConfig(const NetbootSystem& system) {
  ABSL_RETURN_IF_ERROR(CheckNetbootCmdline(system.cmdline));
  // "-" alone would stand for no command line.
  const bool is_dash = system.cmdline == "-";
  return absl::StrCat("DEFAULT linuxkit\nLABEL linuxkit\n  LINUX ", system.kernel, "\n  INITRD ",
                      system.initrd, "\n",
                      system.cmdline.empty() || is_dash
                          ? ""
                          : absl::StrCat("  APPEND ", system.cmdline, "\n"));
}

}  // namespace linuxkit
