#include "runtime/channel/protocol.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/printable.h"

namespace linuxkit {
namespace {

constexpr size_t kShownOfAField = 40;

// The byte that the escape at the start of `text` stands for, and its size; 0 if it is none.
std::pair<char, size_t> ParseEscape(std::string_view text) {
  if (text.starts_with("\\\\")) return {'\\', 2};
  if (text.starts_with("\\n")) return {'\n', 2};
  if (text.starts_with("\\r")) return {'\r', 2};
  uint32_t value = 0;
  const bool is_hex = text.size() >= 4 && text.starts_with("\\x") &&
                      absl::ascii_isxdigit(text[2]) && absl::ascii_isxdigit(text[3]) &&
                      absl::SimpleHexAtoi(text.substr(2, 2), &value);
  return {static_cast<char>(value), is_hex ? 4 : 0};
}

// `arguments`: "ID CONTAINER TEXT".
absl::StatusOr<HostCommand> ParseExec(std::string_view arguments) {
  const std::vector<std::string_view> fields = absl::StrSplit(arguments, absl::MaxSplits(' ', 2));
  if (fields.size() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("EXEC: found ", fields.size(), " fields, expected ID CONTAINER TEXT"));
  }
  const std::string_view id = fields[0];
  if (id.empty() || !std::all_of(id.begin(), id.end(), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError(
        absl::StrCat("EXEC: found id \"", Printable(id, kShownOfAField), "\", expected digits"));
  }
  if (fields[1].empty()) {
    return absl::InvalidArgumentError("EXEC: found no container, expected a name or \"-\"");
  }
  ABSL_ASSIGN_OR_RETURN(std::string container, DecodeText(fields[1]));
  ABSL_ASSIGN_OR_RETURN(std::string script, DecodeText(fields[2]));
  if (fields[1] == "-") container.clear();
  return ExecCommand{std::string(id), std::move(container), std::move(script)};
}

}  // namespace

bool IsNonce(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 32 && std::all_of(text.begin(), text.end(), is_digit);
}

std::string EncodeText(std::string_view text) {
  return Printable(absl::StrReplaceAll(text, {{"\\", "\\\\"}}));
}

std::string EncodeName(std::string_view name) {
  if (name == "-") return "\\x2d";
  return absl::StrReplaceAll(EncodeText(name), {{" ", "\\x20"}});
}

absl::StatusOr<std::string> DecodeText(std::string_view field) {
  std::string text;
  while (!field.empty()) {
    if (field[0] != '\\') {
      text.push_back(field[0]);
      field.remove_prefix(1);
      continue;
    }
    const auto [byte, size] = ParseEscape(field);
    if (size == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("found \"", Printable(field, kShownOfAField),
                       "\", expected \\\\, \\n, \\r or \\x with two digits"));
    }
    text.push_back(byte);
    field.remove_prefix(size);
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
  std::string_view rest = line.substr(size + 1);
  if (rest == "POWEROFF") return PowerOffCommand();
  if (absl::ConsumePrefix(&rest, "EXEC ")) return ParseExec(rest);
  return absl::InvalidArgumentError(absl::StrCat(
      "found command \"", Printable(rest, kShownOfAField), "\", expected EXEC or POWEROFF"));
}

}  // namespace linuxkit
