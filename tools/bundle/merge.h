// What a container gets from its entry, its image's label and its image's configuration.
#ifndef TOOLS_BUNDLE_MERGE_H_
#define TOOLS_BUNDLE_MERGE_H_

#include "tools/oci/image.pb.h"
#include "tools/spec/spec.pb.h"

namespace linuxkit {

// A field of the entry replaces the label's as a whole; `capabilities.add` and `binds.add` add to
// the label's lists and are used up; the parts of `runtime` and of its `bindNS` count one by one.
// Command, environment and working directory come from the image where neither sets them; an
// entrypoint [""] is none. `label`
// is empty for an image without one.
Container MergeContainer(const Container& entry, const Container& label, const ImageConfig& image);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_MERGE_H_
