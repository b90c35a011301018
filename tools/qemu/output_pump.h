// Passes what arrives on one descriptor on to another and lets its owner see it. Never waits, also
// for a pipe or terminal that nobody reads: belongs into a poll() loop.
//
//   OutputPump pump(std::move(qemu_stdout), STDOUT_FILENO);
//   pollfd entry = pump.entry();
//   poll(&entry, 1, -1);
//   std::string bytes = pump.Step();
#ifndef TOOLS_QEMU_OUTPUT_PUMP_H_
#define TOOLS_QEMU_OUTPUT_PUMP_H_

#include <poll.h>

#include <string>

#include "tools/base/file.h"

namespace linuxkit {

class OutputPump {
 public:
  // `from` may be -1: then there is nothing to pass on. `to` is not closed.
  OutputPump(FileDescriptor from, int to);

  // What to wait for: new bytes, or that the last ones can be written.
  pollfd entry() const;
  // Writes what can be written, and reads if all is written. The bytes that were read.
  std::string Step();
  // The same until the other side has closed or has nothing more, or more than a pipe holds has
  // come.
  std::string Drain();

  // Whether bytes wait for the reader of `to`.
  bool waits() const { return !held_back_ && !pending_.empty(); }

  // Keeps bytes back instead of passing them on, up to a limit; `Release` passes those on.
  void HoldBack() { held_back_ = true; }
  void Release() { held_back_ = false; }

 private:
  void Write();
  std::string Read();

  FileDescriptor from_;
  const FileDescriptor own_to_;  // `to` without waiting; -1 if that cannot be
  const int to_;
  std::string pending_;
  bool held_back_ = false;
  bool broken_ = false;  // nobody reads `to` any more
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_OUTPUT_PUMP_H_
