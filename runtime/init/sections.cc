#include "runtime/init/sections.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/base/printable.h"
#include "runtime/channel/protocol.h"
#include "runtime/container/bundle.h"
#include "runtime/init/logs.h"

namespace linuxkit {

// A section whose containers run one after another.
struct Sections::Sequence {
  const char* directory;
  // In names of logs; LinuxKit says "shutdown" where the section is "onshutdown".
  const char* type;
  // In lines of the test channel about it, and about its logs.
  const char* event;
  const char* section;
  bool can_be_interrupted;
};

namespace {

// How long services are watched before the console says which run.
constexpr std::chrono::seconds kSettling(1);

void CopyToConsole(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return;
  [[maybe_unused]] const ssize_t count = write(STDOUT_FILENO, text->data(), text->size());
}

// What happened to a container that runs once; shared with callbacks that may outlive the wait for
// it.
struct Outcome {
  std::optional<absl::Status> started;
  std::optional<Ending> ending;
  bool IsOver() const { return ending.has_value() || (started.has_value() && !started->ok()); }
};

LaunchEvents Record(const std::shared_ptr<Outcome>& outcome) {
  return {.started = [outcome](const absl::Status& status) { outcome->started = status; },
          .exited = [outcome](const Ending& ending) { outcome->ending = ending; }};
}

// Enough for a message of runc, which may quote what it was given.
constexpr size_t kMaxReason = size_t{4} << 10;

std::string Names(const std::set<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* text, const std::string& name) {
    text->append(Printable(name));
  });
}

}  // namespace

Sections::Sections(EventLoop& loop, const Launcher& launcher, Channel& channel,
                   std::function<bool()> interrupted)
    : loop_(loop), launcher_(launcher), channel_(channel), interrupted_(std::move(interrupted)) {}

void Sections::RunOnboot() {
  RunSequence({"/containers/onboot", "onboot", "ONBOOT", "onboot", /*can_be_interrupted=*/true});
}

void Sections::RunOnshutdown() {
  RunSequence({"/containers/onshutdown", "shutdown", "ONSHUTDOWN", "onshutdown",
               /*can_be_interrupted=*/false});
}

void Sections::RunSequence(const Sequence& sequence) {
  const absl::StatusOr<std::vector<std::string>> names = ListDirectory(sequence.directory);
  if (!SayIfError(names.status()) || names->empty()) return;
  const std::string logs = absl::StrCat("/run/log/", sequence.type);
  SayIfError(MakeDirectories(logs));
  const std::string link = absl::StrCat("/var/log/", sequence.type);
  if (symlink(logs.c_str(), link.c_str()) != 0 && errno != EEXIST) {
    SayIfError(SystemError(errno, absl::StrCat("link ", link)));
  }
  for (const std::string& name : *names) {
    if (sequence.can_be_interrupted && interrupted_()) return;
    RunOne(sequence, {.name = name,
                      .type = sequence.type,
                      .bundle = absl::StrCat(sequence.directory, "/", name),
                      .log_prefix = absl::StrCat(logs, "/", sequence.type, ".", name)});
  }
}

void Sections::RunOne(const Sequence& sequence, const Container& container) {
  launched_.push_back({sequence.section, container});
  const auto outcome = std::make_shared<Outcome>();
  launcher_.Launch(container, Record(outcome));
  loop_.RunUntil(
      [&] { return outcome->IsOver() || (sequence.can_be_interrupted && interrupted_()); });
  if (!outcome->IsOver()) return;
  ReleaseBundle(container.bundle);
  CopyToConsole(container.out_log());
  CopyToConsole(container.err_log());
  const std::string what = absl::StrCat(sequence.type, " ", Printable(container.name));
  if (!outcome->ending.has_value()) {
    return TellFailed(sequence.event, what, container.name, *outcome->started);
  }
  if (!outcome->ending->good()) Say(absl::StrCat(what, " ", Describe(*outcome->ending)));
  TellEnded(sequence.event, container.name, *outcome->ending);
}

void Sections::TellFailed(std::string_view event, std::string_view what, std::string_view name,
                          const absl::Status& status) {
  Say(absl::StrCat(what, " could not be started: ", Printable(status.message(), kMaxReason)));
  channel_.Send(
      {event, EncodeName(name), "failed", EncodeText(status.message().substr(0, kMaxReason))});
}

void Sections::TellEnded(std::string_view event, std::string_view name, const Ending& ending) {
  const bool killed = ending.signal != 0;
  channel_.Send({event, EncodeName(name), killed ? "killed" : "exited",
                 absl::StrCat(killed ? ending.signal : ending.status)});
}

void Sections::StartServices() {
  const absl::StatusOr<std::vector<std::string>> names = ListDirectory("/containers/services");
  if (!SayIfError(names.status())) return;
  const auto waiting = std::make_shared<size_t>(names->size());
  for (const std::string& name : *names) {
    const Container container{.name = name,
                              .type = "services",
                              .bundle = "/containers/services/" + name,
                              .log_prefix = "/var/log/" + name};
    launched_.push_back({"services", container});
    launcher_.Launch(
        container,
        {.started =
             [this, container, waiting](const absl::Status& status) {
               --*waiting;
               OnServiceStarted(container, status);
             },
         .exited = [this, container](const Ending& ending) { OnServiceEnded(container, ending); }});
  }
  loop_.RunUntil([&] { return *waiting == 0 || interrupted_(); });
}

void Sections::OnServiceStarted(const Container& container, const absl::Status& status) {
  if (status.ok()) {
    running_.emplace(container.name, container);
    return channel_.Send({"SERVICE", EncodeName(container.name), "started"});
  }
  failed_.insert(container.name);
  TellFailed("SERVICE", absl::StrCat("service ", Printable(container.name)), container.name,
             status);
}

void Sections::OnServiceEnded(const Container& container, const Ending& ending) {
  running_.erase(container.name);
  (ending.good() ? ended_ : failed_).insert(container.name);
  // At the end of the system it was asked to end.
  const bool shows_output = !ending.good() && !interrupted_();
  Say(absl::StrCat("service ", Printable(container.name), " ", Describe(ending),
                   shows_output ? LastOutput(container) : ""));
  TellEnded("SERVICE", container.name, ending);
}

void Sections::SettleServices() {
  loop_.RunUntil([this] { return running_.empty() || interrupted_(); }, kSettling);
  if (interrupted_()) return;
  if (running_.empty() && ended_.empty() && failed_.empty()) return;
  std::set<std::string> running;
  for (const auto& [name, container] : running_) running.insert(name);
  std::string line =
      running.empty() ? "no service running"
                      : absl::StrCat(running.size(), running.size() == 1 ? " service" : " services",
                                     " running: ", Names(running));
  if (!ended_.empty()) absl::StrAppend(&line, "; ended: ", Names(ended_));
  if (!failed_.empty()) absl::StrAppend(&line, "; failed: ", Names(failed_));
  Say(line);
}

void Sections::SendLogs() const {
  if (!channel_.IsOn()) return;
  for (const Launched& launched : launched_) {
    if (!linuxkit::SendLogs(channel_, launched.section, launched.container)) return;
  }
}

absl::StatusOr<std::vector<std::string>> Sections::ShellCommand(const std::string& container,
                                                                const std::string& script) const {
  const std::vector<std::string> shell = {"/bin/sh", "-c", script};
  if (container.empty()) return shell;
  const auto found = running_.find(container);
  if (found == running_.end()) {
    return absl::NotFoundError(absl::StrCat("no service ", Printable(container), " is running"));
  }
  return launcher_.ExecCommand(found->second, shell);
}

}  // namespace linuxkit
