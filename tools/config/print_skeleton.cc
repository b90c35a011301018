// Prints the skeleton of a YAML file: what the lock file holds of it.
//
//   print_skeleton --config=//os:myimage.yml=os/myimage.yml --output=skeleton.json
//
// --config   LABEL=PATH of a YAML file
// --output   default: standard output
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/config/config.h"
#include "tools/config/config_flags.h"
#include "tools/config/skeleton.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const std::string config_word = args.Required("config");
  const std::optional<std::string> output = args.Optional("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::vector<ConfigFile> files, ReadConfigFiles({config_word}));
  ABSL_ASSIGN_OR_RETURN(const std::vector<Config> configs, ParseConfigs(files));
  ABSL_ASSIGN_OR_RETURN(const Skeleton skeleton, MakeSkeleton(configs[0], files[0].label));
  const std::string json = SkeletonJson(skeleton);
  if (output) return WriteFile(*output, json);
  std::fputs(json.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "print_skeleton", linuxkit::Run);
}
