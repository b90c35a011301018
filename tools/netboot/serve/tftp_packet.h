// Packets of TFTP (RFC 1350) with options (RFC 2347): block and transfer size and timeout (RFC
// 2348, 2349), windows (RFC 7440). Numbers are big-endian.
#ifndef TOOLS_NETBOOT_SERVE_TFTP_PACKET_H_
#define TOOLS_NETBOOT_SERVE_TFTP_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

enum class TftpOpcode : uint16_t {
  kReadRequest = 1,
  kWriteRequest = 2,
  kData = 3,
  kAck = 4,
  kError = 5,
  kOptionAck = 6,
};

// RFC 1350, appendix I, and RFC 2347.
enum class TftpErrorCode : uint16_t {
  kNotDefined = 0,
  kFileNotFound = 1,
  kAccessViolation = 2,
  kIllegalOperation = 4,
};

inline constexpr size_t kTftpDataHeader = 4;
// RFC 2347: a request has no more.
inline constexpr size_t kMaxTftpRequest = 512;

// Options are there only if their values are valid; others count as not sent.
struct TftpReadRequest {
  // Without "/" in front.
  std::string file;
  // 8 to 65464.
  std::optional<uint64_t> block_size;
  // 1 to 65535 blocks.
  std::optional<uint64_t> window_size;
  // 1 to 255 seconds.
  std::optional<uint64_t> timeout;
  bool wants_transfer_size = false;
};

// An error has a message for the client, and a code that TftpErrorOf knows.
absl::StatusOr<TftpReadRequest> ParseTftpRequest(std::string_view packet);
TftpErrorCode TftpErrorOf(const absl::Status& error);

// The block number of an acknowledgement; nullopt for anything else, which ends a transfer if it is
// an error and does not count otherwise.
std::optional<uint16_t> ParseTftpAck(std::string_view packet);
bool IsTftpError(std::string_view packet);

std::string TftpDataHeader(uint16_t block);
std::string TftpOptionAck(const std::vector<std::pair<std::string_view, uint64_t>>& options);
std::string TftpError(TftpErrorCode code, std::string_view message);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_TFTP_PACKET_H_
