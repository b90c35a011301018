#include "tools/files/files_segment.h"

#include <algorithm>
#include <optional>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/spec/paths.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::string> SegmentPath(const FilePlan& plan) {
  const std::optional<std::string> path = CleanPath(plan.path);
  if (!path) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path ", plan.path, " leads out of /; expected fewer \"..\""));
  }
  if (*path == "." && plan.kind != FilePlan::Kind::kDirectory) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path ", plan.path, " is /; expected directory: true or a longer path"));
  }
  return *path;
}

}  // namespace

uint32_t ParentMode(uint32_t file_mode) {
  uint32_t mode = file_mode;
  for (const int shift : {6, 3, 0}) {
    if ((file_mode >> shift & 07) != 0) mode |= uint32_t{01} << shift;
  }
  return mode;
}

absl::Status FilesSegment::Add(const FileEntry& entry) {
  const size_t index = index_++;
  const absl::Status status = AddEntry(entry);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("files[", index, "] \"", absl::Utf8SafeCEscape(entry.path()),
                                   "\": ", status.message()));
}

absl::Status FilesSegment::AddEntry(const FileEntry& entry) {
  ABSL_ASSIGN_OR_RETURN(const FilePlan plan, PlanFile(entry));
  Attributes attributes = {.mode = plan.mode};
  ABSL_ASSIGN_OR_RETURN(attributes.uid, ResolveId(entry.uid(), inputs_.ids));
  ABSL_ASSIGN_OR_RETURN(attributes.gid, ResolveId(entry.gid(), inputs_.ids));
  ABSL_ASSIGN_OR_RETURN(const std::string path, SegmentPath(plan));
  // An optional source that is not there takes its parents with it.
  const bool has_source = plan.kind == FilePlan::Kind::kSource;
  if (has_source && entry.optional() && !inputs_.sources.contains(entry.source())) {
    return absl::OkStatus();
  }
  ABSL_RETURN_IF_ERROR(AddParents(plan.path, attributes));
  ABSL_RETURN_IF_ERROR(AddItself(entry, plan, path, attributes));
  written_.insert(plan.path);
  return absl::OkStatus();
}

absl::Status FilesSegment::AddParents(std::string_view path, const Attributes& attributes) {
  Attributes parent = attributes;
  parent.mode = ParentMode(attributes.mode);
  // Of "a/b/" the parent is "a/b": the directory itself is written twice, first with the derived
  // mode.
  const size_t slash = path.rfind('/');
  const std::string directory =
      slash == path.npos ? "." : CleanPath(path.substr(0, slash)).value_or(".");
  if (directory == ".") return absl::OkStatus();
  for (size_t end = 0; end < directory.size();) {
    end = std::min(directory.find('/', end + 1), directory.size());
    if (!written_.insert(directory.substr(0, end)).second) continue;
    ABSL_RETURN_IF_ERROR(writer_.AddDirectory(directory.substr(0, end), parent));
  }
  return absl::OkStatus();
}

absl::Status FilesSegment::AddItself(const FileEntry& entry, const FilePlan& plan,
                                     const std::string& path, const Attributes& attributes) {
  switch (plan.kind) {
    case FilePlan::Kind::kDirectory:
      return writer_.AddDirectory(path, attributes);
    case FilePlan::Kind::kSymlink:
      return writer_.AddSymlink(path, entry.symlink(), attributes);
    case FilePlan::Kind::kContents:
      return writer_.AddFile(path, attributes, entry.contents());
    case FilePlan::Kind::kSource:
      break;
    case FilePlan::Kind::kMetadata:
      break;
  }
  const bool is_source = plan.kind == FilePlan::Kind::kSource;
  const std::string& text = is_source ? entry.source() : entry.metadata();
  const auto& files = is_source ? inputs_.sources : inputs_.metadata;
  const auto file = files.find(text);
  if (file != files.end()) return AddContent(path, file->second, attributes);
  return absl::NotFoundError(
      is_source
          ? absl::StrCat("source ", text, " not found; expected a file, or optional: true")
          : absl::StrCat("no text for metadata ", text, "; expected an image made from a YAML"));
}

absl::Status FilesSegment::AddContent(const std::string& path, const std::string& file,
                                      const Attributes& attributes) {
  ABSL_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(file));
  FileRange content(input);
  return writer_.AddFile({path}, attributes, input.size(), content);
}

}  // namespace linuxkit
