// Asks registries what references mean, several at a time.
#ifndef TOOLS_LOCK_RESOLVE_PINS_H_
#define TOOLS_LOCK_RESOLVE_PINS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/lock/lock_file.h"
#include "tools/lock/lock_plan.h"
#include "tools/lock/resolve_progress.h"
#include "tools/registry/client.h"

namespace linuxkit {

// The images of `requests`, in their order, with at most `jobs` under way at a time. The errors of
// all that cannot be resolved are one error, a line each.
absl::StatusOr<std::vector<LockedImage>> ResolvePins(RegistryClient& client,
                                                     absl::Span<const PinRequest> requests,
                                                     int jobs, ResolveProgress& progress);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_RESOLVE_PINS_H_
