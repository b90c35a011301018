#include "tools/package/merge_usr.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/package/layer_plan.h"

namespace linuxkit {
namespace {

using Type = TarEntry::Type;

constexpr std::string_view kDirectories[] = {"bin", "sbin", "lib", "lib64"};

bool IsMoved(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return std::find(std::begin(kDirectories), std::end(kDirectories), first) !=
         std::end(kDirectories);
}

// lib/x/y -> ../../usr/share/z lies one directory deeper after the move: it needs one "../" more,
// if it climbs to the root.
void DeepenLink(std::string_view old_path, std::string& target) {
  const auto depth = std::count(old_path.begin(), old_path.end(), '/');
  std::string_view rest = target;
  for (int i = 0; i < depth; ++i) {
    if (!absl::ConsumePrefix(&rest, "../")) return;
  }
  target = absl::StrCat("../", target);
}

absl::Status BecomeDirectory(TarEntry& entry) {
  const std::string target = absl::StrCat("usr/", entry.path);
  if (CleanName(entry.link).value_or("") != target) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", entry.path, "\" is a symbolic link to \"", absl::CHexEscape(entry.link),
                     "\"; with --merge_usr expected a directory or a link to \"", target, "\""));
  }
  entry.type = Type::kDirectory;
  entry.link.clear();
  entry.mode = 0755;
  return absl::OkStatus();
}

}  // namespace

std::vector<TarEntry> MergedUsrEntries() {
  std::vector<TarEntry> entries;
  for (const std::string_view name : kDirectories) {
    TarEntry directory;
    directory.path = absl::StrCat("usr/", name);
    directory.type = Type::kDirectory;
    directory.mode = 0755;
    directory.mtime = kLayerTime;
    entries.push_back(directory);
  }
  for (const std::string_view name : kDirectories) {
    TarEntry link;
    link.path = name;
    link.type = Type::kSymlink;
    link.mode = 0777;
    link.mtime = kLayerTime;
    link.link = absl::StrCat("usr/", name);
    entries.push_back(link);
  }
  return entries;
}

absl::Status MoveIntoUsr(TarEntry& entry) {
  if (entry.type == Type::kHardLink && IsMoved(entry.link)) {
    entry.link = absl::StrCat("usr/", entry.link);
  }
  if (!IsMoved(entry.path)) return absl::OkStatus();
  const bool is_top = entry.path.find('/') == std::string::npos;
  if (entry.type == Type::kSymlink && is_top) {
    if (absl::Status status = BecomeDirectory(entry); !status.ok()) return status;
  } else if (entry.type == Type::kSymlink) {
    DeepenLink(entry.path, entry.link);
  }
  entry.path = absl::StrCat("usr/", entry.path);
  return absl::OkStatus();
}

}  // namespace linuxkit
