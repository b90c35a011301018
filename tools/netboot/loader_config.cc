#include "tools/netboot/loader_config.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/boot_config/boot_config.h"

namespace linuxkit {

absl::StatusOr<std::string> GrubNetbootConfig(const NetbootSystem& system) {
  ABSL_RETURN_IF_ERROR(CheckNetbootCmdline(system.cmdline));
  // GRUB sets the variable to the device and directory that it reads the file from, such as
  // "(http,192.0.2.7:8080)".
  const absl::StatusOr<std::string> config =
      GrubConfig({.kernel = absl::StrCat("\"$config_directory/", system.kernel, "\""),
                  .initrd = absl::StrCat("\"$config_directory/", system.initrd, "\""),
                  .cmdline = system.cmdline});
  if (config.ok()) return config;
  return absl::StrCat("# ", config.status().message(), "\n");
}

absl::StatusOr<std::string> PxelinuxConfig(const NetbootSystem& system) {
  ABSL_RETURN_IF_ERROR(CheckNetbootCmdline(system.cmdline));
  // Names are relative to the directory that PXELINUX was loaded from, of which pxelinux.cfg is a
  // part.
  return IsolinuxConfig(
      {.kernel = system.kernel, .initrd = system.initrd, .cmdline = system.cmdline});
}

}  // namespace linuxkit
