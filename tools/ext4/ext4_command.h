// How mke2fs of e2fsprogs 1.47 or newer makes an empty ext4 file system that depends on its label
// and size alone.
//
//   ABSL_ASSIGN_OR_RETURN(const Ext4Command command,
//                         MakeExt4Command({.program = "mke2fs", .label = "state", .mib = 64},
//                         "a.img"));
#ifndef TOOLS_EXT4_EXT4_COMMAND_H_
#define TOOLS_EXT4_EXT4_COMMAND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Ext4Options {
  std::string program;
  std::string label;
  int64_t mib = 0;
};

struct Ext4Command {
  std::vector<std::string> argv;
  std::vector<std::string> environment;  // all of it
};

// `output` must not exist, so that what mke2fs does not write is a hole.
absl::StatusOr<Ext4Command> MakeExt4Command(const Ext4Options& options, const std::string& output);

}  // namespace linuxkit

#endif  // TOOLS_EXT4_EXT4_COMMAND_H_
