// What a container needs of the files of its system in order to start.
#ifndef TOOLS_BUNDLE_LAUNCH_H_
#define TOOLS_BUNDLE_LAUNCH_H_

#include "absl/status/statusor.h"
#include "tools/bundle/profile.h"
#include "tools/bundle/runtime_json.h"
#include "tools/segment/segment.pb.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// `container` comes from MergeContainer and has a command.
absl::StatusOr<Launch> MakeLaunch(const Container& container, const BundlePaths& paths,
                                  Profile profile);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_LAUNCH_H_
