// Reads the entries of one OCI layer, an uncompressed tar archive, as a stream.
//
//   LayerReader layer(tar);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, layer.Next());
//     if (!entry) break;
//     ...  // layer.content() is the source of the entry's data
//   }
//
// What TarReader reads, with the whiteouts recognized.
#ifndef TOOLS_FLATTEN_LAYER_READER_H_
#define TOOLS_FLATTEN_LAYER_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/stream.h"
#include "tools/segment/entry_sink.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_reader.h"

namespace linuxkit {

// What names at the top of a layer begin with that the aufs driver of old Docker versions kept for
// itself. The mark of an opaque root, ".wh..wh..opq", is none of them.
inline constexpr std::string_view kAufsPrefix = ".wh..wh.";

struct LayerEntry {
  enum class Type {
    kFile,
    kDirectory,
    kSymlink,
    kHardLink,
    kCharacterDevice,
    kBlockDevice,
    kFifo,
    kWhiteout,  // ".wh.NAME": `name` is gone from the layers below
    kOpaque,    // ".wh..wh..opq": all below the directory `name` is gone from the layers below
  };
  Type type = Type::kFile;
  // Relative and clean, "." for the root; bytes, not necessarily UTF-8.
  std::string name = {};
  Attributes attributes = {};
  // kFile: bytes of content, holes of sparse files included.
  uint64_t size = 0;
  // kSymlink: the target as it is. kHardLink: the clean name of the other entry.
  std::string link = {};
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  // At or below a name with kAufsPrefix: no part of the image, but hard links of the same layer may
  // lead to such a file.
  bool aufs_metadata = false;
  // Names of the extended attributes, access control lists included; sorted.
  std::vector<std::string> xattrs = {};
};

class LayerReader {
 public:
  // `tar` must outlive it. Bytes behind the archive's end are left unread. Layers have a digest, so
  // the mark of the end may be missing.
  explicit LayerReader(ByteSource& tar)
      : source_(tar), reader_("", source_, TarReader::EndMarker::kOptional) {}

  // The next entry, or nothing at the end.
  absl::StatusOr<std::optional<LayerEntry>> Next();
  // Content of the file that Next returned last.
  ByteSource& content() { return reader_.content(); }

 private:
  StreamSource source_;
  TarReader reader_;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_LAYER_READER_H_
