#include "runtime/container/launcher.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "runtime/base/console.h"
#include "runtime/base/ending.h"
#include "runtime/base/file.h"
#include "runtime/container/bundle.h"
#include "runtime/container/log_pipe.h"
#include "runtime/container/runtime_json.h"

namespace linuxkit {
namespace {

// Files of a launch: the process id and the log of runc itself, which is apart from the container's
// output.
constexpr char kWorkDirectory[] = "/run/linuxkit";

// Services have the directory that runc uses by default, for the sake of people who type `runc
// list`.
std::string StateDirectory(const Container& container) {
  return container.type == "services" ? "/run/runc" : "/run/runc-" + container.type;
}

// The last message in runc's JSON log.
std::string LastMessage(const std::string& log) {
  std::string message;
  for (const std::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!entry.is_object()) continue;
    const auto found = entry.find("msg");
    if (found != entry.end() && found->is_string()) message = found->get<std::string>();
  }
  return message;
}

// One container on its way. The callbacks that wait in the loop keep it alive.
class Launch : public std::enable_shared_from_this<Launch> {
 public:
  Launch(EventLoop& loop, const Launcher::Options& options, Container container,
         LaunchEvents events)
      : loop_(loop),
        options_(options),
        container_(std::move(container)),
        events_(std::move(events)),
        work_prefix_(absl::StrCat(kWorkDirectory, "/", container_.type, ".", container_.name)) {}

  void Begin() {
    absl::Status status = Prepare();
    if (status.ok()) status = Create();
    if (!status.ok()) Fail(status);
  }

 private:
  using Step = void (Launch::*)();

  absl::Status Prepare() {
    absl::StatusOr<RuntimeConfig> config = ReadRuntimeJson(container_.bundle);
    if (!config.ok()) return config.status();
    config_ = *std::move(config);
    if (absl::Status status = MakeDirectories(ParentOf(work_prefix_)); !status.ok()) return status;
    if (absl::Status status = PrepareBundle(container_.bundle, config_); !status.ok()) {
      return status;
    }
    return options_.console ? absl::OkStatus() : OpenLogs();
  }

  absl::Status OpenLogs() {
    absl::StatusOr<std::shared_ptr<LogPipe>> out = LogPipe::Start(loop_, container_.out_log());
    if (!out.ok()) return out.status();
    out_ = *out;
    absl::StatusOr<std::shared_ptr<LogPipe>> err = LogPipe::Start(loop_, container_.err_log());
    if (!err.ok()) return err.status();
    err_ = *err;
    return absl::OkStatus();
  }

  absl::Status Create() {
    return RunRunc({"create", "--bundle", container_.bundle, "--pid-file", work_prefix_ + ".pid",
                    container_.name},
                   &Launch::OnCreated);
  }

  void OnCreated() {
    // The container has inherited the pipes; when it ends, they end.
    CloseWriters();
    absl::Status status = ReadPid();
    if (!status.ok()) return Fail(status);
    loop_.OnExit(pid_, [self = shared_from_this()](int exit) { self->OnExited(exit); });
    status = PrepareProcess(config_, pid_);
    if (status.ok()) status = RunRunc({"start", container_.name}, &Launch::OnStarted);
    if (!status.ok()) Fail(status);
  }

  void OnStarted() {
    started_ = true;
    events_.started(absl::OkStatus());
    if (ending_.has_value()) Finish();
  }

  // May come before `runc start` has ended, if the process was quick.
  void OnExited(int wait_status) {
    ending_ = EndingOf(wait_status);
    if (started_) Finish();
  }

  void Finish() {
    for (const std::shared_ptr<LogPipe>& log : {out_, err_}) {
      if (log != nullptr) log->Drain();
    }
    events_.exited(*ending_);
  }

  absl::Status ReadPid() {
    const std::string path = work_prefix_ + ".pid";
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(*text), &pid_)) {
      return absl::DataLossError(
          absl::StrCat(path, ": found \"", *text, "\", expected a process id"));
    }
    // Already reaped: nobody would tell us about its end.
    if (kill(pid_, 0) != 0) return absl::AbortedError("the container ended before it was started");
    return absl::OkStatus();
  }

  // Runs `runc ARGUMENTS` and goes on with `next` if it succeeds, else fails with runc's own words.
  absl::Status RunRunc(const std::vector<std::string>& arguments, Step next) {
    const std::string log = work_prefix_ + ".runc.json";
    unlink(log.c_str());
    Program program;
    program.argv = {options_.runc,  "--root", StateDirectory(container_), "--log", log,
                    "--log-format", "json"};
    if (options_.debug) {
      program.argv.push_back("--debug");
      Say(absl::StrCat("runc ", arguments[0], " ", container_.name));
    }
    program.argv.insert(program.argv.end(), arguments.begin(), arguments.end());
    if (out_ != nullptr && out_->writer().ok()) program.out = out_->writer().get();
    if (err_ != nullptr && err_->writer().ok()) program.err = err_->writer().get();
    const absl::StatusOr<pid_t> pid = Spawn(program);
    if (!pid.ok()) return pid.status();
    loop_.OnExit(*pid, [self = shared_from_this(), log, next, verb = arguments[0]](int status) {
      if (status == 0) return (self.get()->*next)();
      std::string message = LastMessage(ReadFile(log).value_or(""));
      if (message.empty()) {
        message = absl::StrCat("runc ", verb, " ", Describe(EndingOf(status)));
      }
      self->Fail(absl::AbortedError(message));
    });
    return absl::OkStatus();
  }

  void CloseWriters() {
    for (const std::shared_ptr<LogPipe>& log : {out_, err_}) {
      if (log != nullptr) log->writer().Close();
    }
  }

  void Fail(const absl::Status& status) {
    CloseWriters();
    // What was created and could not be started would wait for ever.
    if (pid_ > 0) kill(pid_, SIGKILL);
    events_.started(status);
  }

  EventLoop& loop_;
  const Launcher::Options options_;
  const Container container_;
  const LaunchEvents events_;
  const std::string work_prefix_;
  RuntimeConfig config_;
  std::shared_ptr<LogPipe> out_;
  std::shared_ptr<LogPipe> err_;
  pid_t pid_ = 0;
  bool started_ = false;
  std::optional<Ending> ending_;
};

}  // namespace

void Launcher::Launch(const Container& container, LaunchEvents events) {
  std::make_shared<linuxkit::Launch>(loop_, options_, container, std::move(events))->Begin();
}

std::vector<std::string> Launcher::ExecCommand(const Container& container,
                                               const std::vector<std::string>& argv) const {
  std::vector<std::string> command = {options_.runc, "--root", StateDirectory(container), "exec",
                                      container.name};
  command.insert(command.end(), argv.begin(), argv.end());
  return command;
}

}  // namespace linuxkit
