#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/container/log_file.h"
#include "runtime/container/mount_options.h"
#include "runtime/container/own_users.h"
#include "runtime/container/runtime_json.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParseMountOptions, NoneAtAll) {
  const MountOptions options = ParseMountOptions({});
  EXPECT_EQ(options.flags, 0u);
  EXPECT_EQ(options.data, "");
}

TEST(ParseMountOptions, FlagsAndData) {
  const MountOptions options = ParseMountOptions({"nosuid", "size=1m", "ro", "mode=755"});
  EXPECT_EQ(options.flags, static_cast<unsigned long>(MS_NOSUID | MS_RDONLY));
  EXPECT_EQ(options.data, "size=1m,mode=755");
}

TEST(ParseMountOptions, LaterWordsUndoEarlierOnes) {
  EXPECT_EQ(ParseMountOptions({"ro", "noexec", "rw", "exec"}).flags, 0u);
  EXPECT_EQ(ParseMountOptions({"rw", "ro"}).flags, static_cast<unsigned long>(MS_RDONLY));
}

TEST(ParseMountOptions, RemountPrivateIsOneCall) {
  EXPECT_EQ(ParseMountOptions({"remount", "private"}).flags,
            static_cast<unsigned long>(MS_REMOUNT | MS_PRIVATE));
}

TEST(ParseMountOptions, Recursive) {
  EXPECT_EQ(ParseMountOptions({"rbind"}).flags, static_cast<unsigned long>(MS_BIND | MS_REC));
}

TEST(ParseMountOptions, OverlayDirectories) {
  const MountOptions options = ParseMountOptions({"lowerdir=/l", "upperdir=/u", "workdir=/w"});
  EXPECT_THAT(options.directories, ElementsAre("/u", "/w"));
  EXPECT_EQ(options.data, "lowerdir=/l,upperdir=/u,workdir=/w");
}

TEST(RuntimeJson, Complete) {
  const RuntimeConfig config =
      ParseRuntimeJson(
          R"({"cgroups": ["c"], "mounts": [{"destination": "/d", "type": "t", "source": "s", "options": ["o"]}],
              "mkdir": ["/m"], "interfaces": [{"name": "n", "add": "a", "peer": "p", "createInRoot": true}],
              "bindNS": {"cgroup": "", "ipc": "", "mnt": "", "net": "/run/n", "pid": "", "user": "", "uts": "/run/u"},
              "namespace": "x"})")
          .value();
  EXPECT_THAT(config.cgroups, ElementsAre("c"));
  EXPECT_THAT(config.mounts, ElementsAre(BundleMount{"/d", "t", "s", {"o"}}));
  EXPECT_THAT(config.mkdir, ElementsAre("/m"));
  EXPECT_THAT(config.interfaces, ElementsAre(Interface{"n", "a", "p", true}));
  EXPECT_THAT(config.bind_namespaces,
              ElementsAre(NamespaceBind{"net", "/run/n"}, NamespaceBind{"uts", "/run/u"}));
}

TEST(RuntimeJson, OwnUsers) {
  const RuntimeConfig config =
      ParseRuntimeJson(
          R"({"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
              "gidMappings": [{"containerID": 1, "hostID": 2, "size": 4294967295}]})")
          .value();
  EXPECT_THAT(config.mappings.users, ElementsAre(IdMapping{0, 100000, 65536}));
  EXPECT_THAT(config.mappings.groups, ElementsAre(IdMapping{1, 2, 4294967295}));
  for (const char* size : {"-1", "4294967296", "1.5", "\"1\""}) {
    const absl::Status status =
        ParseRuntimeJson(absl::StrCat(R"({"uidMappings": [{"size": )", size, "}]}")).status();
    EXPECT_THAT(status.message(), testing::EndsWith("expected a number from 0 to 4294967295"))
        << size;
  }
}

TEST(OwnUsers, HostId) {
  const std::vector<IdMapping> mappings = {{0, 100000, 10}, {20, 5, 4294967000}};
  EXPECT_EQ(HostId(mappings, 0), 100000);
  EXPECT_EQ(HostId(mappings, 9), 100009);
  EXPECT_EQ(HostId(mappings, 10), std::nullopt);
  EXPECT_EQ(HostId(mappings, 21), 6);
  EXPECT_EQ(HostId({}, 0), std::nullopt);
}

// To itself, since nobody else's files may be given away in a test.
TEST(OwnUsers, GivesATree) {
  const std::string root = testing::TempDir() + "/tree";
  ASSERT_TRUE(MakeDirectories(root + "/a/b").ok());
  ASSERT_TRUE(WriteFile(root + "/a/program", "", O_CREAT).ok());
  ASSERT_EQ(chmod((root + "/a/program").c_str(), 06755), 0);
  ASSERT_EQ(symlink("/nowhere", (root + "/a/link").c_str()), 0);
  EXPECT_EQ(GiveToContainer(root, {{{getuid(), getuid(), 1}}, {{getgid(), getgid(), 1}}}),
            absl::OkStatus());
  struct stat program;
  ASSERT_EQ(stat((root + "/a/program").c_str(), &program), 0);
  EXPECT_EQ(program.st_mode & 07777, 06755u);
}

TEST(OwnUsers, NothingThere) {
  EXPECT_EQ(GiveToContainer("/nowhere/at/all", {}).message(),
            "/nowhere/at/all: No such file or directory");
}

TEST(RuntimeJson, Empty) {
  const RuntimeConfig config = ParseRuntimeJson("{}").value();
  EXPECT_THAT(config.mounts, IsEmpty());
  EXPECT_THAT(config.bind_namespaces, IsEmpty());
}

TEST(RuntimeJson, NullsAreAbsent) {
  EXPECT_TRUE(ParseRuntimeJson(R"({"mounts": null, "bindNS": null, "mkdir": null})").ok());
}

struct BadJson {
  std::string_view text;
  std::string_view error;
};

TEST(RuntimeJson, Errors) {
  const BadJson cases[] = {
      {"{", "found text that is not JSON"},
      {"[]", "the document: found array, expected an object"},
      {R"({"mounts": {}})", "mounts: found object, expected an array"},
      {R"({"mounts": [3]})", "mounts[0]: found number, expected an object"},
      {R"({"mounts": [{}, {"destination": 3}]})",
       "mounts[1].destination: found number, expected a string"},
      {R"({"mounts": [{"options": [true]}]})",
       "mounts[0].options[0]: found boolean, expected a string"},
      {R"({"interfaces": [{"createInRoot": "yes"}]})",
       "interfaces[0].createInRoot: found string, expected a boolean"},
      {R"({"bindNS": {"net": []}})", "bindNS.net: found array, expected a string"},
  };
  for (const BadJson& bad : cases) {
    EXPECT_EQ(ParseRuntimeJson(bad.text).status().message(), bad.error) << bad.text;
  }
}

TEST(RuntimeJson, ErrorNamesTheFile) {
  const std::string bundle = testing::TempDir() + "/bundle";
  ASSERT_TRUE(MakeDirectories(bundle).ok());
  ASSERT_TRUE(WriteFile(bundle + "/runtime.json", "nonsense", 0100).ok());
  EXPECT_EQ(ReadRuntimeJson(bundle).status().message(),
            bundle + "/runtime.json: found text that is not JSON");
}

TEST(RuntimeJson, MissingFileIsEmpty) {
  EXPECT_TRUE(ReadRuntimeJson(testing::TempDir() + "/none").ok());
}

// Both files of a log, the older first.
std::string AllOf(const std::string& path) {
  return ReadFile(path + ".1").value_or("") + "|" + ReadFile(path).value_or("");
}

TEST(LogFile, RotatesAtALineBreak) {
  const std::string path = testing::TempDir() + "/rotate.log";
  LogFile log(path, 10);
  ASSERT_TRUE(log.Append("12345\n").ok());
  ASSERT_TRUE(log.Append("abc\ndef\n").ok());
  EXPECT_EQ(AllOf(path), "12345\nabc\n|def\n");
}

TEST(LogFile, LineThatDoesNotFitGoesToTheNextFileWhole) {
  const std::string path = testing::TempDir() + "/whole.log";
  LogFile log(path, 10);
  ASSERT_TRUE(log.Append("12345\n").ok());
  ASSERT_TRUE(log.Append("abcdefg\n").ok());
  EXPECT_EQ(AllOf(path), "12345\n|abcdefg\n");
}

TEST(LogFile, ExactlyFull) {
  const std::string path = testing::TempDir() + "/full.log";
  LogFile log(path, 6);
  ASSERT_TRUE(log.Append("12345\n").ok());
  EXPECT_EQ(AllOf(path), "|12345\n");
  ASSERT_TRUE(log.Append("x").ok());
  EXPECT_EQ(AllOf(path), "12345\n|x");
}

TEST(LogFile, LineLongerThanAFile) {
  const std::string path = testing::TempDir() + "/long.log";
  LogFile log(path, 4);
  ASSERT_TRUE(log.Append("abcdefg\n").ok());
  EXPECT_EQ(AllOf(path), "abcd|efg\n");
}

TEST(LogFile, GoesOnWithAnExistingFile) {
  const std::string path = testing::TempDir() + "/old.log";
  ASSERT_TRUE(LogFile(path, 8).Append("old\n").ok());
  ASSERT_TRUE(LogFile(path, 8).Append("new\n").ok());
  EXPECT_EQ(AllOf(path), "|old\nnew\n");
  ASSERT_TRUE(LogFile(path, 8).Append("newer\n").ok());
  EXPECT_EQ(AllOf(path), "old\nnew\n|newer\n");
}

TEST(LogFile, NothingIsLostInTheLastTwoFiles) {
  const std::string path = testing::TempDir() + "/many.log";
  LogFile log(path, 100);
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const std::string line = std::to_string(i) + "\n";
    all += line;
    ASSERT_TRUE(log.Append(line).ok());
  }
  std::string kept = AllOf(path);
  kept.erase(kept.find('|'), 1);
  EXPECT_TRUE(all.ends_with(kept));
  EXPECT_GT(kept.size(), 100u);
}

TEST(LogFile, NoSuchDirectory) {
  EXPECT_EQ(LogFile("/no/such/x.log").Append("a").message(),
            "/no/such/x.log: No such file or directory");
}

}  // namespace
}  // namespace linuxkit
