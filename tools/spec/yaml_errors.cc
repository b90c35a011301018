#include "tools/spec/yaml_errors.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/spec/utf8.h"

namespace linuxkit {
namespace {

// yaml-cpp's texts are no constant expressions, their addresses are.
using Message = const char* const*;

struct Explanation {
  Message known;
  std::string_view ours;
};

// Whole messages of yaml-cpp. Those that end in a part of the text are below.
constexpr Explanation kExplanations[] = {
    {&YAML::ErrorMsg::END_OF_MAP,
     "this does not continue the mapping above; expected KEY: VALUE, indented by blanks like the "
     "keys before it"},
    {&YAML::ErrorMsg::END_OF_SEQ,
     "this does not continue the list above; expected \"- \", indented by blanks like the items "
     "before it"},
    {&YAML::ErrorMsg::END_OF_MAP_FLOW,
     "this does not continue the mapping in braces; expected \",\" or \"}\""},
    {&YAML::ErrorMsg::END_OF_SEQ_FLOW,
     "this does not continue the list in brackets; expected \",\" or \"]\""},
    {&YAML::ErrorMsg::MAP_VALUE,
     "found \":\" behind what is no key; expected KEY: VALUE, indented by blanks like the keys "
     "before it; a text with \": \" in it needs quotes"},
    {&YAML::ErrorMsg::MAP_KEY,
     "found \"? \", which begins a key, where none can stand; a text that begins with it needs "
     "quotes"},
    {&YAML::ErrorMsg::BLOCK_ENTRY,
     "found \"- \" where no list can begin; expected a list on the lines below its key; a text "
     "that "
     "begins with \"- \" needs quotes"},
    {&YAML::ErrorMsg::UNEXPECTED_SCALAR,
     "found text behind a closing quote; expected \",\" or the end of the line; a quote in a text "
     "in single quotes is written '', in double quotes \\\""},
    {&YAML::ErrorMsg::INVALID_HEX,
     "found an escape with too few hexadecimal digits; expected \\xHH, \\uHHHH or \\UHHHHHHHH; a "
     "backslash is written \\\\"},
    {&YAML::ErrorMsg::FLOW_END,
     "found a closing bracket without an opening one; remove it, or put the text in quotes"},
    {&YAML::ErrorMsg::ALIAS_NOT_FOUND,
     "found \"*\" without a name; a text that begins with \"*\" needs quotes"},
    {&YAML::ErrorMsg::CHAR_IN_ALIAS,
     "found \"*\" without a name; a text that begins with \"*\" needs quotes"},
    {&YAML::ErrorMsg::ANCHOR_NOT_FOUND,
     "found \"&\" without a name; a text that begins with \"&\" needs quotes"},
    {&YAML::ErrorMsg::CHAR_IN_ANCHOR,
     "found \"&\" without a name; a text that begins with \"&\" needs quotes"},
    {&YAML::ErrorMsg::MULTIPLE_ANCHORS, "found a second \"&NAME\" for one value; keep one of them"},
    {&YAML::ErrorMsg::MULTIPLE_TAGS, "found a second \"!TAG\" for one value; leave both out"},
    {&YAML::ErrorMsg::ALIAS_CONTENT, "found more than \"*NAME\"; expected it to stand alone"},
    {&YAML::ErrorMsg::CHAR_IN_TAG_HANDLE,
     "found \"!\", which begins a tag; a text that begins with \"!\" needs quotes"},
    {&YAML::ErrorMsg::TAG_WITH_NO_SUFFIX,
     "found \"!\", which begins a tag; a text that begins with \"!\" needs quotes"},
    {&YAML::ErrorMsg::END_OF_VERBATIM_TAG,
     "found \"!\", which begins a tag; a text that begins with \"!\" needs quotes"},
    {&YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK,
     "found text behind \"|\" or \">\"; expected it on the lines below, indented; a text that "
     "begins "
     "with one of them needs quotes"},
    {&YAML::ErrorMsg::CHAR_IN_BLOCK,
     "found text behind \"|\" or \">\"; expected it on the lines below, indented; a text that "
     "begins "
     "with one of them needs quotes"},
};

constexpr Message kDirectives[] = {
    &YAML::ErrorMsg::YAML_DIRECTIVE_ARGS, &YAML::ErrorMsg::YAML_VERSION,
    &YAML::ErrorMsg::YAML_MAJOR_VERSION,  &YAML::ErrorMsg::REPEATED_YAML_DIRECTIVE,
    &YAML::ErrorMsg::TAG_DIRECTIVE_ARGS,  &YAML::ErrorMsg::REPEATED_TAG_DIRECTIVE,
};

std::string OneCharacter(std::string_view text) {
  const char c = text.empty() ? '\0' : text[0];
  return absl::ascii_isprint(static_cast<unsigned char>(c)) ? std::string(1, c) : "";
}

// `rest` is the text from the place of the error on.
std::string InOurWords(const std::string& message, std::string_view rest) {
  for (const auto& [known, ours] : kExplanations) {
    if (*known == message) return std::string(ours);
  }
  std::string_view argument = message;
  if (absl::ConsumePrefix(&argument, YAML::ErrorMsg::UNKNOWN_ANCHOR)) {
    return absl::StrCat("found \"*", argument, "\", and nothing before it that is marked \"&",
                        argument, "\"; a text that begins with \"*\" needs quotes");
  }
  if (absl::ConsumePrefix(&argument, YAML::ErrorMsg::INVALID_ESCAPE)) {
    return absl::StrCat("found \"\\", argument, "\", which YAML does not have; write \"\\\\",
                        argument, "\", or put the text in single quotes");
  }
  if (absl::ConsumePrefix(&argument, YAML::ErrorMsg::INVALID_UNICODE)) {
    return absl::StrCat("found an escape for ", argument, ", which is the number of no character");
  }
  const auto begins = [&](Message known) { return absl::StartsWith(message, *known); };
  if (std::any_of(std::begin(kDirectives), std::end(kDirectives), begins)) {
    return "found a line that begins with \"%\" and is no directive of YAML 1.2; remove it";
  }
  if (message == YAML::ErrorMsg::UNKNOWN_TOKEN || message == YAML::ErrorMsg::UNEXPECTED_FLOW) {
    return absl::StrCat("found \"", OneCharacter(rest),
                        "\", with which no text can begin; put the text in quotes");
  }
  return "this is not YAML; check quotes, brackets and indentation here and above";
}

// Whether a text in quotes begins there. Anchors may stand in front.
std::string_view SkipAnchor(std::string_view rest) {
  if (!absl::StartsWith(rest, "&")) return rest;
  rest.remove_prefix(std::min(rest.find_first_of(" \t\r\n"), rest.size()));
  return absl::StripLeadingAsciiWhitespace(rest);
}

bool IsQuote(std::string_view rest) {
  return absl::StartsWith(rest, "\"") || absl::StartsWith(rest, "'");
}

// Of a text that begins with a quote, what follows its end; nothing if it has none.
std::optional<std::string_view> BehindQuotes(std::string_view quoted) {
  const char quote = quoted[0];
  for (size_t i = 1; i < quoted.size(); ++i) {
    if (quote == '"' && quoted[i] == '\\') {
      ++i;
    } else if (quoted[i] == quote) {
      if (quote == '"' || quoted.substr(i + 1, 1) != "'") return quoted.substr(i + 1);
      ++i;
    }
  }
  return std::nullopt;
}

std::optional<YamlError> FindTab(const TextPlaces& places, int line) {
  const std::string_view text = places.Line(line);
  const std::string_view indentation = text.substr(0, text.find_first_not_of(" \t-"));
  const size_t tab = indentation.find('\t');
  if (tab == indentation.npos) return std::nullopt;
  return YamlError{{line, static_cast<int>(tab) + 1},
                   "found a tab in the indentation; expected blanks, YAML takes no tabs there"};
}

std::optional<YamlError> FindMergeConflict(const TextPlaces& places, int last_line) {
  for (int line = 1; line <= last_line; ++line) {
    if (!absl::StartsWith(places.Line(line), "<<<<<<< ")) continue;
    return YamlError{{line, 1}, "found a merge conflict; keep one side and remove its marks"};
  }
  return std::nullopt;
}

// The next quote that begins a text, behind what yaml-cpp has read.
std::optional<Position> NextQuote(const TextPlaces& places, Position from, Position to) {
  std::string_view rest = places.From(from);
  for (char before = ' '; !rest.empty(); before = rest[0], rest.remove_prefix(1)) {
    if (!(places.At(places.OffsetOf(rest)) < to)) return std::nullopt;
    const bool begins = absl::StrContains(" \n\t[{,", std::string_view(&before, 1));
    if (begins && rest[0] == '#') rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1));
    if (begins && IsQuote(rest)) return places.At(places.OffsetOf(rest));
  }
  return std::nullopt;
}

YamlError OpenQuoteAt(const TextPlaces& places, Position position) {
  return {position,
          absl::StrCat("the quote that opens here is not closed; expected another ",
                       OneCharacter(SkipAnchor(places.From(position))), " behind the text")};
}

// A text in quotes over several lines, behind which yaml-cpp met what it does not understand: its
// own closing quote is missing, and another text's opening one has closed it.
std::optional<YamlError> FindMissingQuote(const TextPlaces& places, const YamlState& state) {
  const bool in_quotes = state.message == YAML::ErrorMsg::DOC_IN_SCALAR ||
                         state.message == YAML::ErrorMsg::EOF_IN_SCALAR;
  const Position last = state.last_scalar.value_or(Position{1, 1});
  if (in_quotes) {
    // What was read last may have been in quotes, too.
    const std::optional<std::string_view> behind =
        IsQuote(places.From(last)) ? BehindQuotes(places.From(last)) : std::nullopt;
    const Position from = behind ? places.At(places.OffsetOf(*behind)) : last;
    return OpenQuoteAt(places, NextQuote(places, from, state.position).value_or(state.position));
  }
  const std::string_view quoted = SkipAnchor(places.From(last));
  if (!state.last_scalar || !IsQuote(quoted)) return std::nullopt;
  const std::optional<std::string_view> behind = BehindQuotes(quoted);
  if (!behind) return OpenQuoteAt(places, last);
  const Position end = places.At(places.OffsetOf(*behind) - 1);
  if (end.line == last.line || end.line != state.position.line) return std::nullopt;
  return YamlError{last, absl::StrCat("the quote that opens here is closed by the one at line ",
                                      end.line, ", column ", end.column, "; expected another ",
                                      OneCharacter(quoted), " behind the text")};
}

// "; it opens at line 3, column 7" for an error inside brackets.
std::string WhereItOpens(const TextPlaces& places, const YamlState& state) {
  const bool is_list = state.message == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (!is_list && state.message != YAML::ErrorMsg::END_OF_MAP_FLOW) return "";
  for (auto open = state.open.rbegin(); open != state.open.rend(); ++open) {
    if (!absl::StartsWith(places.From(*open), is_list ? "[" : "{")) continue;
    return absl::StrCat("; it opens at line ", open->line, ", column ", open->column);
  }
  return "";
}

}  // namespace

TextPlaces::TextPlaces(std::string_view text) : text_(text), lines_({0}) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') lines_.push_back(i + 1);
  }
}

std::string_view TextPlaces::From(Position position) const {
  if (position.line < 1 || static_cast<size_t>(position.line) > lines_.size()) return "";
  const size_t offset = lines_[static_cast<size_t>(position.line) - 1] +
                        static_cast<size_t>(std::max(position.column, 1) - 1);
  return text_.substr(std::min(offset, text_.size()));
}

std::string_view TextPlaces::Line(int number) const {
  const std::string_view rest = From({number, 1});
  return absl::StripSuffix(rest.substr(0, rest.find('\n')), "\r");
}

Position TextPlaces::At(size_t offset) const {
  const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - 1;
  return {static_cast<int>(line - lines_.begin()) + 1, static_cast<int>(offset - *line) + 1};
}

std::optional<YamlError> FindBadUtf8(std::string_view text) {
  const size_t valid = ValidUtf8Prefix(text);
  if (valid == text.size()) return std::nullopt;
  return YamlError{TextPlaces(text).At(valid),
                   "found a byte that is not UTF-8; expected the file to be UTF-8"};
}

std::optional<YamlError> FindOpenQuote(const TextPlaces& places, Position position) {
  const std::string_view quoted = SkipAnchor(places.From(position));
  if (!IsQuote(quoted) || BehindQuotes(quoted)) return std::nullopt;
  return OpenQuoteAt(places, position);
}

YamlError ExplainYamlError(const TextPlaces& places, const YamlState& state) {
  if (const auto conflict = FindMergeConflict(places, state.position.line)) return *conflict;
  if (const auto tab = FindTab(places, state.position.line)) return *tab;
  if (const auto quote = FindMissingQuote(places, state)) return *quote;
  return {state.position, absl::StrCat(InOurWords(state.message, places.From(state.position)),
                                       WhereItOpens(places, state))};
}

}  // namespace linuxkit
