// Runs a program of somebody else that reads its input from a pipe and writes a file.
//
//   ABSL_RETURN_IF_ERROR(PipeToProgram({"mkfs.erofs", "--tar=f", "out.img"}, {"LC_ALL=C"},
//                                      [&](ByteSink& input) { return WriteTar(input); }));
#ifndef TOOLS_ROOTFS_PIPE_TO_PROGRAM_H_
#define TOOLS_ROOTFS_PIPE_TO_PROGRAM_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/stream.h"

namespace linuxkit {

// Starts argv[0] with this environment alone and gives it what `write` writes. An error of `write`
// ends the program. A program that fails, or ends before it has read everything, is an error with
// the last that it printed, on either stream.
absl::Status PipeToProgram(const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment,
                           const std::function<absl::Status(ByteSink& input)>& write);

// Has `make` write a new file beside `output`, which takes its name once it is whole. An error
// leaves neither.
absl::Status MakeWhole(const std::string& output,
                       const std::function<absl::Status(const std::string& unfinished)>& make);

}  // namespace linuxkit

#endif  // TOOLS_ROOTFS_PIPE_TO_PROGRAM_H_
