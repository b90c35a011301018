// Unpacks layers into a map from path to object, in the plainest way we could think of. It shares
// no code with the flattener and is the judge of its property test.
#ifndef TOOLS_FLATTEN_TESTING_NAIVE_UNPACK_H_
#define TOOLS_FLATTEN_TESTING_NAIVE_UNPACK_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/flatten/system_files.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {

// The lines of KernelTree::Lines for the tree that the layers make, or nothing if they cannot be
// unpacked.
std::optional<std::vector<std::string>> NaiveUnpack(
    const std::vector<std::vector<TarMember>>& layers, ImageKind kind);

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_TESTING_NAIVE_UNPACK_H_
