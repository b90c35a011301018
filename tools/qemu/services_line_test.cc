#include "tools/qemu/services_line.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

std::string Found(std::string_view bytes) {
  ServicesLine line;
  return line.See(bytes).value_or("none");
}

TEST(ServicesLine, AmongOthers) {
  EXPECT_EQ(Found("[    1.0] up\r\ninit: 1 service running: web\r\n# "), "1 service running: web");
  EXPECT_EQ(Found("init: 12 services running: a, b; failed: c\n"),
            "12 services running: a, b; failed: c");
  EXPECT_EQ(Found("init: no service running; failed: c\n"), "no service running; failed: c");
  EXPECT_EQ(Found("init: no service running\n"), "no service running");
}
TEST(ServicesLine, BehindAPrompt) {
  EXPECT_EQ(Found("# init: 1 service running: getty\r\n"), "1 service running: getty");
}
TEST(ServicesLine, InPiecesAndOnce) {
  ServicesLine line;
  EXPECT_EQ(line.See("x\ninit: 1 ser"), std::nullopt);
  EXPECT_EQ(line.See("vice running: a"), std::nullopt);
  EXPECT_EQ(line.See("\r\n"), "1 service running: a");
  EXPECT_EQ(line.See("init: 1 service running: a\n"), std::nullopt);
}
TEST(ServicesLine, OfOthers) {
  for (const char* text :
       {"init: service web exited with status 3\n", "1 service running: web\n",
        "init: one service running: web\n", "init: service running: web\n", "init: 12\n",
        "init: no service running for you\n", "init: 1 service runs: web\n", "\n"}) {
    EXPECT_EQ(Found(text), "none") << text;
  }
}
TEST(ServicesLine, IsPrintable) {
  EXPECT_EQ(Found("init: 1 service running: \x1b[2Ja\n"), "1 service running: \\x1b[2Ja");
  const std::string text = "1 service running: " + std::string(20000, 'x');
  EXPECT_EQ(Found("init: " + text + "\n"), text.substr(0, 1000) + "...");
}

}  // namespace
}  // namespace linuxkit
