// How iPXE reads a line (src/image/script.c, src/core/exec.c, src/core/settings.c):
//
//   1. A backslash at the end of a line joins it with the next.
//   2. The line is split at white space into words. There are no quotes.
//   3. A word that begins with "#" ends the line; the words "||", "&&" and ";" end a command.
//   4. In each word "${NAME}" is replaced by a setting's value, until there is none left.
//   5. Options of a command end at the first word without a dash; behind it `kernel` joins all
//   words
//      with one space, which is the command line.
//
// So words pass unchanged but for 3 and for empty ones (two spaces in a row, which count within
// quotes of the kernel). Those get "${nil}" in front: it is no setting, stands for nothing in step
// 4, and hides the word in 2 and 3.
#include "tools/netboot/ipxe_script.h"

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNothing = "${nil}";

// UEFI can load iPXE and, as autoexec.ipxe, this script before iPXE has opened an interface or got
// an address. To get one makes names relative to the DHCP server's next-server, so the script's
// place is kept.
constexpr std::string_view kNetwork =
    "ifopen\n"
    "isset ${ip} || set base ${cwduri}\n"
    "isset ${ip} || dhcp\n";

bool NeedsCover(std::string_view word) {
  return word.empty() || word[0] == '#' || word == "||" || word == "&&" || word == ";";
}

absl::Status CheckWord(std::string_view word) {
  const size_t start = word.find("${");
  if (start == word.npos || word.find('}', start) == word.npos) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the kernel command line has the word \"", word,
      "\"; iPXE would put the value of one of its settings for ${...} and has no way to write it "
      "otherwise. Expected no word with \"${\" and a \"}\" behind it; take it out of cmdline"));
}

// The words of a command line, a space in front of each.
absl::StatusOr<std::string> Words(std::string_view cmdline) {
  std::string words;
  for (const std::string_view word : absl::StrSplit(cmdline, ' ')) {
    ABSL_RETURN_IF_ERROR(CheckWord(word));
    absl::StrAppend(&words, " ", NeedsCover(word) ? kNothing : "", word);
  }
  return words;
}

}  // namespace

absl::Status CheckNetbootCmdline(std::string_view cmdline) {
  for (const char c : cmdline) {
    if (!absl::ascii_iscntrl(static_cast<unsigned char>(c))) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the kernel command line \"", absl::CHexEscape(cmdline),
                     "\" has the control character \"", absl::CHexEscape(std::string_view(&c, 1)),
                     "\"; expected one line of words with spaces between them"));
  }
  for (const std::string_view word : absl::StrSplit(cmdline, ' ')) {
    if (!word.starts_with("initrd=")) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the kernel command line has the word \"", word,
                     "\"; expected none, for the boot loader adds it. Take it out of cmdline"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> IpxeScript(const NetbootSystem& system) {
  ABSL_RETURN_IF_ERROR(CheckNetbootCmdline(system.cmdline));
  // The kernel's EFI stub asks for the initrd by name; other firmware needs no such word. It is the
  // first one, because those behind "--" are init's.
  std::string command = absl::StrCat("kernel ${base}", system.kernel, " initrd=", system.initrd);
  if (!system.cmdline.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string words, Words(system.cmdline));
    command += words;
  }
  // The backslash is not the last character of its line then.
  if (command.ends_with('\\')) command += ' ';
  return absl::StrCat("#!ipxe\n# ", system.name, "\n", kNetwork, "imgfree\ninitrd ${base}",
                      system.initrd, "\n", command, "\nboot\n");
}

}  // namespace linuxkit
