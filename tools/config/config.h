// Whole LinuxKit YAML files: reads and checks them, alone and together.
//
// Several files are one system, folded from left to right: lists are concatenated, of the kernel
// the later values count. All problems of all files are reported in one run, each with its place,
// its line and what was expected.
//
//   ABSL_ASSIGN_OR_RETURN(const std::vector<Config> configs,
//                         ParseConfigs({{.path = "os/base.yml", .label = "//os:base.yml", .text =
//                         base},
//                                       {.path = "os/site.yml", .label = "//os:site.yml", .text =
//                                       site}}));
//   const Config system = MergeConfigs(configs);
#ifndef TOOLS_CONFIG_CONFIG_H_
#define TOOLS_CONFIG_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

struct ConfigFile {
  // How messages call the file.
  std::string path;
  // Relative labels and paths in the file are relative to the package of this label.
  std::string label;
  std::string text;
};

// Each file as written: image references are not expanded, labels not completed.
absl::StatusOr<std::vector<Config>> ParseConfigs(absl::Span<const ConfigFile> files);

Config MergeConfigs(absl::Span<const Config> configs);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_CONFIG_H_
