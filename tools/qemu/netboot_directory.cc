#include "tools/qemu/netboot_directory.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

absl::Status Link(const fs::path& file, const fs::path& directory) {
  std::error_code error;
  fs::create_symlink(fs::absolute(file), directory / file.filename(), error);
  if (!error) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("network boot: cannot serve ", file.string(),
                                                 " as ", file.filename().string(), ": ",
                                                 error.message()));
}

}  // namespace

absl::Status FillNetbootDirectory(const std::vector<std::string>& files,
                                  const std::string& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  fs::create_directories(directory, error);
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("network boot: cannot make ", directory, ": ", error.message()));
  }
  for (const fs::path path : files) {
    if (!fs::is_directory(path, error)) {
      ABSL_RETURN_IF_ERROR(Link(path, directory));
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
      ABSL_RETURN_IF_ERROR(Link(entry.path(), directory));
    }
  }
  if (fs::exists(fs::path(directory) / "boot.ipxe", error)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "network boot: found no boot.ipxe among its files, which is what the firmware loads");
}

}  // namespace linuxkit
