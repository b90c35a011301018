// Unified kernel images: one UEFI program with kernel, initrd and command line in sections, which
// systemd's stub starts (UAPI.5, "Unified Kernel Image").
//
//   ABSL_ASSIGN_OR_RETURN(const PeImage uki, MakeUki({.stub = "linuxx64.efi.stub",
//       .kernel = "vmlinuz", .initrd = "initrd.img", .cmdline = "cmdline"}));
#ifndef TOOLS_EFI_UKI_H_
#define TOOLS_EFI_UKI_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/efi/pe_writer.h"

namespace linuxkit {

// Paths, but for `uname`. Empty files make no section.
struct UkiOptions {
  std::string stub;
  std::string kernel;
  std::optional<std::string> initrd;
  // One line of UTF-8. Newlines behind it are left out.
  std::optional<std::string> cmdline;
  // The command line is all that the kernel and init take, whatever is appended to it: it ends with
  // "--" and has linuxkit.test=off, unless linuxkit.test= is on it.
  bool sealed = false;
  // An os-release file: name and version for boot menus.
  std::optional<std::string> os_release;
  // By default the version that the kernel tells.
  std::optional<std::string> uname;
  // An uncompressed cpio archive, for a microcode that the initrd does not begin with.
  std::optional<std::string> ucode;
  std::optional<std::string> dtb;
  std::optional<std::string> splash;
  // Lines for .sbat behind those that the stub has, for revocation (shim's SBAT.md).
  std::optional<std::string> sbat;
};

absl::StatusOr<PeImage> MakeUki(const UkiOptions& options);

}  // namespace linuxkit

#endif  // TOOLS_EFI_UKI_H_
