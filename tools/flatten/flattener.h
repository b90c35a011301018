// Makes one tree out of the layers of an image, as unpacking them in order would, and writes it to
// a sink.
//
//   ABSL_ASSIGN_OR_RETURN(FlattenReport report, Flatten(layers, {.kind = ImageKind::kContainer},
//   *segment_writer));
//
// Nothing is unpacked to disk and memory grows with the number of paths only. All layers are read
// and verified once, the top one first, and most images are written in that same pass, each path
// when it is first seen. Where that cannot be right (see one_pass.h) the sink starts again: the
// names that were read make a plan, and a second pass writes the files.
#ifndef TOOLS_FLATTEN_FLATTENER_H_
#define TOOLS_FLATTEN_FLATTENER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/flatten/layer_input.h"
#include "tools/flatten/system_files.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {

struct FlattenOptions {
  ImageKind kind = ImageKind::kContainer;
  // Tests turn the short way off to compare the two.
  bool allow_one_pass = true;
  // Decompresses in a thread of its own.
  bool background = false;
};

struct FlattenReport {
  bool one_pass = false;
  // Why one pass was not enough.
  std::string reason = {};
};

// `layers` from the bottom to the top. Errors name the layer and the entry; the sink then holds
// something unusable.
absl::StatusOr<FlattenReport> Flatten(absl::Span<const LayerBlob> layers,
                                      const FlattenOptions& options, EntrySink& sink);

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_FLATTENER_H_
