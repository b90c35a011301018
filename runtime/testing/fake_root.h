// A root file system in a directory and the program /sbin/init as process 1 in it, in namespaces of
// its own. Works as root and as any user that may make user namespaces.
#ifndef RUNTIME_TESTING_FAKE_ROOT_H_
#define RUNTIME_TESTING_FAKE_ROOT_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "runtime/base/fd.h"

namespace linuxkit {

class FakeRoot {
 public:
  // An empty system in `directory`: our init, a shell with the host's libraries, the fake runc, a
  // test channel.
  FakeRoot(std::string directory, const std::string& init, const std::string& runc);

  // Creates a file with its directories.
  void Write(std::string_view path, std::string_view content, mode_t mode = 0644) const;
  std::string Path(std::string_view path) const;

  // Starts init. Its console goes to the file /console.
  void Boot();
  // The host's end of the test channel.
  Fd TakeChannel() { return std::move(channel_); }
  // The wait status of init.
  int Wait() const;

 private:
  [[noreturn]] void RunInit(const std::string& port) const;

  std::string directory_;
  Fd channel_;
  pid_t pid_ = 0;
};

}  // namespace linuxkit

#endif  // RUNTIME_TESTING_FAKE_ROOT_H_
