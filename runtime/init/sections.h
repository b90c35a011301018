// The container sections of an image: onboot, services, onshutdown.
#ifndef RUNTIME_INIT_SECTIONS_H_
#define RUNTIME_INIT_SECTIONS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/channel/channel.h"
#include "runtime/container/launcher.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

class Sections {
 public:
  // `interrupted`: a shutdown has been asked for, so what can wait no longer is given up.
  Sections(EventLoop& loop, const Launcher& launcher, Channel& channel,
           std::function<bool()> interrupted);

  // Runs the bundles of /containers/onboot or /containers/onshutdown one after another in name
  // order. Failures are said and the next follows.
  void RunOnboot();
  void RunOnshutdown();

  // Starts all services and waits until each has started or failed, not for what they do then.
  void StartServices();

  // The words that run `script` with /bin/sh in a running service, or in our own root for "-".
  absl::StatusOr<std::vector<std::string>> ShellCommand(const std::string& container,
                                                        const std::string& script) const;

 private:
  struct Sequence;
  void RunSequence(const Sequence& sequence);
  void RunOne(const Sequence& sequence, const Container& container);
  void OnServiceStarted(const Container& container, const absl::Status& status);
  void OnServiceExited(const std::string& name, int status);

  EventLoop& loop_;
  Launcher launcher_;
  Channel& channel_;
  std::function<bool()> interrupted_;
  std::map<std::string, Container> running_;
};

}  // namespace linuxkit

#endif  // RUNTIME_INIT_SECTIONS_H_
