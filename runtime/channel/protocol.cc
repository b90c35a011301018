#include "runtime/channel/protocol.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

absl::StatusOr<HostCommand> ParseExec(const std::vector<std::string_view>& fields) {
  if (fields.size() != 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("EXEC: found ", fields.size() - 1, " fields, expected ID CONTAINER BASE64"));
  }
  const std::string_view id = fields[1];
  if (id.empty() || !std::all_of(id.begin(), id.end(), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError(absl::StrCat("EXEC: found id \"", id, "\", expected digits"));
  }
  if (fields[2].empty()) {
    return absl::InvalidArgumentError("EXEC: found no container, expected a name or \"-\"");
  }
  absl::StatusOr<std::string> script = DecodeField(fields[3]);
  if (!script.ok()) return script.status();
  return ExecCommand{std::string(id), std::string(fields[2]), *std::move(script)};
}

}  // namespace

bool IsNonce(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 32 && std::all_of(text.begin(), text.end(), is_digit);
}

std::string EncodeField(std::string_view text) {
  return text.empty() ? "-" : absl::Base64Escape(text);
}

absl::StatusOr<std::string> DecodeField(std::string_view field) {
  if (field == "-") return "";
  std::string text;
  // Base64Unescape accepts text without padding, which the protocol does not.
  if (field.empty() || field.size() % 4 != 0 || !absl::Base64Unescape(field, &text)) {
    return absl::InvalidArgumentError(
        absl::StrCat("found \"", field.substr(0, 40), "\", expected base64 or \"-\""));
  }
  return text;
}

std::string GuestLine(std::string_view nonce, std::initializer_list<std::string_view> fields) {
  std::string line(nonce);
  for (const std::string_view field : fields) absl::StrAppend(&line, " ", field);
  line.push_back('\n');
  return line;
}

absl::StatusOr<HostCommand> ParseHostLine(std::string_view nonce, std::string_view line) {
  const size_t size = nonce.size();
  if (line.size() <= size || !line.starts_with(nonce) || line[size] != ' ') return ForeignLine();
  const std::vector<std::string_view> fields = absl::StrSplit(line.substr(size + 1), ' ');
  if (fields[0] == "EXEC") return ParseExec(fields);
  if (fields[0] == "POWEROFF" && fields.size() == 1) return PowerOffCommand();
  return absl::InvalidArgumentError(
      absl::StrCat("found command \"", fields[0].substr(0, 40), "\", expected EXEC or POWEROFF"));
}

}  // namespace linuxkit
