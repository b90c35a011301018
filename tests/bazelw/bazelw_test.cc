// bazelw beside stand-ins for everything that it calls: which Bazel it takes, when it makes a build
// root, and what it says if it cannot. That the real build root works shows in that this test runs.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kMakeRoot[] = "echo made >>\"$HOME/made\"; mkdir \"$1\"";
constexpr char kAnnounced[] =
    "bazelw: making the build root (once; about two minutes and 4 GB in "
    "HOME/cache/rules_linuxkit)\n";

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

class BazelwTest : public testing::Test {
 protected:
  BazelwTest()
      : home_(absl::StrCat(std::filesystem::canonical(testing::TempDir()).string(), "/",
                           testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(home_);
    for (const char* directory :
         {"/bin", "/repository/third_party/buildroot/precompiled",
          "/repository/third_party/overlay/abseil-cpp/uninstrumented/absl/base", "/elsewhere"}) {
      std::filesystem::create_directories(home_ + directory);
    }
    std::filesystem::copy_file(getenv("BAZELW"), home_ + "/repository/bazelw");
    for (const char* list :
         {"keep-images", "keep-sources", "packages.txt", "images.txt", "bazel.bazelrc",
          "precompiled/clang", "../overlay/abseil-cpp/uninstrumented/absl/base/config.h"}) {
      Recipe(list, "");
    }
    Recipe("make", kMakeRoot);
    Recipe("enter", "echo \"entered $*\" in \"$PWD\"");
    // What bazelw may call, and nothing else that this machine may have.
    for (const char* name :
         {"bash", "cat", "chmod", "cut", "dirname", "env", "flock", "mkdir", "mkfifo", "mount",
          "readlink", "rm", "sed", "sh", "sha256sum", "uname", "unshare"}) {
      const std::string where = Exists("/usr/bin/", name) ? "/usr/bin/" : "/bin/";
      std::filesystem::create_symlink(where + name, home_ + "/bin/" + name);
    }
    Program("mmdebstrap", "exit 1");
    Program("id", "echo 1000");
  }

  static bool Exists(std::string_view directory, std::string_view name) {
    return std::filesystem::exists(absl::StrCat(directory, name));
  }
  void Script(const std::string& path, std::string_view text) {
    ASSERT_THAT(WriteFile(path, absl::StrCat("#!/bin/bash\n", text, "\n")), IsOk());
    ASSERT_EQ(chmod(path.c_str(), 0755), 0);
  }
  void Recipe(const std::string& name, std::string_view text) {
    Script(home_ + "/repository/third_party/buildroot/" + name, text);
  }
  void Program(const std::string& name, std::string_view text) {
    Script(home_ + "/bin/" + name, text);
  }
  std::string Read(const std::string& name) {
    const std::string text = ReadFile(home_ + "/" + name).value_or("");
    return absl::StrReplaceAll(text, {{home_, "HOME"}});
  }
  // Runs shell text in which `bazelw` is ours; what it prints has HOME for the test's directory.
  Outcome Run(std::string_view text) {
    EXPECT_THAT(WriteFile(home_ + "/script", absl::StrCat("bazelw() { \"$HOME/repository/bazelw\" "
                                                          "\"$@\"; }\ncd \"$HOME/elsewhere\"\n",
                                                          text, "\n")),
                IsOk());
    const int status =
        std::system(absl::StrCat("env -i PATH='", home_, "/bin' HOME='", home_,
                                 "' XDG_CACHE_HOME='", home_, "/cache' '", home_, "/bin/bash' '",
                                 home_, "/script' >'", home_, "/out' 2>'", home_, "/err'")
                        .c_str());
    return {.status = WEXITSTATUS(status), .out = Read("out"), .err = Read("err")};
  }

  const std::string home_;
};

TEST_F(BazelwTest, BazelOfTheEnvironment) {
  Program("mine", "echo \"mine: $*\" in \"$PWD\"; exit 7");
  const Outcome outcome = Run("BAZEL=mine bazelw build //... '--flag=a b'");
  EXPECT_EQ(outcome.out, "mine: build //... --flag=a b in HOME/elsewhere\n");
  EXPECT_EQ(outcome.status, 7);
}

TEST_F(BazelwTest, BazelOnPath) {
  Program("bazel", "[ \"$1\" = --version ] && echo 'bazel 7.1.0' || echo \"theirs: $*\"");
  EXPECT_EQ(Run("bazelw test //x").out, "theirs: test //x\n");
}

TEST_F(BazelwTest, BazeliskOnPathBehindAnOldBazel) {
  Program("bazel", "echo 'bazel 7.0.2'");
  Program("bazelisk", "[ \"$1\" = --version ] && echo 'bazel 10.0.0' || echo \"bazelisk: $*\"");
  EXPECT_EQ(Run("bazelw test //x").out, "bazelisk: test //x\n");
}

TEST_F(BazelwTest, OldBazelIsNotTaken) {
  Program("bazel", "echo 'bazel 6.5.0'");
  EXPECT_THAT(Run("bazelw test //x").out, HasSubstr("entered HOME/cache/rules_linuxkit/root-"));
}

TEST_F(BazelwTest, BazelOfNoVersionIsNotTaken) {
  Program("bazel", "echo 'Development version'");
  EXPECT_THAT(Run("bazelw test //x").out, HasSubstr("entered HOME/cache/rules_linuxkit/root-"));
}

TEST_F(BazelwTest, BuildRootIfAskedFor) {
  Program("bazel", "[ \"$1\" = --version ] && echo 'bazel 8.0.0' || echo theirs");
  EXPECT_THAT(Run("BAZELW_BUILD_ROOT=1 bazelw test //x").out,
              HasSubstr("entered HOME/cache/rules_linuxkit/root-"));
}

TEST_F(BazelwTest, BuildRootIsMadeOnce) {
  const Outcome outcome = Run("bazelw build //x && bazelw build //y");
  EXPECT_THAT(outcome.out,
              MatchesRegex("entered (.*/root-.*) bazel --output_user_root=.*/root-.*\\.bazel "
                           "--bazelrc=.*/third_party/buildroot/quiet.bazelrc build "
                           "//x in HOME/elsewhere\nentered .* build //y in HOME/elsewhere\n"));
  EXPECT_EQ(outcome.err, kAnnounced);
  EXPECT_EQ(Read("made"), "made\n");
}

TEST_F(BazelwTest, BuildRootChangesWithItsRecipe) {
  EXPECT_EQ(
      Run("a=$(bazelw --build-root) && echo zlib1g-dev "
          ">>\"$HOME/repository/third_party/buildroot/packages.txt\" &&"
          " b=$(bazelw --build-root) && [ \"$a\" != \"$b\" ] && [ -d \"$a\" ] && [ -d \"$b\" ]")
          .status,
      0);
  EXPECT_EQ(Read("made"), "made\nmade\n");
}

TEST_F(BazelwTest, TwoAtOnceMakeOneBuildRoot) {
  Recipe("make", absl::StrCat("echo >\"$HOME/started\"; read -r _ <\"$HOME/go\"; ", kMakeRoot));
  const Outcome outcome = Run(R"(
      mkfifo "$HOME/started" "$HOME/go" "$HOME/second"
      bazelw build //first & first=$!
      read -r _ <"$HOME/started"
      bazelw build //second 2>"$HOME/second" & second=$!
      read -r said <"$HOME/second"
      echo "$said"
      echo >"$HOME/go"
      wait "$first" && wait "$second")");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("waiting for another bazelw that makes the build root\n"));
  EXPECT_THAT(outcome.out, HasSubstr("build //first"));
  EXPECT_THAT(outcome.out, HasSubstr("build //second"));
  EXPECT_EQ(Read("made"), "made\n");
}

TEST_F(BazelwTest, InterruptedBuildRootGoesOnWithItsDownloads) {
  Recipe("make", absl::StrCat("mkdir -p \"$2\"; if [ ! -e \"$2/x.deb\" ]; then echo >\"$2/x.deb\"; "
                              "exit 3; fi; ",
                              kMakeRoot));
  const Outcome first = Run("bazelw build //x");
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(first.err,
            absl::StrCat(kAnnounced,
                         "bazelw: could not make the build root; what was downloaded is kept, so "
                         "run the same command again to go on\n"));
  EXPECT_EQ(Run("bazelw build //x").status, 0);
}

TEST_F(BazelwTest, NeitherBazelNorApt) {
  std::filesystem::remove(home_ + "/bin/mmdebstrap");
  const Outcome outcome = Run("bazelw build //x");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "bazelw: found no Bazel 7.1 or newer on PATH and no apt-get to make a build root with. "
            "Install bazelisk and run again.\n");
}

TEST_F(BazelwTest, UserIsToldWhatToInstall) {
  std::filesystem::remove(home_ + "/bin/mmdebstrap");
  Program("apt-get", "echo installed >>\"$HOME/made\"");
  const Outcome outcome = Run("bazelw build //x");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "bazelw: the build root needs: mmdebstrap. Run: sudo apt-get install mmdebstrap\n");
  EXPECT_EQ(Read("made"), "");
}

TEST_F(BazelwTest, RootGetsInstalledWhatIsMissing) {
  std::filesystem::remove(home_ + "/bin/mmdebstrap");
  Program("id", "echo 0");
  Program("apt-get", "echo \"$*\" >>\"$HOME/made\"");
  EXPECT_EQ(Run("bazelw build //x").err,
            absl::StrCat("bazelw: installing mmdebstrap\n", kAnnounced));
  EXPECT_EQ(Read("made"), "update -qq\ninstall -y -qq --no-install-recommends mmdebstrap\nmade\n");
}

TEST_F(BazelwTest, InstallationThatFails) {
  std::filesystem::remove(home_ + "/bin/mmdebstrap");
  Program("id", "echo 0");
  Program("apt-get", "exit 100");
  const Outcome outcome = Run("bazelw build //x");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "bazelw: installing mmdebstrap\nbazelw: could not install mmdebstrap. Run: apt-get "
            "install mmdebstrap\n");
}

// Signals, the terminal and the exit status are the program's own, since it has bazelw's process.
TEST_F(BazelwTest, ProgramOfTheBuildRootReplacesBazelw) {
  Recipe("enter", "echo \"$$ $2\"; kill -TERM $$");
  const Outcome outcome =
      Run("\"$HOME/repository/bazelw\" --in-build-root clang-format & p=$!; wait $p; s=$?; echo "
          "$p; exit $s");
  EXPECT_EQ(outcome.status, 128 + 15);
  EXPECT_THAT(outcome.out, MatchesRegex("[0-9]+ clang-format\n[0-9]+\n"));
  EXPECT_EQ(outcome.out.substr(0, outcome.out.find(' ')),
            outcome.out.substr(outcome.out.find('\n') + 1,
                               outcome.out.size() - outcome.out.find('\n') - 2));
}

TEST_F(BazelwTest, CleanRemovesTheCacheAndNothingElse) {
  EXPECT_EQ(Run("bazelw build //x && bazelw --clean-build-root").status, 0);
  EXPECT_FALSE(std::filesystem::exists(home_ + "/cache/rules_linuxkit"));
  EXPECT_TRUE(std::filesystem::exists(home_ + "/cache"));
  EXPECT_TRUE(std::filesystem::exists(home_ + "/repository/bazelw"));
}

TEST_F(BazelwTest, CalledByALink) {
  std::filesystem::create_symlink(home_ + "/repository/bazelw", home_ + "/bin/b");
  EXPECT_THAT(Run("b build //x").out, HasSubstr("build //x in HOME/elsewhere"));
}

}  // namespace
}  // namespace linuxkit
