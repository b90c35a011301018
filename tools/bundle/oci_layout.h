// An image as an OCI layout in a segment: what a volume of `format: oci` holds.
#ifndef TOOLS_BUNDLE_OCI_LAYOUT_H_
#define TOOLS_BUNDLE_OCI_LAYOUT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/oci/index_source.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {

// Writes below `directory`, which must be there: `oci-layout`, the blobs of the images for
// `platforms` (none: of all), the index, and `index.json`, in LinuxKit's order and with its modes
// and times. Blobs are streamed and verified; one that several images share is written once. The
// index names all images whatever `platforms` says.
absl::Status AddOciLayout(const IndexSource& index, absl::Span<const std::string> platforms,
                          std::string_view directory, SegmentWriter& writer);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_OCI_LAYOUT_H_
