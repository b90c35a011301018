#include "runtime/getty/session.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

// The words as exec wants them; it does not write to them.
std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

absl::Status TakeTerminal(const std::string& device) {
  if (setsid() < 0) return SystemError(errno, "setsid");
  const int fd = open(device.c_str(), O_RDWR);
  if (fd < 0) return SystemError(errno, device);
  // Already ours by open, unless another session has it: as root we may take it (1).
  if (ioctl(fd, TIOCSCTTY, 1) != 0) return SystemError(errno, "take over " + device);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(fd, standard);
  if (fd > STDERR_FILENO) close(fd);
  return absl::OkStatus();
}

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void RunSession(const Terminal& terminal, const std::vector<std::string>& command,
                             const std::string& greeting) {
  ResetSignals();
  if (!SayIfError(TakeTerminal(terminal.device))) _exit(1);
  [[maybe_unused]] const ssize_t count = write(STDOUT_FILENO, greeting.data(), greeting.size());
  const std::vector<std::string> environment = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
      absl::StrCat("TERM=", terminal.type)};
  execve(command[0].c_str(), Pointers(command).data(), Pointers(environment).data());
  SayIfError(SystemError(errno, command[0]));
  _exit(127);
}

}  // namespace

std::vector<std::string> SessionCommand(bool insecure) {
  if (insecure) return {"/bin/sh", "-l"};
  return {"/bin/busybox", "login"};
}

absl::StatusOr<pid_t> StartSession(const Terminal& terminal,
                                   const std::vector<std::string>& command,
                                   const std::string& greeting) {
  const pid_t pid = fork();
  if (pid < 0) return SystemError(errno, "fork");
  if (pid == 0) RunSession(terminal, command, greeting);
  return pid;
}

}  // namespace linuxkit
