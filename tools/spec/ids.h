// Users and groups: numbers, or names of containers whose allocated number is meant.
#ifndef TOOLS_SPEC_IDS_H_
#define TOOLS_SPEC_IDS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Container name -> number.
using IdTable = std::map<std::string, uint32_t>;

// From words NAME=NUMBER; a name's last word counts.
absl::StatusOr<IdTable> ParseIdTable(absl::Span<const std::string> words);

// A number that no user can have is an error. -1 is none: to the kernel it means "as before".
absl::Status CheckId(const Id& id);

// The number meant; "", "root" and no value are 0.
absl::StatusOr<uint32_t> ResolveId(const Id& id, const IdTable& ids);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_IDS_H_
