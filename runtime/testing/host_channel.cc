#include "runtime/testing/host_channel.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/channel/protocol.h"

namespace linuxkit {

HostChannel::HostChannel(Fd fd, std::chrono::seconds deadline)
    : fd_(std::move(fd)), end_(std::chrono::steady_clock::now() + deadline) {}

absl::StatusOr<std::string> HostChannel::ReadLine() {
  size_t newline;
  while ((newline = incoming_.find('\n')) == std::string::npos) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    pollfd ready{fd_.get(), POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) {
      return absl::DeadlineExceededError("the guest says nothing");
    }
    std::array<char, 65536> buffer;
    const ssize_t count = read(fd_.get(), buffer.data(), buffer.size());
    if (count <= 0) return absl::UnavailableError("the guest has closed the channel");
    incoming_.append(buffer.data(), static_cast<size_t>(count));
  }
  std::string line = incoming_.substr(0, newline);
  incoming_.erase(0, newline + 1);
  if (!line.starts_with(absl::StrCat(kNonce, " "))) {
    return absl::DataLossError(absl::StrCat("a line without our nonce: ", line));
  }
  line.erase(0, kNonce.size() + 1);
  lines_.push_back(line);
  return line;
}

absl::Status HostChannel::ReadUntil(std::string_view last) {
  for (;;) {
    const absl::StatusOr<std::string> line = ReadLine();
    if (!line.ok()) {
      return absl::Status(line.status().code(),
                          absl::StrCat("waiting for ", last, ": ", line.status().message()));
    }
    if (*line == last) return absl::OkStatus();
  }
}

void HostChannel::Send(std::string_view text) {
  std::string line = absl::StrCat(kNonce, " ", text, "\n");
  while (!line.empty()) {
    const ssize_t count = write(fd_.get(), line.data(), line.size());
    if (count <= 0) return;
    line.erase(0, static_cast<size_t>(count));
  }
}

absl::StatusOr<HostChannel::Result> HostChannel::Exec(std::string_view container,
                                                      std::string_view script) {
  const std::string id = absl::StrCat(next_id_++);
  Send(absl::StrCat("EXEC ", id, " ", container.empty() ? "-" : EncodeName(container), " ",
                    EncodeText(script)));
  Result result;
  for (;;) {
    const absl::StatusOr<std::string> line = ReadLine();
    if (!line.ok()) return line.status();
    const std::vector<std::string> fields = absl::StrSplit(*line, absl::MaxSplits(' ', 2));
    if (fields.size() != 3 || fields[1] != id) continue;
    if (fields[0] == "OUT") {
      const absl::StatusOr<std::string> piece = DecodeText(fields[2]);
      if (!piece.ok()) return piece.status();
      result.output += *piece;
    } else if (fields[0] == "EXIT" && absl::SimpleAtoi(fields[2], &result.status)) {
      return result;
    }
  }
}

}  // namespace linuxkit
