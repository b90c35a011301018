// Bundles and volumes as entries of a segment.
#ifndef TOOLS_BUNDLE_BUNDLE_H_
#define TOOLS_BUNDLE_BUNDLE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/bundle/profile.h"
#include "tools/bundle/volumes.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/index_source.h"
#include "tools/segment/segment.pb.h"
#include "tools/segment/segment_writer.h"
#include "tools/spec/ids.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// A container at its place in a system.
struct Bundle {
  std::string path;  // "containers/services/web"
  std::string config_json;
  std::string runtime_json;
  bool has_overlay = false;
  Launch launch;
};

// `path` need not be clean; the label is taken from `image`. Without a profile, LinuxKit's counts;
// that nobody has chosen it is noted in the launch of a service that it leaves too much to.
absl::StatusOr<Bundle> MakeBundle(Container entry, const ImageConfig& image, std::string_view path,
                                  const IdTable& ids, const VolumeTable& volumes,
                                  std::optional<Profile> profile);

// The directories of the path, the two files and the mount points. The image's content is
// elsewhere.
absl::Status AddBundle(const Bundle& bundle, SegmentWriter& writer);

// containers/volumes/NAME: `tmp` and `merged`, and `lower` unless an image fills it. A volume of
// format oci has its image, as `layout`, in `lower`.
absl::Status AddVolume(const Volume& volume, const IndexSource* layout, SegmentWriter& writer);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_BUNDLE_H_
