// `bazel run @linuxkit//:lock`: writes linuxkit.lock.json. The user's flags are in lock_flags.cc;
// the rule adds
//
//   --lock_file=linuxkit.lock.json  relative to the workspace, like all paths
//   --config=LABEL=PATH             a YAML file; repeated
//   --image=REFERENCE               an image that no YAML file names; repeated
//   --layout=REFERENCE[=PLATFORM,…] one that a volume of format oci holds; repeated
//   --workspace=DIR                 default: $BUILD_WORKSPACE_DIRECTORY
//
// and $LINUXKIT_REGISTRIES, the registries.json of builds, relative to where Bazel starts us.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/config/config.h"
#include "tools/config/config_flags.h"
#include "tools/config/old_spellings.h"
#include "tools/lock/lock_file.h"
#include "tools/lock/lock_flags.h"
#include "tools/lock/update_lock.h"
#include "tools/registry/environment.h"

namespace linuxkit {
namespace {

// So that messages name files as the user knows them.
absl::Status EnterWorkspace(const std::string& flag) {
  const char* const bazels = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (flag.empty() && bazels == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("BUILD_WORKSPACE_DIRECTORY is not set; expected to be run by Bazel (",
                     kLockCommand, ") or with --workspace=DIR"));
  }
  const std::string directory = flag.empty() ? bazels : flag;
  if (chdir(directory.c_str()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot enter the workspace ", directory));
}

// Must be called before EnterWorkspace. Empty if there is none.
std::string RegistriesPath() {
  const std::string path = ProcessEnvironment("LINUXKIT_REGISTRIES");
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

absl::StatusOr<ClientOptions> Network(const std::string& registries) {
  ClientOptions options;
  if (!registries.empty()) {
    ABSL_ASSIGN_OR_RETURN(options.config, RegistriesConfig::Load(registries));
  }
  return options;
}

absl::StatusOr<std::vector<ConfigFile>> ReadConfigs(const std::vector<std::string>& words) {
  absl::StatusOr<std::vector<ConfigFile>> files = ReadConfigFiles(words);
  if (!absl::IsNotFound(files.status())) return files;
  return absl::NotFoundError(absl::StrCat(files.status().message(),
                                          "\nMODULE.bazel names the file in linuxkit.config. If it "
                                          "has moved, write its new label there, "
                                          "then run: ",
                                          kLockCommand));
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const LockFlags flags, ReadLockFlags(args));
  if (flags.help) {
    std::fputs(std::string(LockUsage()).c_str(), stdout);
    return absl::OkStatus();
  }
  const std::string registries = RegistriesPath();
  ABSL_RETURN_IF_ERROR(EnterWorkspace(flags.workspace));
  LockOptions options = {.lock_file = flags.lock_file,
                         .images = flags.images,
                         .layouts = flags.layouts,
                         .platforms = flags.platforms,
                         .upgrades = flags.upgrades,
                         .jobs = flags.jobs,
                         .log = stderr,
                         .log_is_terminal = isatty(STDERR_FILENO) == 1};
  ABSL_ASSIGN_OR_RETURN(options.configs, ReadConfigs(flags.configs));
  std::fputs(OldSpellingNotes(options.configs).c_str(), stderr);
  if (flags.check) return CheckLockFile(options);
  ABSL_ASSIGN_OR_RETURN(const ClientOptions network, Network(registries));
  ABSL_ASSIGN_OR_RETURN(const std::string summary, UpdateLock(options, network));
  std::fputs(summary.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  const std::vector<std::string> words =
      linuxkit::JoinUpgradeWords(std::vector<std::string>(argv, argv + argc));
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  return linuxkit::RunMain(static_cast<int>(pointers.size()), pointers.data(), "lock",
                           linuxkit::Run);
}
