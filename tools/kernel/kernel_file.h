// Boot kernels: what a file is, what it says about itself, and how to unpack it.
#ifndef TOOLS_KERNEL_KERNEL_FILE_H_
#define TOOLS_KERNEL_KERNEL_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/base/stream.h"
#include "tools/kernel/kernel.pb.h"

namespace linuxkit {

// Fills what the file itself tells: format, architecture, version, size, efi_stub, cmdline_size, initrd_addr_max. A file
// that is no kernel is an error that says what it is. Packed kernels other than bzImages are read through for their
// version. `name` stands in messages.
absl::StatusOr<KernelInfo> InspectKernel(const InputFile& file, std::string_view name);

// Writes the kernel that `file` carries packed: all of a gzip file, or the payload of a bzImage or an EFI zboot image
// (gzip, xz or zstd).
absl::Status DecompressKernel(const InputFile& file, std::string_view name, ByteSink& output);

// The compressions of a kernel's configuration whose CONFIG_RD_* is set: "gzip", "zstd", ... sorted.
std::vector<std::string> InitrdCompressions(std::string_view config);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_KERNEL_FILE_H_
