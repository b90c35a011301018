// Names of Linux capabilities, and lists of them as a specification writes them.
#ifndef TOOLS_SPEC_CAPABILITIES_H_
#define TOOLS_SPEC_CAPABILITIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// CAP_CHOWN to CAP_CHECKPOINT_RESTORE in the kernel's order.
absl::Span<const std::string_view> AllCapabilities();

// The capabilities a list means: `none` or `all` (in any case) if it stands alone, else the names
// as given, each of which must be known. Order and duplicates are kept.
absl::StatusOr<std::vector<std::string>> ExpandCapabilities(const StringList& list);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_CAPABILITIES_H_
