// The kernel section of a system, made from files or from a LinuxKit kernel image: the work of
// make_kernel.
#ifndef TOOLS_KERNEL_KERNEL_SECTION_H_
#define TOOLS_KERNEL_KERNEL_SECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tools/compress/compressor.h"
#include "tools/flatten/layer_input.h"
#include "tools/kernel/kernel.pb.h"

namespace linuxkit {

// Names in a kernel image; an empty one is not looked for.
struct KernelImageNames {
  std::string kernel = "kernel";
  std::string tar = "kernel.tar";
  std::string ucode = "";
};

struct KernelSectionOptions {
  // From files: one of `vmlinuz` and a package with a kernel.
  std::optional<std::string> vmlinuz;
  std::vector<std::string> debs;
  std::vector<std::string> module_tars;
  // From an image: its layers from the bottom to the top.
  std::optional<std::vector<LayerBlob>> image_layers;
  KernelImageNames names;

  // Modules to keep; empty for all.
  std::vector<std::string> modules;
  // Where they go; empty for lib/modules, or for where an image has them.
  std::string modules_prefix;
  // The kernel's configuration; by default what the packages have.
  std::optional<std::string> config;
  // A ready archive, or the vendors' blobs.
  std::optional<std::string> ucode;
  std::vector<std::string> ucode_intel;
  std::vector<std::string> ucode_amd;
  bool decompress = false;
  // What the kernel must be for; empty for any.
  std::string architecture;

  std::string owner;
  Compression compression;

  std::string kernel_output;
  std::string segment_output;
  std::string index_output;
  std::optional<std::string> ucode_output;
  std::string info_output;
};

// Writes all outputs, or none if anything is wrong.
absl::Status MakeKernelSection(const KernelSectionOptions& options);

// Checks a command line against the kernel's limit. Errors tell both lengths.
absl::Status CheckCmdline(const KernelInfo& info, std::string_view cmdline);

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_KERNEL_SECTION_H_
