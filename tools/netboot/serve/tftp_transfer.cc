#include "tools/netboot/serve/tftp_transfer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {
namespace {

// RFC 1350.
constexpr uint64_t kDefaultBlockSize = 512;
// What one acknowledgement may set off: enough for a fast network, and little to lose.
constexpr uint64_t kMostWindow = 64;
constexpr uint64_t kMostWindowBytes = 512 * 1024;

constexpr std::chrono::milliseconds kFirstWait{1000};
constexpr std::chrono::milliseconds kLongestWait{8000};
constexpr int kMostRetries = 6;
// Anybody can send a request in the name of another address.
constexpr int kMostRetriesOfRequest = 3;

// What of a request is accepted.
TftpReadRequest Accepted(TftpReadRequest request) {
  if (request.timeout && std::chrono::seconds(*request.timeout) > kLongestWait) {
    request.timeout = std::nullopt;
  }
  return request;
}

uint64_t WindowSize(const TftpReadRequest& request, uint64_t block_size) {
  const uint64_t most = std::clamp<uint64_t>(kMostWindowBytes / block_size, 1, kMostWindow);
  return std::min(request.window_size.value_or(1), most);
}

}  // namespace

TftpTransfer::TftpTransfer(InputFile file, const TftpReadRequest& request)
    : file_(std::move(file)),
      request_(Accepted(request)),
      block_size_(request.block_size.value_or(kDefaultBlockSize)),
      window_size_(WindowSize(request, block_size_)),
      block_count_(file_.size() / block_size_ + 1),
      options_pending_(request_.block_size || request_.window_size || request_.timeout ||
                       request_.wants_transfer_size),
      wait_(request_.timeout ? std::chrono::seconds(*request_.timeout) : kFirstWait) {}

void TftpTransfer::Start(Instant now, Sender sender) {
  still_since_ = now;
  Send(now, sender);
}

void TftpTransfer::Progress(Instant now) {
  still_since_ = now;
  answered_ = true;
  retries_ = 0;
}

std::string TftpTransfer::OptionAck() const {
  std::vector<std::pair<std::string_view, uint64_t>> options;
  if (request_.block_size) options.emplace_back("blksize", block_size_);
  if (request_.timeout) options.emplace_back("timeout", *request_.timeout);
  if (request_.wants_transfer_size) options.emplace_back("tsize", file_.size());
  // RFC 7440: the server may answer with a smaller window.
  if (request_.window_size) options.emplace_back("windowsize", window_size_);
  return TftpOptionAck(options);
}

// Whatever is next: the options, or the window behind the last acknowledged block.
void TftpTransfer::Send(Instant now, Sender sender) {
  deadline_ = now + wait_;
  if (options_pending_) return sender(OptionAck());
  sent_ = std::min(acked_ + window_size_, block_count_);
  for (uint64_t block = acked_ + 1; block <= sent_ && !done_; ++block) SendBlock(block, sender);
}

void TftpTransfer::SendBlock(uint64_t block, Sender sender) {
  const uint64_t offset = (block - 1) * block_size_;
  std::string packet = TftpDataHeader(static_cast<uint16_t>(block));
  packet.resize(kTftpDataHeader + std::min(block_size_, file_.size() - offset));
  const absl::Span<char> data = absl::MakeSpan(packet).subspan(kTftpDataHeader);
  const absl::StatusOr<size_t> count = file_.ReadAt(offset, data);
  if (count.ok() && *count == data.size()) return sender(packet);
  sender(TftpError(TftpErrorCode::kNotDefined, "the file cannot be read"));
  done_ = true;
}

void TftpTransfer::HandlePacket(std::string_view packet, Instant now, Sender sender) {
  if (IsTftpError(packet)) {
    done_ = true;
    return;
  }
  const std::optional<uint16_t> number = ParseTftpAck(packet);
  if (number && !done_) HandleAck(*number, now, sender);
}

void TftpTransfer::HandleAck(uint16_t number, Instant now, Sender sender) {
  if (options_pending_) {
    if (number != 0) return;
    options_pending_ = false;
    Progress(now);
    return Send(now, sender);
  }
  const uint64_t progress = static_cast<uint16_t>(number - static_cast<uint16_t>(acked_));
  if (progress > sent_ - acked_) return;
  if (progress == 0) {
    // RFC 7440: a client that misses the first block of a window asks for the window again. With
    // windows of one block that would double every packet from then on (RFC 1123, 4.2.3.1).
    if (window_size_ == 1 || std::exchange(repeated_, true)) return;
    return Send(now, sender);
  }
  acked_ += progress;
  repeated_ = false;
  Progress(now);
  if (!request_.timeout) wait_ = kFirstWait;
  if (acked_ == block_count_) {
    done_ = true;
    return;
  }
  Send(now, sender);
}

void TftpTransfer::HandleTimeout(Instant now, Sender sender) {
  if (++retries_ > (answered_ ? kMostRetries : kMostRetriesOfRequest)) {
    done_ = true;
    return;
  }
  if (!request_.timeout) wait_ = std::min(wait_ * 2, kLongestWait);
  repeated_ = false;
  Send(now, sender);
}

}  // namespace linuxkit
