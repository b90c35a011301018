// The whole tool against Debian's docker-registry.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/lock/lock_file.h"
#include "tools/lock/lock_plan.h"
#include "tools/lock/update_lock.h"
#include "tools/oci/testing/run_program.h"
#include "tools/qemu/process.h"
#include "tools/registry/testing/fault_proxy.h"
#include "tools/registry/testing/registry_fixture.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLock[] = "linuxkit.lock.json";

struct Outcome {
  int code;
  std::string output;

  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << "exit status " << outcome.code << ", " << outcome.output;
}

// The test's directory is the workspace, with the YAML file my.yml.
class LockTest : public RegistryFixture {
 protected:
  void WriteYaml(const std::vector<std::string>& init) {
    std::string text = "init:\n";
    for (const std::string& image : init) absl::StrAppend(&text, "- ", image, "\n");
    WriteText("my.yml", text);
  }

  std::vector<std::string> Command(const std::vector<std::string>& user_flags) const {
    std::vector<std::string> words = {"env", "BUILD_WORKSPACE_DIRECTORY=" + Path(""),
                                      std::getenv("LOCK"), absl::StrCat("--lock_file=", kLock),
                                      "--config=//:my.yml=my.yml"};
    words.insert(words.end(), user_flags.begin(), user_flags.end());
    return words;
  }

  // As `bazel run @linuxkit//:lock -- FLAGS` would.
  Outcome Run(const std::vector<std::string>& user_flags = {}) const {
    const auto finished = RunToEnd(Command(user_flags), std::chrono::minutes(1));
    if (!finished.ok()) return {-1, finished.status().ToString()};
    return {finished->status.shell_code(), finished->output};
  }

  std::string Text() const { return ReadFile(Path(kLock)).value_or("no file"); }
  LockFile Lock() const { return ParseLockFile(kLock, Text()).value(); }
  LockedImage Locked(const std::string& reference) const {
    const LockFile lock = Lock();
    const LockedImage* const image = FindImage(lock, reference);
    EXPECT_NE(image, nullptr) << reference;
    return image == nullptr ? LockedImage() : *image;
  }

  static std::string Team(const std::string& name) {
    return absl::StrCat(registry().authority(), "/team/", name);
  }
  static void Push(const std::string& image, const std::string& name) {
    PushTestImage(shared_directory(), image, registry(), "team/" + name);
  }
  static std::string Skopeo(const std::vector<std::string>& flags, const std::string& reference) {
    std::vector<std::string> words = {"skopeo", "inspect", "--tls-verify=false"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.push_back("docker://" + reference);
    return RunProgram(words).value_or("skopeo failed");
  }
};

TEST_F(LockTest, FirstLock) {
  WriteYaml({Team("app:multi")});
  const std::string digest = Skopeo({"--no-tags", "--format={{.Digest}}"}, Team("app:multi"));
  EXPECT_EQ(Run(), (Outcome{0, absl::StrCat("resolved 1 of 1: ", Team("app:multi"),
                                            "\nadded //:my.yml\nadded ", Team("app:multi"), " ",
                                            digest, "kept 0 images\nwrote linuxkit.lock.json\n")}));
  EXPECT_THAT(Files(), ElementsAre(kLock, "my.yml"));
  EXPECT_EQ(Run({"--check"}), (Outcome{0, ""}));
}

TEST_F(LockTest, YamlFileThatHasMoved) {
  EXPECT_EQ(Run(),
            (Outcome{1,
                     "lock: cannot open my.yml: No such file or directory\n"
                     "MODULE.bazel names the file in linuxkit.config. If it has moved, write its "
                     "new label there, then run: bazel run @linuxkit//:lock\n"}));
  EXPECT_THAT(Files(), ElementsAre());
}

TEST_F(LockTest, OldYamlIsReadWithANote) {
  WriteText("my.yml", absl::StrCat("init:\n- ", Team("app:multi"), "\noutputs:\n- format: iso\n"));
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(
      outcome.output,
      HasSubstr("my.yml: found LinuxKit's format of 2017, which is read as today's; to bring "
                "the file up to date:\n  line 3: leave outputs out; formats are targets of "
                "linuxkit_image today, such as :NAME_iso\n"));
}

TEST_F(LockTest, DocumentsAreThoseThatSkopeoSees) {
  WriteYaml({Team("app:multi")});
  ASSERT_EQ(Run({"--platform=linux/amd64", "--platform=linux/arm64"}).code, 0);
  const LockedImage image = Locked(Team("app:multi"));
  ASSERT_EQ(image.platforms.size(), 2u);
  for (const LockedPlatform& platform : image.platforms) {
    const std::string name = absl::StrCat(Team("app@"), platform.manifest.digest);
    EXPECT_EQ(Skopeo({"--raw"}, name), platform.manifest_json);
    EXPECT_EQ(Skopeo({"--raw", "--config"}, name), platform.config_json);
  }
  EXPECT_THAT(image.platforms[1].config_json, HasSubstr("\"arm64\""));
}

TEST_F(LockTest, VolumeOfFormatOci) {
  WriteText("my.yml",
            absl::StrCat("volumes: [{name: a, format: oci, image: '", Team("app:multi"), "'}]"));
  ASSERT_EQ(Run().code, 0);
  const LockedImage image = Locked(Team("app:multi"));
  EXPECT_TRUE(image.platforms.empty());
  ASSERT_TRUE(image.index.has_value());
  EXPECT_EQ(Skopeo({"--raw"}, Team("app:multi")), image.index->json);
  ASSERT_EQ(image.index->images.size(), 2u);
  EXPECT_EQ(image.index->images[1].platform, "linux/arm64/v8");
  EXPECT_EQ(Run({"--check"}), (Outcome{0, ""}));
}

TEST_F(LockTest, VolumeOfFormatOciWithoutAnIndex) {
  WriteText("my.yml",
            absl::StrCat("volumes: [{name: a, format: oci, image: '", Team("app:gzip"), "'}]"));
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output,
              HasSubstr(absl::StrCat("lock: ", Team("app:gzip"),
                                     ": found an image for one platform; a volume with format oci "
                                     "needs an image index. Use format filesystem, or an image "
                                     "that was pushed with an index\n")));
}

TEST_F(LockTest, NothingToDo) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const auto written = std::filesystem::last_write_time(Path(kLock));
  EXPECT_EQ(Run(), (Outcome{0, "kept 1 image\nlinuxkit.lock.json is up to date\n"}));
  EXPECT_EQ(std::filesystem::last_write_time(Path(kLock)), written);
}

TEST_F(LockTest, ImagesThatNoYamlNames) {
  WriteYaml({":runtime", "'@pkg:init'"});
  ASSERT_EQ(Run({"--image=" + Team("app:gzip")}).code, 0);
  EXPECT_EQ(Lock().images.size(), 1u);
  EXPECT_EQ(Locked(Team("app:gzip")).name,
            absl::StrReplaceAll(Team("app"), {{":", "_"}, {"/", "_"}}));
}

TEST_F(LockTest, AsManyJobsAsOne) {
  WriteYaml({Team("app:gzip"), Team("app:zstd"), Team("app:plain"), Team("app:docker"),
             Team("app:multi")});
  ASSERT_EQ(Run({"--jobs=1"}).code, 0);
  const std::string one = Text();
  std::filesystem::remove(Path(kLock));
  ASSERT_EQ(Run({"--jobs=8"}).code, 0);
  EXPECT_EQ(Text(), one);
}

// A file of a system of several, which uses what another one defines.
TEST_F(LockTest, PartOfASystem) {
  WriteText("my.yml", absl::StrCat("services: [{name: web, image: '", Team("app:gzip"),
                                   "', binds: ['data:/data'], uid: db}]"));
  EXPECT_EQ(Run().code, 0);
}

TEST_F(LockTest, BrokenYaml) {
  WriteText("my.yml", "service: []\n");
  EXPECT_EQ(Run(), (Outcome{1,
                            "lock: my.yml:1:1: unknown key \"service\"; did you mean "
                            "\"services\"?\n    1 | service: []\n      | ^\n"}));
}

TEST_F(LockTest, PinsStayWhenTheTagMoves) {
  Push("gzip", "moving:1");
  WriteYaml({Team("moving:1")});
  ASSERT_EQ(Run().code, 0);
  const std::string before = Text();
  Push("zstd", "moving:1");
  EXPECT_EQ(Run().code, 0);
  EXPECT_EQ(Text(), before);
}

TEST_F(LockTest, UpgradeOfOneImage) {
  Push("gzip", "one:1");
  Push("gzip", "two:1");
  WriteYaml({Team("one:1"), Team("two:1")});
  ASSERT_EQ(Run().code, 0);
  const LockFile before = Lock();
  Push("zstd", "one:1");
  Push("zstd", "two:1");
  const std::string digest = Skopeo({"--no-tags", "--format={{.Digest}}"}, Team("one:1"));
  EXPECT_EQ(Run({"--upgrade", Team("one:1")}),
            (Outcome{0, absl::StrCat("resolved 1 of 1: ", Team("one:1"), "\nupgraded ",
                                     Team("one:1"), " ", before.images[0].digest, " → ", digest,
                                     "kept 1 image\nwrote linuxkit.lock.json\n")}));
  EXPECT_EQ(Locked(Team("one:1")).name, before.images[0].name);
  EXPECT_EQ(Locked(Team("two:1")).digest, before.images[1].digest);
}

TEST_F(LockTest, UpgradeOfAll) {
  Push("gzip", "one:2");
  Push("gzip", "two:2");
  WriteYaml({Team("one:2"), Team("two:2")});
  ASSERT_EQ(Run().code, 0);
  Push("zstd", "one:2");
  const Outcome outcome = Run({"--upgrade"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.output, HasSubstr(absl::StrCat("upgraded ", Team("one:2"))));
  EXPECT_THAT(outcome.output, HasSubstr("kept 1 image\n"));
}

TEST_F(LockTest, FurtherPlatformAfterTheTagMoved) {
  Push("multi", "further:1");
  WriteYaml({Team("further:1")});
  ASSERT_EQ(Run().code, 0);
  const LockedImage before = Locked(Team("further:1"));
  Push("gzip", "further:1");
  EXPECT_EQ(Run({"--platform=linux/amd64", "--platform=linux/arm64"}),
            (Outcome{0, absl::StrCat("resolved 1 of 1: ", Team("further:1"), "\nchanged ",
                                     Team("further:1"),
                                     " to linux/amd64, linux/arm64\nkept 0 images\n"
                                     "wrote linuxkit.lock.json\n")}));
  EXPECT_EQ(Locked(Team("further:1")).digest, before.digest);
  // From now on without being told.
  EXPECT_EQ(Run({"--check"}), (Outcome{0, ""}));
}

TEST_F(LockTest, PlatformThatTheImageDoesNotHave) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const std::string digest = Locked(Team("app:gzip")).digest;
  EXPECT_EQ(Run({"--platform=linux/arm64"}),
            (Outcome{1, absl::StrCat(
                            "failed 1 of 1: ", Team("app:gzip"), "\nlock: ", Team("app@"), digest,
                            ": found an image for linux/amd64 alone; expected one for "
                            "linux/arm64; to resolve ",
                            Team("app:gzip"), " anew: bazel run @linuxkit//:lock -- --upgrade=",
                            Team("app:gzip"), "\n")}));
}

TEST_F(LockTest, UnreachableRegistryWithEverythingPinned) {
  std::string reference;
  {
    const DockerRegistry gone({.storage = shared_directory() + "/storage", .scratch = Path("")});
    reference = gone.authority() + "/team/app:gzip";
    WriteYaml({reference, gone.authority() + "/team/app:zstd"});
    ASSERT_EQ(Run().code, 0);
  }
  WriteText("my.yml", absl::StrCat("services: [{name: web, image: '", reference, "'}]"));
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("kept 1 image\nwrote linuxkit.lock.json\n"));
  EXPECT_EQ(Run({"--check"}), (Outcome{0, ""}));
}

TEST_F(LockTest, AllErrorsAtOnceAndNothingWritten) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const std::string before = Text();
  WriteYaml({Team("app:none"), Team("app:zstd"), Team("other:1")});
  const std::string base = absl::StrCat("http://", registry().authority(), "/v2/team/");
  const Outcome outcome = Run({"--jobs=1"});
  EXPECT_EQ(outcome,
            (Outcome{1, absl::StrCat("failed 1 of 3: ", Team("app:none"), "\nresolved 2 of 3: ",
                                     Team("app:zstd"), "\nfailed 3 of 3: ", Team("other:1"),
                                     "\nlock: ", Team("app:none"), ": ", base,
                                     "app/manifests/none: found status 404 (MANIFEST_UNKNOWN: "
                                     "manifest unknown); expected a repository and image of this "
                                     "name\n",
                                     Team("other:1"), ": ", base,
                                     "other/manifests/1: found status 404 (MANIFEST_UNKNOWN: "
                                     "manifest unknown); expected a repository and image of this "
                                     "name\n")}));
  EXPECT_EQ(Text(), before);
  EXPECT_THAT(Files(), ElementsAre(kLock, "my.yml"));
}

TEST_F(LockTest, KilledWhileResolving) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const std::string before = Text();
  std::promise<void> asked;
  FaultProxy proxy(registry().port());
  proxy.Inject("/manifests/", 1, [&](const Exchange& exchange) {
    asked.set_value();
    exchange.client.AwaitHangup();
  });
  WriteYaml({Team("app:zstd"), proxy.authority() + "/team/app:plain"});
  auto process = Process::Start(Command({}), {});
  ASSERT_THAT(process, IsOk());
  asked.get_future().wait();
  process->Signal(SIGKILL);
  EXPECT_EQ(process->Wait().signal, SIGKILL);
  EXPECT_EQ(Text(), before);
  EXPECT_THAT(Files(), ElementsAre(kLock, "my.yml"));
}

TEST_F(LockTest, LockThatCannotBeWritten) {
  WriteYaml({Team("app:gzip")});
  // The name that the text would have until it is complete.
  std::filesystem::create_directories(Path("linuxkit.lock.json.partial"));
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output,
              HasSubstr("lock: cannot create linuxkit.lock.json.partial: Is a directory"));
  EXPECT_EQ(Text(), "no file");
}

TEST_F(LockTest, CheckOfAStaleLock) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const std::string before = Text();
  WriteYaml({Team("app:zstd")});
  EXPECT_EQ(
      Run({"--check"}),
      (Outcome{1, absl::StrCat("lock: linuxkit.lock.json is out of date:\n"
                               "  //:my.yml: sections, names or images have changed:\n"
                               "    + init: \"",
                               Team("app:zstd"), "\"\n    - init: \"", Team("app:gzip"), "\"\n  ",
                               Team("app:zstd"), ": not pinned\n  ", Team("app:gzip"),
                               ": pinned, but nothing uses it\n"
                               "To bring it up to date: bazel run @linuxkit//:lock\n")}));
  EXPECT_EQ(Text(), before);
}

TEST_F(LockTest, CheckWithoutALock) {
  WriteYaml({Team("app:gzip")});
  EXPECT_EQ(Run({"--check"}), (Outcome{1,
                                       "lock: linuxkit.lock.json: there is no such file; to "
                                       "write it: bazel run @linuxkit//:lock\n"}));
}

TEST_F(LockTest, EitherSideOfAMergeConflict) {
  WriteYaml({Team("app:gzip")});
  ASSERT_EQ(Run().code, 0);
  const std::string theirs = Text();
  WriteYaml({Team("app:gzip"), Team("app:zstd")});
  ASSERT_EQ(Run().code, 0);
  const std::string both = Text();
  WriteText(kLock, absl::StrCat("<<<<<<< HEAD\n", both, "=======\n", theirs, ">>>>>>> theirs\n"));
  EXPECT_EQ(Run(),
            (Outcome{1,
                     "lock: linuxkit.lock.json:1: found a merge conflict; expected one lock. "
                     "Take either side, what it lacks is added: git checkout --theirs "
                     "linuxkit.lock.json && bazel run @linuxkit//:lock\n"}));
  WriteText(kLock, theirs);
  ASSERT_EQ(Run().code, 0);
  EXPECT_EQ(Text(), both);
}

TEST_F(LockTest, RegistriesFile) {
  WriteText("registries.json", absl::StrCat(R"({"registries": {"docker.io": {"mirrors": ["http://)",
                                            registry().authority(), R"("], "origin": false}}})"));
  WriteYaml({"team/app:gzip"});
  // As `bazel run` does, from a directory that is not the workspace.
  const std::string path = std::filesystem::relative(Path("registries.json")).string();
  std::vector<std::string> words = Command({});
  words.insert(words.begin() + 1, "LINUXKIT_REGISTRIES=" + path);
  const auto finished = RunToEnd(words, std::chrono::minutes(1));
  ASSERT_THAT(finished, IsOk());
  EXPECT_EQ(finished->status.code, 0) << finished->output;
  EXPECT_EQ(Locked("docker.io/team/app:gzip").name, "team_app");
}

TEST_F(LockTest, Help) {
  const Outcome outcome = Run({"--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("bazel run @linuxkit//:lock [-- FLAG...]"));
}

TEST_F(LockTest, NotRunByBazel) {
  const auto finished =
      RunToEnd({"env", "-u", "BUILD_WORKSPACE_DIRECTORY", std::getenv("LOCK"), "--lock_file=x"},
               std::chrono::minutes(1));
  ASSERT_THAT(finished, IsOk());
  EXPECT_EQ(finished->status.code, 1);
  EXPECT_EQ(finished->output,
            "lock: BUILD_WORKSPACE_DIRECTORY is not set; expected to be run by Bazel (bazel run "
            "@linuxkit//:lock) or with --workspace=DIR\n");
}

// With a clock that does not wait.
TEST_F(LockTest, UnreachableRegistry) {
  std::string authority;
  {
    const TestServer gone([](const TestRequest&, TestConnection&) {});
    authority = gone.authority();
  }
  const LockOptions options = {.lock_file = Path(kLock),
                               .configs = {{.path = "my.yml",
                                            .label = "//:my.yml",
                                            .text = absl::StrCat("init: ['", authority, "/a:1']")}},
                               .log = stderr};
  EXPECT_EQ(UpdateLock(options, {.config = config_, .clock = clock_}).status().message(),
            absl::StrCat(authority, "/a:1: http://", authority,
                         "/v2/a/manifests/1: cannot connect (tried 5 times)"));
  EXPECT_EQ(Text(), "no file");
}

}  // namespace
}  // namespace linuxkit
