// The container sections of an image: onboot, services, onshutdown.
#ifndef RUNTIME_INIT_SECTIONS_H_
#define RUNTIME_INIT_SECTIONS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/base/ending.h"
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

  // Watches the services for a second, since one that cannot work usually ends soon, and says on
  // the console which run. Returns at once when none does.
  void SettleServices();

  // Sends the logs of all containers to the host, if one listens.
  void SendLogs() const;

  // The words that run `script` with /bin/sh in a running service, or in our own root if
  // `container` is empty.
  absl::StatusOr<std::vector<std::string>> ShellCommand(const std::string& container,
                                                        const std::string& script) const;

 private:
  struct Sequence;
  void RunSequence(const Sequence& sequence);
  void RunOne(const Sequence& sequence, const Container& container);
  void OnServiceStarted(const Container& container, const absl::Status& status);
  void OnServiceEnded(const Container& container, const Ending& ending);
  // On the console and the test channel. `what` is the container, `event` the first word of the
  // line.
  void TellFailed(std::string_view event, std::string_view what, std::string_view name,
                  const absl::Status& status);
  void TellEnded(std::string_view event, std::string_view name, const Ending& ending);

  EventLoop& loop_;
  Launcher launcher_;
  Channel& channel_;
  std::function<bool()> interrupted_;
  struct Launched {
    // "onboot", "services" or "onshutdown".
    const char* section;
    Container container;
  };
  std::vector<Launched> launched_;
  // Services, and names of those that run no more.
  std::map<std::string, Container> running_;
  std::set<std::string> ended_;
  std::set<std::string> failed_;
};

}  // namespace linuxkit

#endif  // RUNTIME_INIT_SECTIONS_H_
