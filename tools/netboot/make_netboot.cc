// Writes what loads a system from the network.
//
//   make_netboot --name=myimage --cmdline=myimage-cmdline --ipxe=boot.ipxe
//
// --name      of the system, for people
// --cmdline   file with the kernel command line
// --ipxe      output: the script for iPXE
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/netboot/ipxe_script.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  NetbootSystem system{.name = args.Required("name")};
  const std::string cmdline = args.Required("cmdline");
  const std::string ipxe = args.Required("ipxe");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(system.cmdline, ReadFile(cmdline));
  ABSL_ASSIGN_OR_RETURN(const std::string script, IpxeScript(system));
  return WriteFile(ipxe, script);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_netboot", linuxkit::Run);
}
