// Where the entries of a layer come from: tar archives, Debian packages, and single files, links
// and directories.
#ifndef TOOLS_PACKAGE_LAYER_INPUT_H_
#define TOOLS_PACKAGE_LAYER_INPUT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {

class LayerInput {
 public:
  // Gets each entry and, for files, its content.
  using Visitor = std::function<absl::Status(const TarEntry& entry, ByteSource& content)>;

  // A tar, plain or compressed.
  static std::unique_ptr<LayerInput> Tar(std::string path);
  static std::unique_ptr<LayerInput> Deb(std::string path);
  // An entry given on the command line; a file's content is read from `source`, which may be empty
  // otherwise.
  static std::unique_ptr<LayerInput> Single(TarEntry entry, std::string source);

  // "DEST=SOURCE" or "DEST:MODE=SOURCE". Without mode, 0755 for a program (ELF or "#!"), else 0644.
  static absl::StatusOr<std::unique_ptr<LayerInput>> File(std::string_view flag);
  // "DEST=TARGET".
  static absl::StatusOr<std::unique_ptr<LayerInput>> Symlink(std::string_view flag);
  // "PATH" or "PATH:MODE"; without mode 0755.
  static absl::StatusOr<std::unique_ptr<LayerInput>> Directory(std::string_view flag);

  virtual ~LayerInput() = default;
  // How messages call it.
  virtual const std::string& name() const = 0;
  // Visits all entries in order; the same ones each time.
  virtual absl::Status Visit(const Visitor& visitor) const = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_LAYER_INPUT_H_
