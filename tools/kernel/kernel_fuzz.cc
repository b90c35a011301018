// Any bytes are a boot kernel or an error, and so is what is packed in them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/kernel/kernel_file.h"

namespace linuxkit {
namespace {

constexpr uint64_t kMaxUnpacked = 4 << 20;

// A few bytes can unpack to gigabytes, which takes long and finds nothing.
class BoundedSink : public ByteSink {
 public:
  absl::Status Append(std::string_view bytes) override {
    size_ += bytes.size();
    if (size_ > kMaxUnpacked) return absl::ResourceExhaustedError("enough");
    return absl::OkStatus();
  }

 private:
  uint64_t size_ = 0;
};

// A bzImage of which only the boot header is there, and the start of a gzip payload.
std::string BzImage() {
  std::string image(1024, '\0');
  image[0x1f1] = 1;
  image.replace(0x1fe, 2, "\x55\xaa");
  image.replace(0x202, 4, "HdrS");
  image.replace(0x206, 2, "\x0f\x02");
  image.replace(0x20f, 1, "\x01");
  image[0x24c] = 10;
  image.replace(0x300, 9, "6.12.5 #1");
  return image + std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  std::string arm64(512, '\0');
  arm64.replace(0, 2, "MZ");
  arm64.replace(0x38, 4, "ARM\x64");
  arm64.replace(256, 20, "Linux version 6.12 (");
  std::string zboot(0x50, '\0');
  zboot.replace(0, 8, std::string_view("MZ\0\0zimg", 8));
  zboot[8] = 0x40;
  zboot[12] = 0x10;
  return {BzImage(), arm64, zboot, std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0", 12)};
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const linuxkit::MemoryFile memory(std::string_view(reinterpret_cast<const char*>(data), size));
  const linuxkit::InputFile file = linuxkit::InputFile::Open(memory.path()).value();
  linuxkit::InspectKernel(file, "kernel").status().IgnoreError();
  linuxkit::BoundedSink sink;
  linuxkit::DecompressKernel(file, "kernel", sink).IgnoreError();
  return 0;
}
