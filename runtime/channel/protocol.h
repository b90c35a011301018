// Lines of the test channel between the host and PID 1; docs/guest-protocol.md is the
// specification.
//
//   GuestLine(nonce, {"EXIT", "7", "0"});                        // "NONCE EXIT 7 0\n"
//   ParseHostLine(nonce, "NONCE EXEC 7 web aWQ=");              // ExecCommand{"7", "web", "id"}
#ifndef RUNTIME_CHANNEL_PROTOCOL_H_
#define RUNTIME_CHANNEL_PROTOCOL_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"

namespace linuxkit {

inline constexpr size_t kMaxChannelLine = size_t{64} << 10;
// Bytes of output in one OUT line: with base64 (4/3) and the other fields it stays below the limit.
inline constexpr size_t kMaxOutputPiece = size_t{32} << 10;
inline constexpr std::string_view kChannelPort = "linuxkit.result";
inline constexpr std::string_view kChannelWord = "linuxkit.test";

// 32 lower-case hexadecimal digits.
bool IsNonce(std::string_view text);

// Standard base64; "-" for an empty text.
std::string EncodeField(std::string_view text);
absl::StatusOr<std::string> DecodeField(std::string_view field);

// A line to the host with its newline. Fields are words.
std::string GuestLine(std::string_view nonce, std::initializer_list<std::string_view> fields);

// What the host can ask for.
struct ExecCommand {
  std::string id;
  // Name of a running service, or "-" for the root of PID 1.
  std::string container;
  std::string script;

  friend bool operator==(const ExecCommand&, const ExecCommand&) = default;
};
struct PowerOffCommand {
  friend bool operator==(const PowerOffCommand&, const PowerOffCommand&) = default;
};
// A line without the nonce, which is not for us.
struct ForeignLine {
  friend bool operator==(const ForeignLine&, const ForeignLine&) = default;
};
using HostCommand = std::variant<ForeignLine, ExecCommand, PowerOffCommand>;

// `line` comes without its newline. An error says what a line with our nonce has wrong.
absl::StatusOr<HostCommand> ParseHostLine(std::string_view nonce, std::string_view line);

}  // namespace linuxkit

#endif  // RUNTIME_CHANNEL_PROTOCOL_H_
