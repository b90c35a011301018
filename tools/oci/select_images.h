// Which images of an index a volume of `format: oci` holds.
//
//   ABSL_ASSIGN_OR_RETURN(const auto images, SelectImages("redis:7", index, {"linux/arm64/v8"}));
#ifndef TOOLS_OCI_SELECT_IMAGES_H_
#define TOOLS_OCI_SELECT_IMAGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/oci/documents.h"

namespace linuxkit {

// The manifests of `index` in its order, each digest once. Without `platforms` all of them,
// attestations too; else those whose system, architecture and, where it is given, variant are as
// one of `platforms` says. A platform that fits nothing is an error. `name` stands in messages.
absl::StatusOr<std::vector<OciDescriptor>> SelectImages(std::string_view name,
                                                        const ImageIndex& index,
                                                        absl::Span<const std::string> platforms);

// "linux/arm64/v8"; "unknown/unknown" for an entry that does not say.
std::string PlatformName(const OciDescriptor& entry);

}  // namespace linuxkit

#endif  // TOOLS_OCI_SELECT_IMAGES_H_
