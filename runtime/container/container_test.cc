#include <sys/mount.h>

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/container/log_file.h"
#include "runtime/container/mount_options.h"
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
