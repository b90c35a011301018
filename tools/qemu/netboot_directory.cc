#include "tools/qemu/netboot_directory.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScript = "boot.ipxe";
constexpr std::string_view kAutoexec = "autoexec.ipxe";

absl::Status Link(const fs::path& file, const fs::path& name, const fs::path& directory) {
  std::error_code error;
  fs::create_directories((directory / name).parent_path(), error);
  if (!error) fs::create_symlink(fs::absolute(file), directory / name, error);
  if (!error) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("network boot: cannot serve ", file.string(),
                                                 " as ", name.string(), ": ", error.message()));
}

// Of linuxkit_netboot, if its files are among these.
fs::path OutputDirectory(const std::vector<std::string>& files) {
  for (const fs::path path : files) {
    if (path.filename() == kScript) return path.parent_path();
  }
  return {};
}

// As linuxkit_netboot named it, such as pxelinux.cfg/default.
fs::path NameOf(const fs::path& file, const fs::path& output_directory) {
  const fs::path name = file.lexically_relative(output_directory);
  return name.empty() || *name.begin() == ".." ? file.filename() : name;
}

}  // namespace

absl::Status FillNetbootDirectory(const std::vector<std::string>& files,
                                  const std::string& bootfile, const std::string& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  fs::create_directories(directory, error);
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("network boot: cannot make ", directory, ": ", error.message()));
  }
  const fs::path output_directory = OutputDirectory(files);
  for (const fs::path path : files) {
    if (!fs::is_directory(path, error)) {
      ABSL_RETURN_IF_ERROR(Link(path, NameOf(path, output_directory), directory));
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
      ABSL_RETURN_IF_ERROR(Link(entry.path(), entry.path().filename(), directory));
    }
  }
  if (!fs::exists(fs::path(directory) / bootfile, error)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "network boot: found no ", bootfile, " among its files, which is what the firmware loads"));
  }
  if (!fs::exists(fs::path(directory) / kAutoexec, error)) {
    fs::create_symlink(kScript, fs::path(directory) / kAutoexec, error);
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
