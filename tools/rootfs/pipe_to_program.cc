#include "tools/rootfs/pipe_to_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

// How much of what a program printed an error quotes: its last words tell why it failed.
constexpr off_t kQuoted = 4096;

// The writing end of a pipe. Small writes are collected.
class PipeSink : public ByteSink {
 public:
  explicit PipeSink(FileDescriptor fd) : fd_(std::move(fd)) { buffer_.reserve(kBufferSize); }

  absl::Status Append(std::string_view bytes) override {
    if (buffer_.size() + bytes.size() > kBufferSize) {
      ABSL_RETURN_IF_ERROR(Flush());
    }
    if (bytes.size() >= kBufferSize) return WriteAll(bytes);
    buffer_.append(bytes);
    return absl::OkStatus();
  }

  // Writes what was collected; the reader sees the end.
  absl::Status Close() {
    ABSL_RETURN_IF_ERROR(Flush());
    fd_ = FileDescriptor();
    return absl::OkStatus();
  }

  // Whether nobody reads any more.
  bool broken() const { return broken_; }

 private:
  absl::Status Flush() {
    ABSL_RETURN_IF_ERROR(WriteAll(buffer_));
    buffer_.clear();
    return absl::OkStatus();
  }

  absl::Status WriteAll(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = write(fd_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      broken_ = count < 0 && errno == EPIPE;
      if (count < 0) return absl::ErrnoToStatus(errno, "cannot write to a pipe");
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return absl::OkStatus();
  }

  FileDescriptor fd_;
  std::string buffer_;
  bool broken_ = false;
};

// The end of what is in `log`, which others write to.
std::string LastWords(int log) {
  struct stat file = {};
  if (fstat(log, &file) != 0) return "";
  const off_t size = std::min(file.st_size, kQuoted);
  std::string words(static_cast<size_t>(size), '\0');
  const ssize_t count = pread(log, words.data(), words.size(), file.st_size - size);
  words.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return std::string(absl::StripAsciiWhitespace(words));
}

absl::Status ProgramError(const std::string& path, std::string_view what, int log) {
  const std::string words = LastWords(log);
  return absl::UnknownError(absl::StrCat(std::filesystem::path(path).filename().string(), " ", what,
                                         "; it printed",
                                         words.empty() ? " nothing" : absl::StrCat(":\n", words)));
}

}  // namespace

absl::Status PipeToProgram(const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment,
                           const std::function<absl::Status(ByteSink& input)>& write) {
  // A program that ends early is an error that names it, not our end.
  signal(SIGPIPE, SIG_IGN);
  const FileDescriptor log(memfd_create("log", MFD_CLOEXEC));
  if (log.get() < 0) return absl::ErrnoToStatus(errno, "memfd_create");
  ABSL_ASSIGN_OR_RETURN(DescriptorPair input, MakePipe());
  ABSL_ASSIGN_OR_RETURN(Process process, Process::Start(argv, {.stdin_fd = input.first.get(),
                                                               .stdout_fd = log.get(),
                                                               .stderr_fd = log.get(),
                                                               .kept_fds = {},
                                                               .environment = environment}));
  input.first = FileDescriptor();
  PipeSink pipe(std::move(input.second));
  absl::Status written = write(pipe);
  if (written.ok()) written = pipe.Close();
  // Its destruction ends the process, which must not take a part for the whole.
  if (!written.ok() && !pipe.broken()) return written;
  const ExitStatus status = process.Wait();
  if (!status.success()) {
    return ProgramError(argv[0], absl::StrCat("ended with ", status.Describe()), log.get());
  }
  if (written.ok()) return written;
  return ProgramError(argv[0], "ended before it had read all of its input", log.get());
}

absl::Status MakeWhole(const std::string& output,
                       const std::function<absl::Status(const std::string& unfinished)>& make) {
  const std::string unfinished = absl::StrCat(output, ".partial");
  std::error_code error;
  std::filesystem::remove(unfinished, error);
  const absl::Cleanup remove = [&unfinished] {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
  };
  ABSL_RETURN_IF_ERROR(make(unfinished));
  std::filesystem::rename(unfinished, output, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot rename ", unfinished));
}

}  // namespace linuxkit
