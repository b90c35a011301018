#include "tools/qemu/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kOutputLimit = 64 << 10;

absl::Status ErrnoStatus(std::string_view what) { return absl::ErrnoToStatus(errno, what); }

using Words = std::vector<std::string>;

// As exec takes them; they point into `words`.
std::vector<char*> Pointers(Words& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Everything between fork and exec; only async-signal-safe calls. Returns only if the program could
// not be executed.
void BecomeProgram(char* const* argv, char* const* environment, const SpawnOptions& options) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.parent_death_signal != 0) prctl(PR_SET_PDEATHSIG, options.parent_death_signal);
  if (!options.working_directory.empty() && chdir(options.working_directory.c_str()) < 0) return;
  const int streams[] = {options.stdin_fd, options.stdout_fd, options.stderr_fd};
  for (int i = 0; i < 3; ++i) {
    if (streams[i] >= 0 && dup2(streams[i], i) < 0) return;
  }
  for (const int fd : options.kept_fds) {
    if (fcntl(fd, F_SETFD, 0) < 0) return;
  }
  execvpe(argv[0], argv, environment);
}

// The processes that `pid` has started and that live. A kernel without these files has none.
std::vector<pid_t> Children(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  const std::filesystem::path threads = absl::StrCat("/proc/", pid, "/task");
  for (std::filesystem::directory_iterator i(threads, error), end; !error && i != end;
       i.increment(error)) {
    const std::string list = ReadFile((i->path() / "children").string(), 64 << 10).value_or("");
    for (const std::string_view word : absl::StrSplit(list, ' ', absl::SkipWhitespace())) {
      pid_t child = 0;
      if (absl::SimpleAtoi(word, &child)) children.push_back(child);
    }
  }
  return children;
}

// `pid`, and all below it.
std::vector<pid_t> Tree(pid_t pid) {
  std::vector<pid_t> tree = {pid};
  for (size_t i = 0; i < tree.size(); ++i) {
    for (const pid_t child : Children(tree[i])) tree.push_back(child);
  }
  return tree;
}

// The error that `exec_errors` carries, 0 at its end: a successful exec closes it.
int ReadExecError(int exec_errors) {
  int error = 0;
  ssize_t got;
  do {
    got = read(exec_errors, &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  return got == sizeof error ? error : 0;
}

// Waits for `fd` until `deadline`; false when that has passed.
bool AwaitReadable(std::vector<pollfd>& fds, Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) return false;
  return poll(fds.data(), fds.size(), static_cast<int>(left.count())) != 0;
}

// Appends what is there to read; false at the end of the stream.
bool ReadSome(int fd, std::string& output) {
  char buffer[4096];
  const ssize_t got = read(fd, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  output.append(buffer, std::min(static_cast<size_t>(got),
                                 kOutputLimit - std::min(kOutputLimit, output.size())));
  return got > 0;
}

}  // namespace

std::string ExitStatus::Describe() const {
  if (signal != 0) return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
  return absl::StrCat("status ", code);
}

absl::StatusOr<Process> Process::Start(const std::vector<std::string>& argv,
                                       const SpawnOptions& options) {
  std::vector<std::string> words = argv, variables = options.environment.value_or(Words());
  const std::vector<char*> pointers = Pointers(words), environment = Pointers(variables);
  ABSL_ASSIGN_OR_RETURN(DescriptorPair exec_errors, MakePipe());

  const pid_t pid = fork();
  if (pid < 0) return ErrnoStatus(absl::StrCat("cannot start ", argv[0]));
  if (pid == 0) {
    BecomeProgram(pointers.data(), options.environment ? environment.data() : environ, options);
    const int error = errno;
    [[maybe_unused]] const ssize_t sent = write(exec_errors.second.get(), &error, sizeof error);
    _exit(127);
  }
  Process process(pid, OpenProcess(pid));
  if (process.exit_fd() < 0) return ErrnoStatus("pidfd_open (needs Linux 5.3 or newer)");
  exec_errors.second = FileDescriptor();
  if (const int error = ReadExecError(exec_errors.first.get()); error != 0) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot execute ", argv[0]));
  }
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_fd_(std::move(other.exit_fd_)) {}

Process::~Process() {
  if (pid_ <= 0) return;
  const std::vector<pid_t> tree = Tree(pid_);
  std::vector<FileDescriptor> ends;
  for (size_t i = 1; i < tree.size(); ++i) ends.push_back(OpenProcess(tree[i]));
  for (const pid_t pid : tree) kill(pid, SIGKILL);
  Wait();
  for (const FileDescriptor& end : ends) AwaitEnd(end);
}

void Process::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

void Process::SignalTree(int signal) const {
  if (pid_ <= 0) return;
  for (const pid_t pid : Tree(pid_)) kill(pid, signal);
}

ExitStatus Process::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

FileDescriptor OpenProcess(pid_t pid) {
  return FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

void AwaitEnd(const FileDescriptor& process) {
  pollfd entry = {process.get(), POLLIN, 0};
  while (process.get() >= 0 && poll(&entry, 1, -1) < 0 && errno == EINTR) {
  }
}

absl::StatusOr<FinishedProcess> RunToEnd(const std::vector<std::string>& argv,
                                         std::chrono::milliseconds limit,
                                         const std::vector<int>& kept_fds) {
  const Clock::time_point deadline = Clock::now() + limit;
  ABSL_ASSIGN_OR_RETURN(DescriptorPair output, MakePipe());
  const FileDescriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  ABSL_ASSIGN_OR_RETURN(Process process, Process::Start(argv, {.stdin_fd = null.get(),
                                                               .stdout_fd = output.second.get(),
                                                               .stderr_fd = output.second.get(),
                                                               .kept_fds = kept_fds}));
  output.second = FileDescriptor();
  FinishedProcess finished;
  std::vector<pollfd> fds = {{output.first.get(), POLLIN, 0}, {process.exit_fd(), POLLIN, 0}};
  // What it printed before its end is in the pipe by the time the end is seen, so output goes
  // first.
  for (;;) {
    if (!AwaitReadable(fds, deadline)) {
      finished.timed_out = true;
      process.SignalTree(SIGKILL);
      break;
    }
    if (fds[0].revents != 0) {
      if (!ReadSome(output.first.get(), finished.output)) fds[0].fd = -1;
    } else if (fds[1].revents != 0) {
      break;
    }
  }
  finished.status = process.Wait();
  return finished;
}

absl::StatusOr<DescriptorPair> MakePipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) < 0) return ErrnoStatus("pipe2");
  return DescriptorPair{FileDescriptor(fds[0]), FileDescriptor(fds[1])};
}

absl::StatusOr<DescriptorPair> MakeSocketPair() {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) return ErrnoStatus("socketpair");
  return DescriptorPair{FileDescriptor(fds[0]), FileDescriptor(fds[1])};
}

}  // namespace linuxkit
