#include "tools/oci/archive_file.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/scratch_file.h"
#include "tools/base/stream.h"
#include "tools/compress/decompressor.h"

namespace linuxkit {
namespace {

// "app" of "//os:app" or "bin/app".
std::string_view LastName(std::string_view path) {
  return path.substr(path.find_last_of(":/") + 1);
}

// A frequent mistake: a binary of the workspace as `image`.
absl::Status CheckNoProgram(std::string_view start, std::string_view path,
                            const ArchiveOptions& options) {
  const bool is_script = start.starts_with("#!");
  if (!is_script && !start.starts_with("\x7f"
                                       "ELF"))
    return absl::OkStatus();
  const std::string_view label = options.label.empty() ? path : std::string_view(options.label);
  const std::string_view name = LastName(label);
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": found a ", is_script ? "script" : "program", "; ", kExpectedImage,
                   ". Wrap it: linuxkit_package(name = \"", name, "_image\", files = {\"/usr/bin/",
                   name, "\": \"", label, "\"}, command = [\"/usr/bin/", name, "\"])"));
}

absl::Status Unpack(const InputFile& file, ScratchFile& plain) {
  FileRange compressed(file);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, Decompress(compressed));
  const absl::Status status = CopyAll(*source, plain).status();
  if (!absl::IsResourceExhausted(status)) return status;
  return absl::ResourceExhaustedError(
      absl::StrCat(status.message(), ", or an archive that is not compressed"));
}

}  // namespace

absl::StatusOr<ArchiveFile> OpenArchiveFile(const std::string& path,
                                            const ArchiveOptions& options) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  char start[8] = {};
  ABSL_ASSIGN_OR_RETURN(const size_t count, file.ReadAt(0, start));
  const std::string_view magic(start, count);
  ABSL_RETURN_IF_ERROR(CheckNoProgram(magic, path, options));
  if (!IsCompressed(magic)) return ArchiveFile{.file = std::move(file), .owner = nullptr};
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<ScratchFile> plain,
                        ScratchFile::Create(options.max_unpacked_bytes));
  if (const absl::Status status = Unpack(file, *plain); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
  }
  ABSL_ASSIGN_OR_RETURN(InputFile unpacked, InputFile::Open(plain->path()));
  return ArchiveFile{.file = std::move(unpacked), .owner = std::move(plain)};
}

}  // namespace linuxkit
