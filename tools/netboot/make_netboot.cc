// Writes what loads a system from the network.
//
//   make_netboot --name=myimage --cmdline=myimage-cmdline
//     --ipxe=boot.ipxe --grub=grub.cfg --pxelinux=pxelinux.cfg/default
//
// --name      of the system, for people
// --cmdline   file with the kernel command line
// --ipxe, --grub, --pxelinux   outputs, each optional: the script for iPXE and the configurations
// of
//             GRUB and PXELINUX
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/netboot/ipxe_script.h"
#include "tools/netboot/loader_config.h"

namespace linuxkit {
namespace {

using Generator = absl::FunctionRef<absl::StatusOr<std::string>(const NetbootSystem&)>;

absl::Status WriteIfWanted(const std::optional<std::string>& path, const NetbootSystem& system,
                           Generator generator) {
  if (!path) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string text, generator(system));
  return WriteFile(*path, text);
}

absl::Status Run(Args& args) {
  NetbootSystem system{.name = args.Required("name")};
  const std::string cmdline = args.Required("cmdline");
  const std::optional<std::string> ipxe = args.Optional("ipxe");
  const std::optional<std::string> grub = args.Optional("grub");
  const std::optional<std::string> pxelinux = args.Optional("pxelinux");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(system.cmdline, ReadFile(cmdline));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(ipxe, system, IpxeScript));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(grub, system, GrubNetbootConfig));
  return WriteIfWanted(pxelinux, system, PxelinuxConfig);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_netboot", linuxkit::Run);
}
