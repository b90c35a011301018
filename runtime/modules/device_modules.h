// Loads the modules of devices that come while the system runs.
//
//   DeviceModules modules(loop, StartModprobe);
//   modules.Add("pci:v00001AF4d00001041sv...");
//
// A driver may take its time, so modprobe runs in processes of its own: a few at a time, whatever
// comes meanwhile waits for the next one. An alias that waits or is being loaded is not asked for
// again.
#ifndef RUNTIME_MODULES_DEVICE_MODULES_H_
#define RUNTIME_MODULES_DEVICE_MODULES_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/loop/event_loop.h"

namespace linuxkit {

class DeviceModules {
 public:
  static constexpr size_t kMaxProcesses = 4;
  // Of one process.
  static constexpr size_t kMaxBatch = 64;
  // Further devices go without a module, and one message says so.
  static constexpr size_t kMaxWaiting = 1024;

  // Starts a process that loads the modules of these aliases.
  using Start = std::function<absl::StatusOr<pid_t>(const std::vector<std::string>&)>;

  DeviceModules(EventLoop& loop, Start start);

  void Add(const std::string& alias);

 private:
  void StartNext();
  void OnExit(const std::vector<std::string>& batch);

  EventLoop& loop_;
  const Start start_;
  std::set<std::string> waiting_;
  std::set<std::string> loading_;
  size_t processes_ = 0;
  bool said_too_many_ = false;
};

// /sbin/modprobe, quiet about devices without a module.
absl::StatusOr<pid_t> StartModprobe(const std::vector<std::string>& aliases);

// No module can be loaded or unloaded any more, until the next boot (kernel.modules_disabled).
absl::Status LockModules();

}  // namespace linuxkit

#endif  // RUNTIME_MODULES_DEVICE_MODULES_H_
