// Lines of the test channel between the host and PID 1; docs/guest-protocol.md is the
// specification.
//
//   GuestLine(nonce, {"EXIT", "7", "0"});              // "NONCE EXIT 7 0\n"
//   ParseHostLine(nonce, "NONCE EXEC 7 web ls /");    // ExecCommand{"7", "web", "ls /"}
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
inline constexpr std::string_view kProtocolVersion = "2";
// Bytes of output in one line: even if each is escaped it stays below the limit, with a name before
// it that is as long as a file's name can be.
inline constexpr size_t kMaxOutputPiece = size_t{15} << 10;
inline constexpr std::string_view kChannelPort = "linuxkit.result";
inline constexpr std::string_view kChannelWord = "linuxkit.test";

// 32 lower-case hexadecimal digits.
bool IsNonce(std::string_view text);

// A text as the last field of a line: printable, with backslashes as `\\`.
std::string EncodeText(std::string_view text);
absl::StatusOr<std::string> DecodeText(std::string_view field);
// A name as a field: the same with spaces as `\x20`, and never "-", which stands for none.
std::string EncodeName(std::string_view name);

// A line to the host with its newline. Fields are encoded; the last may have spaces.
std::string GuestLine(std::string_view nonce, std::initializer_list<std::string_view> fields);

// What the host can ask for.
struct ExecCommand {
  std::string id;
  // Name of a running service; empty for the root of PID 1.
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
