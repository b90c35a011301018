// How a process ended, in words that mean the same on the console, in a test's report and on the
// test channel.
#ifndef RUNTIME_BASE_ENDING_H_
#define RUNTIME_BASE_ENDING_H_

#include <string>

namespace linuxkit {

struct Ending {
  int status = 0;  // of exit(2), 0 to 255, if signal is 0
  int signal = 0;  // that killed it

  bool good() const { return status == 0 && signal == 0; }
  friend bool operator==(const Ending&, const Ending&) = default;
};

Ending EndingOf(int wait_status);

// "exited with status 3", "was killed by signal 11 (Segmentation fault)". A status that a shell
// gives for a signal says that too: "exited with status 139 (128 + 11, Segmentation fault)".
std::string Describe(const Ending& ending);

}  // namespace linuxkit

#endif  // RUNTIME_BASE_ENDING_H_
