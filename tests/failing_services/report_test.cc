// One boot of a system in which much fails, as a user starts it: by the program that
// linuxkit_boot_test makes. The report has to name everything, in full.
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

using ::testing::UnorderedElementsAre;

constexpr char kBootTest[] = "tests/failing_services/failing_boot_test";

// The failures of a report: all up to the line that begins with "command: ".
std::vector<std::string> Failures(std::string_view report) {
  std::vector<std::string> failures;
  for (std::string_view line : absl::StrSplit(report, '\n')) {
    if (line.starts_with("command: ")) break;
    if (absl::ConsumePrefix(&line, "FAIL ")) {
      failures.emplace_back(line);
    } else if (!failures.empty()) {
      absl::StrAppend(&failures.back(), "\n", line);
    }
  }
  return failures;
}

std::string Numbers(int first, int last) {
  std::string lines;
  for (int i = first; i <= last; ++i) absl::StrAppend(&lines, "\n    out: ", i);
  return lines;
}

class FailingServices : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    outputs_ = absl::StrCat(testing::TempDir(), "/outputs");
    std::filesystem::create_directories(outputs_);
    ASSERT_EQ(setenv("TEST_UNDECLARED_OUTPUTS_DIR", outputs_.c_str(), 1), 0);
    const absl::StatusOr<FinishedProcess> run = RunToEnd({kBootTest}, std::chrono::minutes(4));
    ASSERT_TRUE(run.ok()) << run.status();
    report_ = run->output;
    status_ = run->status;
  }
  static std::string Output(std::string_view path) {
    const absl::StatusOr<std::string> text = ReadFile(absl::StrCat(outputs_, "/", path));
    return text.ok() ? *text : std::string(text.status().message());
  }

  static inline std::string outputs_;
  static inline std::string report_;
  static inline ExitStatus status_;
};

TEST_F(FailingServices, AllAreNamedWithTheirReasons) {
  EXPECT_EQ(status_.Describe(), "status 1");
  EXPECT_THAT(
      Failures(report_),
      UnorderedElementsAre(
          "[guest]: onboot container \"001-link\" exited with status 7; its last output:\n"
          "    out: looking for a link\n"
          "    err: no link",
          "[guest]: service \"nosource\" could not be started: runc create failed: unable to start "
          "container process: error during container init: failed to fulfil mount request: open "
          "/var/lib/nothere: no such file or directory",
          "[guest]: service \"exits\" exited with status 3; its last output:\n"
          "    err: I am broken",
          "[guest]: service \"crashes\" was killed by signal 11 (Segmentation fault); its last "
          "output:\n"
          "    out: about to crash",
          "[guest]: service \"shell_of_a_crash\" was killed by signal 11 (Segmentation fault); it "
          "wrote nothing",
          absl::StrCat("[guest]: service \"chatty\" exited with status 1; its last output:\n"
                       "    out: (earlier lines are left out)",
                       Numbers(982, 1000), "\n    out: \\x1b[31mred\\x1b]0;title\\x07"),
          "[guest]: service \"clash\" exited with status 1; its last output:\n"
          "    err: httpd: bind: Address already in use",
          "[expectation]: command \"echo hello; exit 4\" in web exited with status 4; its last "
          "output:\n"
          "    out: hello",
          "[expectation]: command \"true\" in exits exited with status 127; its last output:\n"
          "    out: no service exits is running",
          "[expectation]: after 20 s no line of the serial console matched \"no console has this "
          "line\"",
          "[expectation]: after 20 s port 8001: GET /: status 404, expected 200",
          "[shutdown]: onshutdown container \"000-save\" exited with status 5; its last output:\n"
          "    err: disk full"))
      << report_;
}

TEST_F(FailingServices, LogsAreOutputs) {
  EXPECT_EQ(Output("logs/onboot/001-link.out.log"), "looking for a link\n");
  EXPECT_EQ(Output("logs/services/exits.log"), "I am broken\n");
  EXPECT_EQ(Output("logs/services/web.log"), "");
  EXPECT_TRUE(Output("logs/services/chatty.out.log").starts_with("1\n2\n3\n"));
  EXPECT_EQ(Output("logs/onshutdown/000-save.log"), "disk full\n");
}

}  // namespace
}  // namespace linuxkit
