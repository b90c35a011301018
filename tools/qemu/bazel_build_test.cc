// Against a Bazel that is a shell script: it notes its command lines, and answers queries.
#include "tools/qemu/bazel_build.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

class BazelBuildTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(dir_);
    build_ = {.program = absl::StrCat(dir_, "/bazel"),
              .workspace = dir_,
              .exec_root = "/cache/0123456789abcdef0123456789abcdef/execroot/_main",
              .flags = {"-c", "opt"}};
  }
  void SetBazel(std::string_view script) {
    ASSERT_EQ(WriteFile(build_.program,
                        absl::StrCat("#!/bin/sh\necho \"$PWD: $*\" >> \"$0.log\"\n", script, "\n")),
              absl::OkStatus());
    chmod(build_.program.c_str(), 0755);
  }

  std::string dir_;
  BazelBuild build_;
};

TEST_F(BazelBuildTest, BuildsThenAsksForTheFiles) {
  SetBazel("case $* in *cquery*) echo bazel-out/k8/bin/os/x.iso; echo /abs/y;; esac");
  EXPECT_EQ(*BuildOutputs(build_, "@@//os:x_iso"),
            (std::vector<std::string>{
                "/cache/0123456789abcdef0123456789abcdef/execroot/_main/bazel-out/k8/bin/os/x.iso",
                "/abs/y"}));
  const std::string start = absl::StrCat(
      std::filesystem::canonical(dir_).string(),
      ": --output_user_root=/cache --output_base=/cache/0123456789abcdef0123456789abcdef ");
  EXPECT_EQ(*ReadFile(absl::StrCat(build_.program, ".log")),
            absl::StrCat(start, "build -c opt -- @@//os:x_iso\n", start,
                         "cquery -c opt --output=files --noshow_progress --ui_event_filters=-info "
                         "-- @@//os:x_iso\n"));
}
TEST_F(BazelBuildTest, BuildFails) {
  SetBazel("exit 1");
  EXPECT_EQ(BuildOutputs(build_, "//os:x").status().message(),
            absl::StrCat("//os:x was not built: ", build_.program, " ended with status 1"));
}
TEST_F(BazelBuildTest, NoFiles) {
  SetBazel("exit 0");
  EXPECT_EQ(BuildOutputs(build_, "//os:x").status().message(), "//os:x has no files to boot");
}

TEST(StartupOptions, LeadToTheServerOfTheOutputs) {
  EXPECT_EQ(StartupOptions("/c/0123456789abcdef0123456789abcdef/execroot/_main"),
            (std::vector<std::string>{"--output_user_root=/c",
                                      "--output_base=/c/0123456789abcdef0123456789abcdef"}));
  EXPECT_EQ(StartupOptions("/my/base/execroot/_main"),
            std::vector<std::string>{"--output_base=/my/base"});
  EXPECT_TRUE(StartupOptions("/elsewhere").empty());
}

TEST_F(BazelBuildTest, FindBazelInOrder) {
  ASSERT_EQ(setenv("BAZEL", "/my/bazel", 1), 0);
  EXPECT_EQ(*FindBazel("/flag/bazel", dir_), "/flag/bazel");
  EXPECT_EQ(*FindBazel("", dir_), "/my/bazel");
  unsetenv("BAZEL");
  SetBazel("");
  ASSERT_EQ(setenv("PATH", dir_.c_str(), 1), 0);
  EXPECT_EQ(*FindBazel("", "/none"), build_.program);
  std::filesystem::rename(build_.program, absl::StrCat(dir_, "/bazelw"));
  EXPECT_EQ(*FindBazel("", dir_), absl::StrCat(dir_, "/bazelw"));
  EXPECT_EQ(FindBazel("", "/none").status().message(),
            "found no bazel or bazelisk in PATH to build what --boot names; give one with --bazel, "
            "or the file with --boot-file");
}

}  // namespace
}  // namespace linuxkit
