// The host's end of the test channel, for tests of the guest runtime.
#ifndef RUNTIME_TESTING_HOST_CHANNEL_H_
#define RUNTIME_TESTING_HOST_CHANNEL_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/fd.h"

namespace linuxkit {

class HostChannel {
 public:
  static constexpr std::string_view kNonce = "00112233445566778899aabbccddeeff";

  // `deadline` is for all reads together.
  HostChannel(Fd fd, std::chrono::seconds deadline);

  // The next line without nonce and newline. An error if the guest is gone, the deadline is over or
  // the nonce is wrong.
  absl::StatusOr<std::string> ReadLine();
  // Reads up to and with the line `last`; lines are kept in `lines`.
  absl::Status ReadUntil(std::string_view last);
  // Sends `NONCE TEXT`.
  void Send(std::string_view text);
  // Runs a script in a service, or in the root of process 1 if `container` is empty, and waits for
  // its end. Other lines that come in between are kept in `lines`.
  struct Result {
    int status = -1;
    std::string output;
  };
  absl::StatusOr<Result> Exec(std::string_view container, std::string_view script);

  // Every line that was read.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  Fd fd_;
  std::chrono::steady_clock::time_point end_;
  std::string incoming_;
  std::vector<std::string> lines_;
  int next_id_ = 1;
};

}  // namespace linuxkit

#endif  // RUNTIME_TESTING_HOST_CHANNEL_H_
