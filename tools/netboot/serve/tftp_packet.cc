// Layout:
//
//   RRQ, WRQ  | opcode 2 | file NUL | mode NUL | { option NUL | value NUL }... |
//   DATA      | opcode 2 | block 2 | up to blksize bytes; fewer: the last |
//   ACK       | opcode 2 | block 2 |
//   ERROR     | opcode 2 | code 2 | message NUL |
//   OACK      | opcode 2 | { option NUL | value NUL }... |
#include "tools/netboot/serve/tftp_packet.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

std::string Number(uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::optional<uint16_t> NumberAt(std::string_view packet, size_t offset) {
  if (packet.size() < offset + 2) return std::nullopt;
  return static_cast<uint16_t>(static_cast<unsigned char>(packet[offset]) << 8 |
                               static_cast<unsigned char>(packet[offset + 1]));
}

bool HasOpcode(std::string_view packet, TftpOpcode opcode) {
  return NumberAt(packet, 0) == static_cast<uint16_t>(opcode);
}

std::optional<uint64_t> ParseValue(std::string_view text, uint64_t least, uint64_t most) {
  uint64_t value = 0;
  const bool is_number =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (!is_number || !absl::SimpleAtoi(text, &value)) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

void ReadOption(std::string_view name, std::string_view value, TftpReadRequest& request) {
  if (absl::EqualsIgnoreCase(name, "blksize")) request.block_size = ParseValue(value, 8, 65464);
  if (absl::EqualsIgnoreCase(name, "windowsize")) {
    request.window_size = ParseValue(value, 1, 65535);
  }
  if (absl::EqualsIgnoreCase(name, "timeout")) request.timeout = ParseValue(value, 1, 255);
  if (absl::EqualsIgnoreCase(name, "tsize")) {
    request.wants_transfer_size = ParseValue(value, 0, 0).has_value();
  }
}

}  // namespace

absl::StatusOr<TftpReadRequest> ParseTftpRequest(std::string_view packet) {
  if (packet.size() > kMaxTftpRequest) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a request of at most ", kMaxTftpRequest, " bytes"));
  }
  if (HasOpcode(packet, TftpOpcode::kWriteRequest)) {
    return absl::PermissionDeniedError("this server is read-only");
  }
  if (!HasOpcode(packet, TftpOpcode::kReadRequest)) {
    return absl::InvalidArgumentError("expected a read request");
  }
  std::string_view rest = packet.substr(2);
  if (!absl::ConsumeSuffix(&rest, std::string_view("\0", 1))) {
    return absl::InvalidArgumentError("expected texts that end with NUL");
  }
  const std::vector<std::string_view> texts = absl::StrSplit(rest, '\0');
  if (texts.size() < 2 || texts.size() % 2 != 0) {
    return absl::InvalidArgumentError("expected a file, a mode, and options with values");
  }
  if (!absl::EqualsIgnoreCase(texts[1], "octet")) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected mode octet: found \"", absl::CHexEscape(texts[1]), "\""));
  }
  TftpReadRequest request;
  std::string_view file = texts[0];
  while (absl::ConsumePrefix(&file, "/")) {
  }
  request.file = file;
  for (size_t i = 2; i < texts.size(); i += 2) ReadOption(texts[i], texts[i + 1], request);
  return request;
}

TftpErrorCode TftpErrorOf(const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kInvalidArgument:
      return TftpErrorCode::kIllegalOperation;
    case absl::StatusCode::kNotFound:
      return TftpErrorCode::kFileNotFound;
    case absl::StatusCode::kPermissionDenied:
      return TftpErrorCode::kAccessViolation;
    default:
      return TftpErrorCode::kNotDefined;
  }
}

std::optional<uint16_t> ParseTftpAck(std::string_view packet) {
  if (!HasOpcode(packet, TftpOpcode::kAck)) return std::nullopt;
  return NumberAt(packet, 2);
}

bool IsTftpError(std::string_view packet) { return HasOpcode(packet, TftpOpcode::kError); }

std::string TftpDataHeader(uint16_t block) {
  return Number(static_cast<uint16_t>(TftpOpcode::kData)) + Number(block);
}

std::string TftpOptionAck(const std::vector<std::pair<std::string_view, uint64_t>>& options) {
  std::string packet = Number(static_cast<uint16_t>(TftpOpcode::kOptionAck));
  for (const auto& [name, value] : options) {
    absl::StrAppend(&packet, name, std::string_view("\0", 1), value, std::string_view("\0", 1));
  }
  return packet;
}

std::string TftpError(TftpErrorCode code, std::string_view message) {
  return absl::StrCat(Number(static_cast<uint16_t>(TftpOpcode::kError)),
                      Number(static_cast<uint16_t>(code)), message, std::string_view("\0", 1));
}

}  // namespace linuxkit
