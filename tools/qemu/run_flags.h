// The flags of `bazel run //os:myimage_qemu -- FLAGS`, and what each of them sets.
//
//   RunFlags flags(paths, options);
//   ABSL_RETURN_IF_ERROR(ApplyFlags(flags.All(), words));
#ifndef TOOLS_QEMU_RUN_FLAGS_H_
#define TOOLS_QEMU_RUN_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/qemu/boot_format.h"
#include "tools/qemu/flag_table.h"
#include "tools/qemu/paths.h"
#include "tools/qemu/run_options.h"

namespace linuxkit {

// What the user gave, as opposed to the image's rule.
struct UserGave {
  bool publish = false;
  bool kernel_arg = false;
};

class RunFlags {
 public:
  // Both must outlive this and its flags.
  RunFlags(const Paths& paths, RunOptions& options) : paths_(paths), options_(options) {}

  // They refer to this.
  std::vector<Flag> All();
  const UserGave& user_gave() const { return user_gave_; }

 private:
  absl::Status AddPublish(const FlagUse& use);
  absl::Status AddDisk(const FlagUse& use);
  absl::Status AddFormat(const FlagUse& use);
  std::vector<Flag> MachineFlags();
  std::vector<Flag> BootFlags();
  std::vector<Flag> SystemFlags();
  std::vector<Flag> HostFlags();

  const Paths& paths_;
  RunOptions& options_;
  const std::string boot_help_ =
      absl::StrCat("boots another output of the image, building it first: ", BootFormatNames());
  UserGave user_gave_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_FLAGS_H_
