#include "tools/lock/resolve_progress.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace linuxkit {
namespace {

std::string Log(bool is_terminal) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* const log = open_memstream(&text, &size);
  {
    ResolveProgress progress(log, is_terminal, 2);
    progress.FinishOne("docker.io/library/a:1", true);
    progress.FinishOne("docker.io/library/b:1", false);
  }
  std::fclose(log);
  const std::string result(text, size);
  std::free(text);
  return result;
}

TEST(ResolveProgressTest, OneLineForATerminal) {
  EXPECT_EQ(Log(true),
            "resolving: 0 of 2 images"
            "\r\033[Kresolving: 1 of 2 images, docker.io/library/a:1"
            "\r\033[Kresolving: 2 of 2 images, docker.io/library/b:1"
            "\r\033[K");
}

TEST(ResolveProgressTest, ALineEachForALog) {
  EXPECT_EQ(Log(false),
            "resolved 1 of 2: docker.io/library/a:1\n"
            "failed 2 of 2: docker.io/library/b:1\n");
}

}  // namespace
}  // namespace linuxkit
