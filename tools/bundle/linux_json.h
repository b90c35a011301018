// The `linux` object of config.json: namespaces, devices, resources and system calls.
#ifndef TOOLS_BUNDLE_LINUX_JSON_H_
#define TOOLS_BUNDLE_LINUX_JSON_H_

#include "absl/status/statusor.h"
#include "tools/bundle/oci_json.h"
#include "tools/bundle/profile.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

absl::StatusOr<OrderedJson> LinuxJson(const Container& container, Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_LINUX_JSON_H_
