// What the kernel starts to run a file.
#ifndef TOOLS_SEGMENT_INTERPRETER_H_
#define TOOLS_SEGMENT_INTERPRETER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace linuxkit {

// So many bytes of a file tell it in nearly all cases.
inline constexpr size_t kInterpreterHead = 4096;

// Of the first bytes of a file: the loader that an ELF program asks for (PT_INTERP), or the first
// line of a script, "#!" included and the line break not. Empty if there is none, or if it does not
// lie in `head`.
std::string InterpreterOf(std::string_view head);

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_INTERPRETER_H_
