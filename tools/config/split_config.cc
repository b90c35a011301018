// Cuts a system's YAML files into one message of tools/spec/spec.proto for each entry.
//
//   split_config --config=//os:base.yml=os/base.yml --config=//os:site.yml=os/site.yml
//     --skeletons=skeletons.json --cmdline=cmdline --kernel=kernel.pb --onboot=onboot.dhcp.pb
//     --services=services.web.pb --services=services.db.pb --files=files.pb
//
// --config      LABEL=PATH of a YAML file; repeatable, merged in order
// --skeletons   {"configs": [...]}: what the lock file says of each of them (skeleton.proto)
// --onboot, --onshutdown, --services, --volumes   output for an entry; repeated as often as the
//                                                 section has entries
// --cmdline, --kernel, --files, --metadata_yaml, --metadata_json   other outputs; split.h says what
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/config/config_flags.h"
#include "tools/config/old_spellings.h"
#include "tools/config/skeleton.h"
#include "tools/config/split.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const std::vector<std::string> config_words = args.All("config");
  const std::string skeletons_path = args.Required("skeletons");
  const SplitOutputs outputs = {
      .cmdline = args.Optional("cmdline"),
      .kernel = args.Optional("kernel"),
      .onboot = args.All("onboot"),
      .onshutdown = args.All("onshutdown"),
      .services = args.All("services"),
      .volumes = args.All("volumes"),
      .files = args.Optional("files"),
      .metadata_yaml = args.Optional("metadata_yaml"),
      .metadata_json = args.Optional("metadata_json"),
  };
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::vector<ConfigFile> files, ReadConfigFiles(config_words));
  std::fputs(OldSpellingNotes(files).c_str(), stderr);
  ABSL_ASSIGN_OR_RETURN(const std::string json, ReadFile(skeletons_path));
  ABSL_ASSIGN_OR_RETURN(const Skeletons skeletons, ParseSkeletons(json, {.name = skeletons_path}));
  return SplitConfig(files, skeletons, outputs);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "split_config", linuxkit::Run);
}
