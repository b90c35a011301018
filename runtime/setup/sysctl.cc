#include "runtime/setup/sysctl.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

std::string PathOf(std::string_view name) {
  std::string path(name);
  const size_t separator = path.find_first_of("./");
  if (separator == std::string::npos || path[separator] == '/') return path;
  for (char& c : path) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return path;
}

bool ApplyFile(const std::string& path, const std::string& proc_sys) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!SayIfError(text.status())) return false;
  const absl::StatusOr<std::vector<Sysctl>> sysctls = ParseSysctls(*text, path);
  if (!SayIfError(sysctls.status())) return false;
  bool good = true;
  for (const Sysctl& sysctl : *sysctls) {
    const absl::Status status = WriteFile(absl::StrCat(proc_sys, "/", sysctl.path), sysctl.value);
    if (!sysctl.optional) good &= SayIfError(status, path);
  }
  return good;
}

}  // namespace

absl::StatusOr<std::vector<Sysctl>> ParseSysctls(std::string_view text, std::string_view source) {
  std::vector<Sysctl> sysctls;
  int number = 0;
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const bool optional = line.front() == '-';
    if (optional) line.remove_prefix(1);
    const std::pair<std::string_view, std::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string_view name = absl::StripAsciiWhitespace(parts.first);
    if (name.empty() || line.find('=') == std::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat(source, ":", number, ": found \"", line, "\", expected \"name = value\""));
    }
    sysctls.push_back(
        {PathOf(name), std::string(absl::StripAsciiWhitespace(parts.second)), optional});
  }
  return sysctls;
}

bool ApplySysctlFiles(const std::string& root, const std::string& proc_sys) {
  const std::string directory = root + "/etc/sysctl.d";
  const absl::StatusOr<std::vector<std::string>> names = ListDirectory(directory);
  if (!SayIfError(names.status())) return false;
  bool good = true;
  for (const std::string& name : *names) {
    if (name.ends_with(".conf")) good &= ApplyFile(absl::StrCat(directory, "/", name), proc_sys);
  }
  const std::string last = root + "/etc/sysctl.conf";
  if (Exists(last)) good &= ApplyFile(last, proc_sys);
  return good;
}

}  // namespace linuxkit
