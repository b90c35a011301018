#include "tools/qemu/netboot_server.h"

#include <sys/stat.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

std::string Script(std::string_view name, std::string_view text) {
  std::string path = absl::StrCat(testing::TempDir(), "/", name);
  EXPECT_EQ(WriteFile(path, absl::StrCat("#!/bin/sh\n", text, "\n")), absl::OkStatus());
  chmod(path.c_str(), 0755);
  return path;
}

TEST(AnnouncedPort, Cases) {
  EXPECT_EQ(AnnouncedPort("Serving x at\n  http://127.0.0.1:40123/\n"), 40123);
  EXPECT_EQ(AnnouncedPort("Serving x at\n  http://127.0.0.1:401"), 0);
  EXPECT_EQ(AnnouncedPort("http://127.0.0.1:70000/"), 0);
  EXPECT_EQ(AnnouncedPort("http://127.0.0.1:x/"), 0);
  EXPECT_EQ(AnnouncedPort("http://192.0.2.1:80/"), 0);
  EXPECT_EQ(AnnouncedPort(""), 0);
}

TEST(NetbootServer, SaysWhereItIsInPieces) {
  const std::string program = Script(
      "good",
      "echo \"$@\" > \"$0.args\"; printf 'at http://127.'; echo 0.0.1:81/; exec cat /dev/zero");
  const absl::StatusOr<NetbootServer> server = NetbootServer::Start(program, "/dir");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(server->Url("boot.ipxe"), "http://10.0.2.2:81/boot.ipxe");
  EXPECT_EQ(*ReadFile(absl::StrCat(program, ".args")),
            "--bind=127.0.0.1 --http-port=0 --no-tftp --directory=/dir\n");
}
TEST(NetbootServer, EndsBeforeItServes) {
  const std::string program = Script("bad", "echo no such directory; exit 3");
  EXPECT_EQ(NetbootServer::Start(program, "/dir").status().message(),
            absl::StrCat(program,
                         " ended with status 3 and did not say where it serves; it said: no "
                         "such directory\n"));
}

}  // namespace
}  // namespace linuxkit
