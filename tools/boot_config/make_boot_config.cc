// Writes the configuration of boot programs for one system.
//
//   make_boot_config --cmdline=myimage-cmdline --isolinux=isolinux.cfg
//
// --cmdline           the file with the kernel command line
// --title             the entry's name in a menu
// --isolinux, --loader_entry, --grub   the outputs, each optional: the configuration of ISOLINUX,
// of
//                     systemd-boot and of GRUB
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/boot_config/boot_config.h"

namespace linuxkit {
namespace {

using Writer = absl::FunctionRef<absl::StatusOr<std::string>(const BootEntry&)>;

absl::Status WriteIfWanted(const std::optional<std::string>& path, const BootEntry& entry,
                           Writer writer) {
  if (!path) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string text, writer(entry));
  return WriteFile(*path, text);
}

absl::Status Run(Args& args) {
  const std::string cmdline = args.Required("cmdline");
  BootEntry entry;
  entry.title = args.OptionalOr("title", entry.title);
  const std::optional<std::string> isolinux = args.Optional("isolinux");
  const std::optional<std::string> loader_entry = args.Optional("loader_entry");
  const std::optional<std::string> grub = args.Optional("grub");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(entry.cmdline, ReadFile(cmdline));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(isolinux, entry, IsolinuxConfig));
  ABSL_RETURN_IF_ERROR(WriteIfWanted(loader_entry, entry, LoaderEntry));
  return WriteIfWanted(grub, entry, GrubConfig);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_boot_config", linuxkit::Run);
}
