#include "tools/kernel/tar_input.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(InputFile file, uint64_t offset, uint64_t size)
      : file_(std::move(file)), range_(file_, offset, size) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return range_.Read(buffer); }

 private:
  InputFile file_;
  FileRange range_;
};

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenTar(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> file, OpenFile(path));
  return ArchiveReader::Open(std::move(file), ArchiveReader::Format::kTar, path);
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenDeb(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> file, OpenFile(path));
  ABSL_ASSIGN_OR_RETURN(
      std::unique_ptr<ArchiveReader> package,
      ArchiveReader::Open(std::move(file), ArchiveReader::Format::kAr, path));
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<ArchiveEntry> member, package->Next());
    if (!member) break;
    if (!absl::StartsWith(member->path, "data.tar")) continue;
    return ArchiveReader::Open(std::move(package), ArchiveReader::Format::kTar,
                               absl::StrCat(path, ": ", member->path));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not a Debian package: it has no member data.tar.*"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  const uint64_t size = file.size();
  return std::make_unique<FileSource>(std::move(file), 0, size);
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileRange(const std::string& path, uint64_t offset,
                                                          uint64_t size) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  return std::make_unique<FileSource>(std::move(file), offset, size);
}

TarInput FileTar(const std::string& path) {
  return {.name = path, .open = [path] { return OpenTar(path); }};
}

TarInput DebTar(const std::string& path) {
  return {.name = path, .open = [path] { return OpenDeb(path); }};
}

}  // namespace linuxkit
