#include "tools/spec/file_entry.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/spec/modes.h"
#include "tools/spec/paths.h"

namespace linuxkit {
namespace {

// Every init mounts file systems there, and what the system has below is never seen.
absl::Status CheckIsSeen(std::string_view path) {
  const std::string clean = CleanPath(path).value_or("");
  for (const std::string_view mount : {"dev", "proc", "sys"}) {
    if (!absl::StartsWith(clean, absl::StrCat(mount, "/"))) continue;
    return absl::InvalidArgumentError(absl::StrCat("found a path below /", mount,
                                                   ", which is mounted at boot and hides it; "
                                                   "expected a path elsewhere"));
  }
  return absl::OkStatus();
}

// LinuxKit's checks in LinuxKit's order.
absl::StatusOr<FilePlan::Kind> KindOf(const FileEntry& entry, std::string_view path) {
  const bool has_contents = entry.directory() || !entry.symlink().empty() || entry.has_contents();
  const bool has_source = !entry.source().empty();
  const bool has_metadata = !entry.metadata().empty();
  if (!has_contents && !has_source && !has_metadata) {
    return absl::InvalidArgumentError(
        absl::StrCat("contents of file (", path,
                     ") not specified; expected one of contents, source, symlink, directory, "
                     "metadata"));
  }
  if (has_source && has_metadata) {
    return absl::InvalidArgumentError(
        absl::StrCat("specified Source and Metadata for file: ", path, "; keep one of them"));
  }
  if (has_contents && has_metadata) {
    return absl::InvalidArgumentError(
        absl::StrCat("specified Contents and Metadata for file: ", path,
                     "; keep metadata or one of contents, symlink, directory"));
  }
  if (has_contents && has_source) {
    return absl::InvalidArgumentError(
        absl::StrCat("specified Contents and Source for file: ", path,
                     "; keep source or one of contents, symlink, directory"));
  }
  if (entry.directory() && entry.has_contents()) {
    return absl::InvalidArgumentError(
        "directory with contents not allowed; keep directory or contents");
  }
  if (!entry.symlink().empty() && (entry.directory() || entry.has_contents())) {
    return absl::InvalidArgumentError(absl::StrCat("found symlink beside ",
                                                   entry.directory() ? "directory" : "contents",
                                                   " for file: ", path, "; keep one of them"));
  }
  if (entry.directory()) return FilePlan::Kind::kDirectory;
  if (!entry.symlink().empty()) return FilePlan::Kind::kSymlink;
  if (has_source) return FilePlan::Kind::kSource;
  return has_metadata ? FilePlan::Kind::kMetadata : FilePlan::Kind::kContents;
}

}  // namespace

absl::StatusOr<FilePlan> PlanFile(const FileEntry& entry) {
  if (entry.path().empty()) {
    return absl::InvalidArgumentError(
        "did not specify path for file; expected a path such as \"etc/motd\"");
  }
  const std::string path(absl::StripPrefix(entry.path(), "/"));
  ABSL_RETURN_IF_ERROR(CheckIsSeen(path));
  uint32_t mode = entry.directory() ? 0700 : 0600;
  if (!entry.mode().empty()) {
    ABSL_ASSIGN_OR_RETURN(mode, ParseMode("file", entry.mode()));
  }
  ABSL_ASSIGN_OR_RETURN(const FilePlan::Kind kind, KindOf(entry, path));
  if (kind == FilePlan::Kind::kMetadata && entry.metadata() != "yaml" &&
      entry.metadata() != "json") {
    return absl::InvalidArgumentError(absl::StrCat("unsupported metadata type: ", entry.metadata(),
                                                   "; expected \"yaml\" or \"json\""));
  }
  return FilePlan{.kind = kind, .path = path, .mode = mode};
}

}  // namespace linuxkit
