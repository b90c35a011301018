// Why a text is no YAML, said of the text. yaml-cpp speaks of its grammar, and of the place where
// it gave up, which may be far below the mistake.
#ifndef TOOLS_SPEC_YAML_ERRORS_H_
#define TOOLS_SPEC_YAML_ERRORS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/spec/position.h"

namespace linuxkit {

struct YamlError {
  Position position;
  std::string message;
};

// A text by lines and columns, both counted from 1, columns in bytes.
class TextPlaces {
 public:
  // `text` must outlive it.
  explicit TextPlaces(std::string_view text);

  // The text from a position on; empty behind its end.
  std::string_view From(Position position) const;
  // The line without what ends it; empty for none.
  std::string_view Line(int number) const;
  Position At(size_t offset) const;
  size_t OffsetOf(std::string_view rest) const { return text_.size() - rest.size(); }

 private:
  std::string_view text_;
  std::vector<size_t> lines_;
};

// The first byte that is no part of a character.
std::optional<YamlError> FindBadUtf8(std::string_view text);

// An error if a text in quotes begins at `position` and has no end. yaml-cpp takes the end of the
// file for one.
std::optional<YamlError> FindOpenQuote(const TextPlaces& places, Position position);

// What yaml-cpp knew when it gave up.
struct YamlState {
  Position position;
  std::string message;
  // Where the last scalar before it began.
  std::optional<Position> last_scalar;
  // The lists and mappings that were open, the innermost last.
  std::vector<Position> open;
};

YamlError ExplainYamlError(const TextPlaces& places, const YamlState& state);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_YAML_ERRORS_H_
