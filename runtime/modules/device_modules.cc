#include "runtime/modules/device_modules.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/console.h"
#include "runtime/base/file.h"
#include "runtime/loop/spawn.h"

namespace linuxkit {

DeviceModules::DeviceModules(EventLoop& loop, Start start)
    : loop_(loop), start_(std::move(start)) {}

void DeviceModules::Add(const std::string& alias) {
  if (loading_.contains(alias) || waiting_.contains(alias)) return;
  if (waiting_.size() == kMaxWaiting) {
    if (!said_too_many_) {
      Say(absl::StrCat("more than ", kMaxWaiting,
                       " devices wait for their modules; the others get none"));
    }
    said_too_many_ = true;
    return;
  }
  waiting_.insert(alias);
  StartNext();
}

void DeviceModules::StartNext() {
  while (processes_ < kMaxProcesses && !waiting_.empty()) {
    std::vector<std::string> batch;
    while (batch.size() < kMaxBatch && !waiting_.empty()) {
      batch.push_back(std::move(waiting_.extract(waiting_.begin()).value()));
    }
    const absl::StatusOr<pid_t> pid = start_(batch);
    if (!SayIfError(pid.status())) continue;
    loading_.insert(batch.begin(), batch.end());
    ++processes_;
    loop_.OnExit(*pid, [this, batch](int) { OnExit(batch); });
  }
}

void DeviceModules::OnExit(const std::vector<std::string>& batch) {
  --processes_;
  for (const std::string& alias : batch) loading_.erase(alias);
  StartNext();
}

absl::StatusOr<pid_t> StartModprobe(const std::vector<std::string>& aliases) {
  Program modprobe{.argv = {"/sbin/modprobe", "-abq", "--"}};
  modprobe.argv.insert(modprobe.argv.end(), aliases.begin(), aliases.end());
  return Spawn(modprobe);
}

absl::Status LockModules() { return WriteFile("/proc/sys/kernel/modules_disabled", "1"); }

}  // namespace linuxkit
