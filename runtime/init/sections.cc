#include "runtime/init/sections.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/container/bundle.h"

namespace linuxkit {

// A section whose containers run one after another.
struct Sections::Sequence {
  const char* directory;
  // In names of logs; LinuxKit says "shutdown" where the section is "onshutdown".
  const char* type;
  // In lines of the test channel.
  const char* event;
  bool can_be_interrupted;
};

namespace {

void CopyToConsole(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return;
  [[maybe_unused]] const ssize_t count = write(STDOUT_FILENO, text->data(), text->size());
}

// What happened to a container that runs once; shared with callbacks that may outlive the wait for
// it.
struct Outcome {
  std::optional<absl::Status> started;
  std::optional<int> exit_status;
  bool IsOver() const { return exit_status.has_value() || (started.has_value() && !started->ok()); }
};

LaunchEvents Record(const std::shared_ptr<Outcome>& outcome) {
  return {.started = [outcome](const absl::Status& status) { outcome->started = status; },
          .exited = [outcome](int status) { outcome->exit_status = status; }};
}

}  // namespace

Sections::Sections(EventLoop& loop, const Launcher& launcher, Channel& channel,
                   std::function<bool()> interrupted)
    : loop_(loop), launcher_(launcher), channel_(channel), interrupted_(std::move(interrupted)) {}

void Sections::RunOnboot() {
  RunSequence({"/containers/onboot", "onboot", "ONBOOT", /*can_be_interrupted=*/true});
}

void Sections::RunOnshutdown() {
  RunSequence({"/containers/onshutdown", "shutdown", "ONSHUTDOWN", /*can_be_interrupted=*/false});
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
  const auto outcome = std::make_shared<Outcome>();
  launcher_.Launch(container, Record(outcome));
  loop_.RunUntil(
      [&] { return outcome->IsOver() || (sequence.can_be_interrupted && interrupted_()); });
  if (!outcome->IsOver()) return;
  ReleaseBundle(container.bundle);
  CopyToConsole(container.log_prefix + ".out.log");
  CopyToConsole(container.log_prefix + ".log");
  const std::string what = absl::StrCat(sequence.type, " ", container.name);
  if (!outcome->exit_status.has_value()) {
    SayIfError(*outcome->started, what);
    channel_.Send({sequence.event, container.name, "failed"});
    return;
  }
  if (*outcome->exit_status != 0) {
    Say(absl::StrCat(what, " exited with status ", *outcome->exit_status));
  }
  channel_.Send({sequence.event, container.name, absl::StrCat(*outcome->exit_status)});
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
    launcher_.Launch(container,
                     {.started =
                          [this, container, waiting](const absl::Status& status) {
                            --*waiting;
                            OnServiceStarted(container, status);
                          },
                      .exited = [this, name](int status) { OnServiceExited(name, status); }});
  }
  loop_.RunUntil([&] { return *waiting == 0 || interrupted_(); });
}

void Sections::OnServiceStarted(const Container& container, const absl::Status& status) {
  if (SayIfError(status, absl::StrCat("service ", container.name))) {
    running_.emplace(container.name, container);
    channel_.Send({"SERVICE", container.name, "started"});
  } else {
    channel_.Send({"SERVICE", container.name, "failed", EncodeField(status.message())});
  }
}

void Sections::OnServiceExited(const std::string& name, int status) {
  running_.erase(name);
  Say(absl::StrCat("service ", name, " exited with status ", status));
  channel_.Send({"SERVICE", name, "exited", absl::StrCat(status)});
}

absl::StatusOr<std::vector<std::string>> Sections::ShellCommand(const std::string& container,
                                                                const std::string& script) const {
  const std::vector<std::string> shell = {"/bin/sh", "-c", script};
  if (container == "-") return shell;
  const auto found = running_.find(container);
  if (found == running_.end()) {
    return absl::NotFoundError(absl::StrCat("no service ", container, " is running"));
  }
  return launcher_.ExecCommand(found->second, shell);
}

}  // namespace linuxkit
