// Whether runc would start the process of a container, as far as its specification says.
#ifndef TOOLS_BUNDLE_PROCESS_CHECK_H_
#define TOOLS_BUNDLE_PROCESS_CHECK_H_

#include "absl/status/status.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// `merged` is what MergeContainer made of `entry`, `label` and an image. Errors say which of the
// three a value comes from: what an entry says has been checked when it was read, the others are
// seen here first.
absl::Status CheckProcess(const Container& entry, const Container& label, const Container& merged);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_PROCESS_CHECK_H_
