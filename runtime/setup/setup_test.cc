#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/setup/cgroups.h"
#include "runtime/setup/copy_tree.h"
#include "runtime/setup/identity.h"
#include "runtime/setup/sysctl.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;

TEST(EnabledControllers, HeaderAndDisabledAreLeftOut) {
  EXPECT_THAT(EnabledControllers("#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
                                 "cpu\t0\t1\t1\nmemory\t0\t1\t0\npids\t0\t1\t1\n"),
              ElementsAre("cpu", "pids"));
}

TEST(CreateCgroup, UnifiedHierarchy) {
  const std::string base = testing::TempDir() + "/v2";
  ASSERT_TRUE(MakeEmptyFile(base + "/cgroup.controllers").ok());
  CreateCgroup(base, "a/b");
  EXPECT_TRUE(Exists(base + "/a/b"));
}

TEST(CreateCgroup, EveryControllerOfTheOldHierarchy) {
  const std::string base = testing::TempDir() + "/v1";
  ASSERT_TRUE(MakeDirectories(base + "/cpu").ok());
  ASSERT_TRUE(MakeDirectories(base + "/memory").ok());
  CreateCgroup(base, "a");
  EXPECT_TRUE(Exists(base + "/cpu/a"));
  EXPECT_TRUE(Exists(base + "/memory/a"));
}

TEST(ParseSysctls, NamesAndComments) {
  const std::vector<Sysctl> sysctls =
      ParseSysctls(
          "# c\n; c\n\n net.ipv4.ip_forward = 1 \nkernel/panic=7\n-a.b=\nx = a = b\n"
          "net.ipv4.conf.eth0/100.forwarding=1",
          "f")
          .value();
  EXPECT_THAT(sysctls, ElementsAre(Sysctl{"net/ipv4/ip_forward", "1"}, Sysctl{"kernel/panic", "7"},
                                   Sysctl{"a/b", "", true}, Sysctl{"x", "a = b"},
                                   Sysctl{"net/ipv4/conf/eth0.100/forwarding", "1"}));
}

TEST(ParseSysctls, LineWithoutValue) {
  EXPECT_EQ(ParseSysctls("a=1\nkernel.panic 7\n", "/etc/sysctl.conf").status().message(),
            "/etc/sysctl.conf:2: found \"kernel.panic 7\", expected \"name = value\"");
}

TEST(ApplySysctlFiles, NameOrderThenSysctlConf) {
  const std::string root = testing::TempDir() + "/sysctl";
  const std::string proc = root + "/proc";
  ASSERT_TRUE(MakeDirectories(root + "/etc/sysctl.d").ok());
  for (const char* name : {"/a", "/b", "/c"}) ASSERT_TRUE(MakeEmptyFile(proc + name).ok());
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.d/10.conf", "a=2\nb=2\n", 0100).ok());
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.d/05.conf", "a=1\nb=1\nc=1\n", 0100).ok());
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.d/readme", "c=9\n", 0100).ok());
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.conf", "b=3\n", 0100).ok());
  EXPECT_TRUE(ApplySysctlFiles(root, proc));
  EXPECT_EQ(ReadFile(proc + "/a").value(), "2");
  EXPECT_EQ(ReadFile(proc + "/b").value(), "3");
  EXPECT_EQ(ReadFile(proc + "/c").value(), "1");
}

TEST(ApplySysctlFiles, UnknownNameFailsButForTheDash) {
  const std::string root = testing::TempDir() + "/unknown";
  ASSERT_TRUE(MakeDirectories(root + "/etc").ok());
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.conf", "-no.such=1\n", 0100).ok());
  EXPECT_TRUE(ApplySysctlFiles(root, root));
  ASSERT_TRUE(WriteFile(root + "/etc/sysctl.conf", "no.such=1 \n").ok());
  EXPECT_FALSE(ApplySysctlFiles(root, root));
}

TEST(ChooseHostName, Cases) {
  constexpr std::string_view kAddress = "52:54:00:12:34:56\n";
  EXPECT_EQ(ChooseHostName("box\n", "(none)", kAddress), "box");
  EXPECT_EQ(ChooseHostName("\n", "(none)", kAddress), "linuxkit-525400123456");
  EXPECT_EQ(ChooseHostName("", "", kAddress), "linuxkit-525400123456");
  EXPECT_EQ(ChooseHostName("", "given", kAddress), "given");
  EXPECT_EQ(ChooseHostName("", "(none)", ""), "(none)");
}

TEST(CreateResolvConfTarget, AbsoluteLink) {
  const std::string root = testing::TempDir() + "/resolv";
  ASSERT_TRUE(MakeDirectories(root + "/etc").ok());
  ASSERT_EQ(symlink("/run/resolvconf/resolv.conf", (root + "/etc/resolv.conf").c_str()), 0);
  EXPECT_TRUE(CreateResolvConfTarget(root).ok());
  EXPECT_EQ(ReadFile(root + "/run/resolvconf/resolv.conf").value(), "");
}

TEST(CreateResolvConfTarget, RelativeLink) {
  const std::string root = testing::TempDir() + "/relative";
  ASSERT_TRUE(MakeDirectories(root + "/etc").ok());
  ASSERT_EQ(symlink("../run/resolv.conf", (root + "/etc/resolv.conf").c_str()), 0);
  EXPECT_TRUE(CreateResolvConfTarget(root).ok());
  EXPECT_EQ(ReadFile(root + "/run/resolv.conf").value(), "");
}

TEST(CreateResolvConfTarget, NoLink) {
  EXPECT_TRUE(CreateResolvConfTarget(testing::TempDir() + "/nothing").ok());
}

TEST(CopyTree, EveryTypeWithItsAttributes) {
  const std::string from = testing::TempDir() + "/copy_from", to = testing::TempDir() + "/copy_to";
  ASSERT_TRUE(MakeDirectories(from + "/lib/app", 01777).ok());
  ASSERT_TRUE(MakeDirectories(to).ok());
  ASSERT_TRUE(WriteFile(from + "/lib/app/f", "content", 0100).ok());
  ASSERT_TRUE(MakeEmptyFile(from + "/lib/empty").ok());
  ASSERT_EQ(symlink("../nowhere", (from + "/lib/link").c_str()), 0);
  ASSERT_EQ(mkfifo((from + "/fifo").c_str(), 0620), 0);
  ASSERT_EQ(chmod((from + "/lib/app/f").c_str(), 0640), 0);
  ASSERT_EQ(chmod((from + "/lib/app").c_str(), 01777), 0);
  const timespec times[] = {{.tv_sec = 1, .tv_nsec = 2}, {.tv_sec = 3, .tv_nsec = 4}};
  for (const char* path : {"/lib/app/f", "/lib/app", "/lib/link"}) {
    ASSERT_EQ(utimensat(AT_FDCWD, (from + path).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
  ASSERT_TRUE(CopyTree(from, to).ok());

  EXPECT_EQ(ReadFile(to + "/lib/app/f").value(), "content");
  EXPECT_EQ(ReadFile(to + "/lib/empty").value(), "");
  char target[64] = {};
  EXPECT_EQ(readlink((to + "/lib/link").c_str(), target, sizeof(target)), 10);
  EXPECT_STREQ(target, "../nowhere");
  const auto stat_of = [&](const char* path) {
    struct stat info = {};
    EXPECT_EQ(lstat((to + path).c_str(), &info), 0) << path;
    return info;
  };
  EXPECT_EQ(stat_of("/lib/app/f").st_mode, S_IFREG | 0640u);
  EXPECT_EQ(stat_of("/lib/app").st_mode, S_IFDIR | 01777u);
  EXPECT_EQ(stat_of("/fifo").st_mode & S_IFMT, unsigned{S_IFIFO});
  for (const char* path : {"/lib/app/f", "/lib/app", "/lib/link"}) {
    EXPECT_EQ(stat_of(path).st_mtim.tv_sec, 3) << path;
    EXPECT_EQ(stat_of(path).st_mtim.tv_nsec, 4) << path;
  }
}

TEST(CopyTree, NameThatIsThere) {
  const std::string from = testing::TempDir() + "/copy_again",
                    to = testing::TempDir() + "/copy_there";
  ASSERT_TRUE(MakeEmptyFile(from + "/f").ok());
  ASSERT_TRUE(MakeEmptyFile(to + "/f").ok());
  EXPECT_EQ(CopyTree(from, to).message(), "create " + to + "/f: File exists");
}

TEST(CopyTree, NothingToCopy) {
  EXPECT_TRUE(CopyTree(testing::TempDir() + "/copy_none", testing::TempDir()).ok());
}

}  // namespace
}  // namespace linuxkit
