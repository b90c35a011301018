// Sizes of huge pages.
#ifndef TOOLS_SPEC_PAGE_SIZE_H_
#define TOOLS_SPEC_PAGE_SIZE_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// As the OCI runtime specification writes it, "64KB", "2MB", "1GB"; numbers are bytes.
absl::StatusOr<std::string> PageSizeText(const PageSize& size);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_PAGE_SIZE_H_
