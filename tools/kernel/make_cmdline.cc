// make_cmdline: --info=FILE (KernelInfo) --cmdline=TEXT|--cmdline_file=FILE
//               [--append=TEXT]... [--append_file=FILE]... --output=FILE
//
// Writes the kernel command line, byte for byte and without a newline, after checking that the
// kernel takes so much. What is appended is set off by a space. It is apart from make_kernel so
// that a new command line does not pack the modules again.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/command_line.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/kernel/kernel_section.h"

namespace linuxkit {
namespace {

// In front of "--": behind it they would be arguments of init.
void AddWords(std::string_view words, std::string& cmdline) {
  if (!words.empty()) cmdline = AddKernelWords(cmdline, words);
}

absl::Status Run(Args& args) {
  const std::string info_path = args.Required("info");
  const std::optional<std::string> text = args.Optional("cmdline");
  const std::optional<std::string> file = args.Optional("cmdline_file");
  const std::vector<std::string> appended = args.All("append");
  const std::vector<std::string> appended_files = args.All("append_file");
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (text.has_value() == file.has_value()) {
    return absl::InvalidArgumentError("expected either --cmdline or --cmdline_file");
  }
  std::string cmdline = text.value_or("");
  if (file) {
    ABSL_ASSIGN_OR_RETURN(cmdline, ReadFile(*file));
  }
  for (const std::string& words : appended) AddWords(words, cmdline);
  for (const std::string& path : appended_files) {
    ABSL_ASSIGN_OR_RETURN(const std::string words, ReadFile(path));
    AddWords(words, cmdline);
  }
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(info_path));
  KernelInfo info;
  if (!info.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(info_path, " is not a KernelInfo message"));
  }
  ABSL_RETURN_IF_ERROR(CheckCmdline(info, cmdline));
  return WriteFile(output, cmdline);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_cmdline", linuxkit::Run);
}
