// The grammar, with optional spaces around "," and "=":
//
//   challenges = challenge *( "," challenge )
//   challenge  = scheme [ 1*SP ( token68 / parameter *( "," parameter ) ) ]
//   parameter  = token "=" ( token / quoted-string )
//
// After a comma, a token begins a new challenge unless a "=" follows it.
#include "tools/registry/challenge.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// RFC 9110, 5.6.2.
bool IsTokenChar(char c) {
  return absl::ascii_isalnum(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Challenge>> Parse() {
    std::vector<Challenge> challenges;
    for (SkipSeparators(); !AtEnd(); SkipSeparators()) {
      ABSL_ASSIGN_OR_RETURN(challenges.emplace_back(), ParseChallenge());
    }
    return challenges;
  }

 private:
  bool AtEnd() const { return position_ == text_.size(); }
  bool At(char c) const { return !AtEnd() && text_[position_] == c; }

  void SkipSpace() {
    while (At(' ') || At('\t')) ++position_;
  }

  // Lists may have empty elements.
  void SkipSeparators() {
    while (At(' ') || At('\t') || At(',')) ++position_;
  }

  absl::Status Unexpected(std::string_view expected) const {
    return absl::InvalidArgumentError(
        absl::StrCat("WWW-Authenticate: byte ", position_ + 1, ": expected ", expected));
  }

  std::string_view Token() {
    const size_t start = position_;
    while (!AtEnd() && IsTokenChar(text_[position_])) ++position_;
    return text_.substr(start, position_ - start);
  }

  absl::StatusOr<std::string> QuotedString() {
    std::string value;
    for (++position_; !AtEnd() && !At('"'); ++position_) {
      if (At('\\') && position_ + 1 < text_.size()) ++position_;
      value.push_back(text_[position_]);
    }
    if (AtEnd()) return Unexpected("a closing quote");
    ++position_;
    return value;
  }

  // True, after "name =", if a parameter is next; else nothing has moved.
  bool ConsumeName(std::string& name) {
    const size_t start = position_;
    name = absl::AsciiStrToLower(Token());
    SkipSpace();
    // A second "=" or an end is the padding of a token68.
    if (!name.empty() && At('=')) {
      ++position_;
      SkipSpace();
      if (!AtEnd() && !At('=') && !At(',')) return true;
    }
    position_ = start;
    return false;
  }

  absl::Status ParseValue(std::string name, Challenge& challenge) {
    std::string value;
    if (At('"')) {
      ABSL_ASSIGN_OR_RETURN(value, QuotedString());
    } else {
      value = Token();
      if (value.empty()) return Unexpected("a value");
    }
    challenge.parameters.emplace(std::move(name), std::move(value));
    SkipSpace();
    if (AtEnd() || At(',')) return absl::OkStatus();
    return Unexpected("a comma");
  }

  // No scheme that we answer has one.
  void SkipToken68() {
    while (!AtEnd() && !At(',')) ++position_;
  }

  absl::StatusOr<Challenge> ParseChallenge() {
    Challenge challenge = {.scheme = absl::AsciiStrToLower(Token()), .parameters = {}};
    if (challenge.scheme.empty()) return Unexpected("an authentication scheme");
    if (!AtEnd() && !At(' ') && !At('\t') && !At(',')) return Unexpected("a space");
    SkipSpace();
    std::string name;
    if (!ConsumeName(name)) {
      SkipToken68();
      return challenge;
    }
    do {
      ABSL_RETURN_IF_ERROR(ParseValue(std::move(name), challenge));
      SkipSeparators();
    } while (ConsumeName(name));
    return challenge;
  }

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace

std::string Challenge::Parameter(const std::string& name) const {
  const auto parameter = parameters.find(name);
  return parameter == parameters.end() ? "" : parameter->second;
}

absl::StatusOr<std::vector<Challenge>> ParseChallenges(std::string_view header) {
  return Parser(header).Parse();
}

}  // namespace linuxkit
