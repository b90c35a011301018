// The program behind the rule `linuxkit_boot_test`: from a plan and Bazel's test environment to an
// exit code.
#ifndef TOOLS_QEMU_RUN_BOOT_TEST_H_
#define TOOLS_QEMU_RUN_BOOT_TEST_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/qemu/accel.h"
#include "tools/qemu/boot_session.h"
#include "tools/qemu/guest_life.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {

struct TestEnvironment {
  std::string qemu;                  // empty: from PATH
  std::string temp_dir;              // TEST_TMPDIR
  std::string outputs_dir;           // TEST_UNDECLARED_OUTPUTS_DIR, may be empty
  std::string accel_dir;             // see SharedAccelDir; empty: temp_dir
  std::optional<AccelChoice> accel;  // LINUXKIT_TEST_ACCEL; absent: the plan's
  double deadline_scale = 1;         // LINUXKIT_TEST_DEADLINE_SCALE
  std::string kvm_device = "/dev/kvm";
  LifeLimits life;
  std::chrono::milliseconds limit = std::chrono::minutes(5);  // TEST_TIMEOUT
};

// Reads the environment through `get`, which returns nullptr for an absent variable.
absl::StatusOr<TestEnvironment> ReadTestEnvironment(
    const std::function<const char*(const char*)>& get);

// The deadlines of a test: to READY 60 s, 120 s if SeaBIOS loads the kernel, 180 s with UEFI; 60 s
// for the assertions (20 s more once something has failed), 30 s to go down, each scaled; all of it
// within nine tenths of the time Bazel gives.
SessionOptions SessionLimits(const TestPlan& plan, const TestEnvironment& environment);

// Boots, asserts, and prints the report: a failure's to stderr, else a few lines to stdout. What
// KVM does not run is booted again under TCG if the accelerator is chosen automatically. Error
// statuses have a class, or are about the plan itself.
absl::Status RunBootTest(const TestPlan& plan, const TestEnvironment& environment);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_RUN_BOOT_TEST_H_
