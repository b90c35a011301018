// The parts of a guest for tests with the real QEMU: a kernel and busybox out of the Debian
// packages that the build root keeps, an initrd packed with cpio. On a host without them the tests
// are skipped, and say so.
#ifndef TOOLS_QEMU_TESTDATA_REAL_GUEST_H_
#define TOOLS_QEMU_TESTDATA_REAL_GUEST_H_

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "tools/qemu/run_boot_test.h"

namespace linuxkit {

// Runs it with /bin/sh; a failure is the test's.
void Shell(const std::string& script);

class RealGuest : public testing::Test {
 protected:
  // Makes `dir_` with root/ and vmlinuz.
  void SetUp() override;
  // testdata/test_init as PID 1, and packed.
  void PackTestInit();
  // Packs `dir_`/root.
  void PackInitrd();
  std::string Path(std::string_view name) const;
  // "OK", or the line of the failure.
  std::string Boot(const std::string& plan_json) const;

  std::string dir_;
  std::string busybox_;  // the package
  TestEnvironment environment_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_TESTDATA_REAL_GUEST_H_
