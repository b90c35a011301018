// Resource limits as a specification writes them: "nofile,1024,unlimited".
#ifndef TOOLS_SPEC_RLIMITS_H_
#define TOOLS_SPEC_RLIMITS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  uint64_t soft = 0;
  uint64_t hard = 0;
};

absl::StatusOr<std::vector<Rlimit>> ParseRlimits(const StringList& list);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_RLIMITS_H_
