// One static binary with two names: /init, and /sbin/modprobe for the modules that the kernel
// itself asks for, such as the character sets of vfat.
#include <errno.h>

#include <span>
#include <string_view>

#include "runtime/modules/modprobe.h"
#include "runtime/root/root.h"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<size_t>(argc));
  if (std::string_view(program_invocation_short_name) == "modprobe") {
    return linuxkit::ModprobeMain(arguments.subspan(1));
  }
  return linuxkit::RootMain();
}
