#include "tools/oci/testing/run_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& words) {
  const std::string log = absl::StrCat(testing::TempDir(), "/program.log");
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot run ", words[0]));
  int exit = 0;
  if (waitpid(child, &exit, 0) < 0) return absl::ErrnoToStatus(errno, "waitpid");
  absl::StatusOr<std::string> output = ReadFile(log);
  if (!output.ok() || (WIFEXITED(exit) && WEXITSTATUS(exit) == 0)) return output;
  return absl::UnknownError(absl::StrCat(absl::StrJoin(words, " "), ": ", *output));
}

std::string MakeTestDirectory(const std::string& name) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  setenv("TMPDIR", path.c_str(), 1);
  setenv("HOME", path.c_str(), 1);
  return path;
}

}  // namespace linuxkit
