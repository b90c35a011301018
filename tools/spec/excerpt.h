// A line of a text and a caret under the place that a message is about.
//
//   Excerpt("init:\n  - x\n", {.line = 2, .column = 5})
//
// gives
//
//       2 |   - x
//         |     ^
#ifndef TOOLS_SPEC_EXCERPT_H_
#define TOOLS_SPEC_EXCERPT_H_

#include <string>
#include <string_view>

#include "tools/spec/position.h"

namespace linuxkit {

// Two lines, each after a newline. Nothing if the text has no such line. Of a long line only the
// part around the caret is shown.
std::string Excerpt(std::string_view text, Position position);

// `position` with its column counted in characters instead of bytes, as editors count.
Position InCharacters(std::string_view text, Position position);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_EXCERPT_H_
