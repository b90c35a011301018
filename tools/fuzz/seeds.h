// The inputs that a fuzz target starts from. Each target defines them beside
// LLVMFuzzerTestOneInput:
//
//   std::vector<std::string> linuxkit::FuzzSeeds() { return {R"({"manifests": []})"}; }
#ifndef TOOLS_FUZZ_SEEDS_H_
#define TOOLS_FUZZ_SEEDS_H_

#include <string>
#include <vector>

namespace linuxkit {

// A few small inputs that together get past the first checks of each part of the parser.
std::vector<std::string> FuzzSeeds();

}  // namespace linuxkit

#endif  // TOOLS_FUZZ_SEEDS_H_
