// Checks of a system's entries against each other: names that occur twice, and names that nothing
// has.
#ifndef TOOLS_CONFIG_CONFIG_CHECKS_H_
#define TOOLS_CONFIG_CONFIG_CHECKS_H_

#include "absl/types/span.h"
#include "tools/config/document.h"

namespace linuxkit {

// The documents are one system, in their order. What is wrong goes to the problems of the document
// where it stands.
void CheckSystem(absl::Span<Document> documents);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_CONFIG_CHECKS_H_
