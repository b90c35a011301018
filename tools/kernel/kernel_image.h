// Single files of a container image, found without unpacking it: the kernel, its modules' tar, its
// microcode.
//
//   ABSL_ASSIGN_OR_RETURN(const KernelImage image, KernelImage::Open(name, layers, {"kernel",
//   "kernel.tar"})); ABSL_ASSIGN_OR_RETURN(auto kernel, image.OpenFile("kernel"));
//
// One pass over the layers finds which entry of which layer each name is in the flattened image,
// whiteouts heard, and verifies what it reads; opening a file reads its layer again up to there.
// Nothing is kept of the content.
#ifndef TOOLS_KERNEL_KERNEL_IMAGE_H_
#define TOOLS_KERNEL_KERNEL_IMAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/flatten/layer_input.h"

namespace linuxkit {

class KernelImage {
 public:
  // `name` stands in messages. `layers` go from the bottom to the top, as in a manifest. `wanted`
  // are clean paths.
  static absl::StatusOr<KernelImage> Open(std::string name, std::vector<LayerBlob> layers,
                                          const std::vector<std::string>& wanted);

  bool Has(std::string_view path) const { return found_.contains(path); }
  // The bytes of a wanted file. `what` names it in the error if it is not there: "kernel", "kernel
  // tar".
  absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(std::string_view what,
                                                       std::string_view path) const;

 private:
  struct Place {
    size_t layer = 0;
    // The entry's number in the layer's tar.
    uint64_t entry = 0;
    LayerEntry::Type type = LayerEntry::Type::kFile;
    std::string link = "";
  };
  KernelImage(std::string name, std::vector<LayerBlob> layers)
      : name_(std::move(name)), layers_(std::move(layers)) {}
  absl::Status Find(std::set<std::string> open, size_t layer_count);
  absl::Status FindInLayer(size_t layer, std::set<std::string>& open);
  absl::StatusOr<std::unique_ptr<LayerInput>> OpenLayer(size_t layer, bool verify) const;
  absl::StatusOr<const Place*> PlaceOf(std::string_view what, std::string_view path) const;

  std::string name_;
  std::vector<LayerBlob> layers_;
  std::map<std::string, Place, std::less<>> found_;
  // Names at the top of the image, for messages, and those that the layers read so far hide in
  // lower ones.
  std::set<std::string> top_names_;
  std::set<std::string> hidden_names_;
};

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_KERNEL_IMAGE_H_
