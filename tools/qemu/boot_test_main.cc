// Boots an image in QEMU and asserts on what it does; what is behind the rule `linuxkit_boot_test`.
//
//   boot_test [--plan=FILE] [--qemu=BIN]
//
// The plan (test_plan.h) is the file PROGRAM.plan.json beside the name we were started by, unless
// --plan names another. So a rule needs no wrapper script: it links this program to its output's
// name and writes the file.
#include <stdlib.h>

#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/qemu/accel_verdict.h"
#include "tools/qemu/failure.h"
#include "tools/qemu/run_boot_test.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {
namespace {

absl::Status Main(int argc, const char* const* argv) {
  ABSL_ASSIGN_OR_RETURN(Args args, Args::Parse(argc, argv));
  const std::string plan_path = args.OptionalOr("plan", absl::StrCat(argv[0], ".plan.json"));
  ABSL_ASSIGN_OR_RETURN(TestEnvironment environment,
                        ReadTestEnvironment([](const char* name) { return getenv(name); }));
  environment.qemu = args.OptionalOr("qemu", "");
  environment.accel_dir = SharedAccelDir(environment.temp_dir);
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(plan_path, 16 << 20));
  ABSL_ASSIGN_OR_RETURN(const TestPlan plan, ParseTestPlan(plan_path, text));
  return RunBootTest(plan, environment);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  const absl::Status status = linuxkit::Main(argc, argv);
  // A failure with a class has printed its report already.
  if (status.ok() || linuxkit::FailureClassOf(status)) return status.ok() ? 0 : 1;
  std::fprintf(stderr, "boot_test: %s\n", std::string(status.message()).c_str());
  return 1;
}
