// Feeds bytes as the layers of an image to the flattener, both ways: nothing may crash, and the
// trees must be equal.
//
// Input: one byte for the kind of image, one for the number of 512-byte blocks of the lower layer,
// then the two layers.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/flatten/flattener.h"
#include "tools/flatten/testing/kernel_tree.h"
#include "tools/flatten/testing/layers.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

// A few bytes of a sparse file can stand for gigabytes of zeros.
class SmallTree : public KernelTree {
 public:
  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource& content) override {
    if (size > (1 << 20)) return absl::ResourceExhaustedError("too large for this test");
    return KernelTree::AddFile(names, attributes, size, content);
  }
  using EntrySink::AddFile;
};

void Check(bool condition, std::string_view what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", std::string(what).c_str());
  std::abort();
}

// Without this hardly any input would get past the checksums of its headers.
std::string WithChecksums(std::string_view tar) {
  constexpr size_t kBlock = 512;
  std::string fixed;
  for (; tar.size() >= kBlock; tar.remove_prefix(kBlock)) {
    std::string block(tar.substr(0, kBlock));
    if (absl::StartsWith(block.substr(257), "ustar")) TarBuilder::FixChecksum(block);
    fixed += block;
  }
  return fixed.append(tar);
}

void FlattenBothWays(const std::vector<LayerBlob>& layers, ImageKind kind) {
  SmallTree planned, quick;
  const absl::Status planned_status =
      Flatten(layers, {.kind = kind, .allow_one_pass = false}, planned).status();
  const absl::Status quick_status = Flatten(layers, {.kind = kind}, quick).status();
  for (const absl::Status& status : {planned_status, quick_status}) {
    Check(status.code() != absl::StatusCode::kFailedPrecondition &&
              status.code() != absl::StatusCode::kInternal,
          status.message());
  }
  Check(planned_status.ok() == quick_status.ok(),
        absl::StrCat("plan: ", planned_status.message(), "; one pass: ", quick_status.message()));
  Check(!planned_status.ok() || planned.Lines() == quick.Lines(), "the trees differ");
}

}  // namespace
}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBlock = 512;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string_view lower = bytes.substr(0, data[1] * kBlock);
  const std::string_view upper = bytes.substr(lower.size());
  linuxkit::FlattenBothWays(
      linuxkit::BlobsOf({linuxkit::WithChecksums(lower), linuxkit::WithChecksums(upper)}),
      static_cast<linuxkit::ImageKind>(data[0] % 4));
  return 0;
}
