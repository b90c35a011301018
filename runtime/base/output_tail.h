// The last lines that a container has written, as part of a message about it: the same on the
// console and in a boot test's report.
#ifndef RUNTIME_BASE_OUTPUT_TAIL_H_
#define RUNTIME_BASE_OUTPUT_TAIL_H_

#include <string>

#include "runtime/base/printable.h"

namespace linuxkit {

// "; it wrote nothing", or "; its last output:" with a line of its own for each of theirs, indented
// and marked with the stream it came by. No newline at the end.
std::string DescribeOutput(const Tail& out, const Tail& err);

}  // namespace linuxkit

#endif  // RUNTIME_BASE_OUTPUT_TAIL_H_
