// Bytes of others (a container's output, runc's messages, names) as text that does no harm to a
// terminal, a log or a line of the test channel.
//
//   Printable("\x1b[31mred\r\n")            // "\\x1b[31mred\\r\\n"
//   LastLines("a\nb\nc\n", {.lines = 2})    // {"b", "c"}, 1 omitted
#ifndef RUNTIME_BASE_PRINTABLE_H_
#define RUNTIME_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

// Printable characters in UTF-8, spaces and tabs stay. Every other byte becomes `\n`, `\r` or
// `\xNN`: control characters (also the two-byte ones U+0080 to U+009F, with which a terminal's
// commands can begin), those that change the direction of the text or the line, and what is not
// UTF-8. A backslash stays as it is, so the result is for people: it cannot be turned back.
std::string Printable(std::string_view bytes);
// The same, at most `limit` bytes of the input; "..." follows what was cut.
std::string Printable(std::string_view bytes, size_t limit);

struct TailLimits {
  size_t lines = 20;
  // Of all lines together.
  size_t bytes = size_t{4} << 10;
};
// The end of a text, line by line, each printable.
struct Tail {
  std::vector<std::string> lines;
  // Something stood before them.
  bool cut = false;
};
// `cut`: `text` is itself the end of a longer text.
Tail LastLines(std::string_view text, const TailLimits& limits, bool cut = false);

}  // namespace linuxkit

#endif  // RUNTIME_BASE_PRINTABLE_H_
