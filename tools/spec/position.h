// A place in a text.
#ifndef TOOLS_SPEC_POSITION_H_
#define TOOLS_SPEC_POSITION_H_

#include <compare>

namespace linuxkit {

// Both counted from 1, the column in bytes.
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

}  // namespace linuxkit

#endif  // TOOLS_SPEC_POSITION_H_
