#include "runtime/getty/terminals.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

bool Always(const std::string&) { return true; }

TEST(FindTerminals, EachConsoleOnce) {
  EXPECT_THAT(
      FindTerminals(KernelCommandLine("console=tty0 console=ttyS0,115200n8 console=ttyS0"), Always),
      ElementsAre(Terminal{"/dev/tty1", "linux"}, Terminal{"/dev/ttyS0", "vt102"}));
}

TEST(FindTerminals, DeviceThatIsNotThere) {
  EXPECT_THAT(FindTerminals(KernelCommandLine("console=ttyAMA0 console=ttyS0"),
                            [](const std::string& path) { return path == "/dev/ttyS0"; }),
              ElementsAre(Terminal{"/dev/ttyS0", "vt102"}));
}

TEST(FindTerminals, NoConsoleGiven) {
  EXPECT_THAT(FindTerminals(KernelCommandLine("quiet"), Always),
              ElementsAre(Terminal{"/dev/console", "vt102"}));
}

}  // namespace
}  // namespace linuxkit
