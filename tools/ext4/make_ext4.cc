// Makes an empty ext4 file system in a file: --program (mke2fs), --label, --size_mib, --output.
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "tools/base/args.h"
#include "tools/base/stream.h"
#include "tools/ext4/ext4_command.h"
#include "tools/rootfs/pipe_to_program.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const Ext4Options options = {.program = args.Required("program"),
                               .label = args.Required("label"),
                               .mib = args.IntOr("size_mib", 0)};
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  return MakeWhole(output, [&](const std::string& unfinished) -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(const Ext4Command command, MakeExt4Command(options, unfinished));
    return PipeToProgram(command.argv, command.environment,
                         [](ByteSink&) { return absl::OkStatus(); });
  });
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_ext4", linuxkit::Run);
}
