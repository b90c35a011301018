// Kernel packages and module tars made into lib/modules/VERSION of a segment, with depmod's
// indexes.
//
//   ModuleTree tree({.prefix = "lib/modules", .keep = {"overlay"}});
//   ABSL_RETURN_IF_ERROR(tree.Scan(DebTar("linux-modules.deb"), ModuleTree::Kind::kPackage));
//   ABSL_RETURN_IF_ERROR(tree.Resolve());
//   ABSL_RETURN_IF_ERROR(tree.Write(writer));
//
// Modules are stored uncompressed: the segment is compressed as a whole, which is smaller, and they
// need no unpacking at boot. The inputs are read twice, with one module in memory at a time.
#ifndef TOOLS_KERNEL_MODULE_TREE_H_
#define TOOLS_KERNEL_MODULE_TREE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/kernel/copy_tar.h"
#include "tools/kernel/module_set.h"
#include "tools/kernel/modules_path.h"
#include "tools/kernel/tar_input.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {

class ModuleTree {
 public:
  struct Options {
    std::string prefix = std::string(kModulesPrefix);
    // Only these modules, those that every system needs, and what both need; empty for all.
    std::vector<std::string> keep = {};
    // Where to write the kernel of a package.
    std::string kernel_output = "";
  };
  enum class Kind {
    kPackage,  // only the kernel, its configuration and its modules count
    kTar,      // everything counts
  };
  explicit ModuleTree(Options options) : options_(std::move(options)) {}

  absl::Status Scan(TarInput input, Kind kind);
  // After the last Scan.
  absl::Status Resolve();
  absl::Status Write(SegmentWriter& writer);

  // What the inputs told.
  bool kernel_found() const { return !kernel_path_.empty(); }
  const std::optional<std::string>& config() const { return config_; }
  const std::string& version() const { return version_; }
  // e_machine of the modules; 0 without modules.
  uint16_t machine() const { return machine_; }
  uint32_t module_count() const { return static_cast<uint32_t>(modules_.size()); }
  uint64_t module_bytes() const { return module_bytes_; }

 private:
  struct Input {
    TarInput tar;
    Kind kind;
    HardLinks links = {};
  };
  absl::Status ScanEntry(const TarEntry& entry, Input& input, ByteSource& content);
  absl::Status ScanModuleFile(const TarEntry& entry, std::string_view rest, ByteSource& content);
  absl::Status ScanModule(const TarEntry& entry, std::string_view rest, ByteSource& content);
  absl::Status CheckVersion(std::string_view version, const std::string& input);
  absl::Status TakeKernel(const TarEntry& entry, ByteSource& content);
  absl::Status WriteInput(Input& input, SegmentWriter& writer);
  absl::Status WriteMember(const TarEntry& entry, Input& input, ByteSource& content,
                           SegmentWriter& writer);
  absl::Status WriteModule(const TarEntry& entry, std::string_view rest, ByteSource& content,
                           SegmentWriter& writer);
  absl::Status WriteParents(std::string_view path, SegmentWriter& writer);
  absl::Status WriteIndexes(SegmentWriter& writer) const;
  std::string OutputPath(std::string_view rest) const;
  std::string KeptOrder() const;

  Options options_;
  std::vector<Input> inputs_;
  ModuleSet modules_{""};
  std::string version_;
  std::string version_input_;
  std::string kernel_path_;
  std::optional<std::string> config_;
  std::optional<std::string> order_;
  // modules.builtin and modules.builtin.modinfo, copied as they are.
  std::map<std::string, std::string> builtin_files_;
  // Directories that appear once something is written below them.
  std::map<std::string, Attributes, std::less<>> directories_;
  uint16_t machine_ = 0;
  std::string machine_module_;
  uint64_t module_bytes_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_KERNEL_MODULE_TREE_H_
