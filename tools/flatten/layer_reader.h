// Reads the entries of one OCI layer, a tar archive, as a stream.
//
//   LayerReader layer(tar);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<LayerEntry> entry, layer.Next());
//     if (!entry) break;
//     ...  // `layer` is also the source of the entry's data
//   }
//
// ustar, PAX and GNU archives are understood, with long names, large numbers and sparse files.
// Names are clean afterwards; whatever a tree cannot hold (sockets, names with "..") is an error
// that names the entry.
#ifndef TOOLS_FLATTEN_LAYER_READER_H_
#define TOOLS_FLATTEN_LAYER_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/segment/entry_sink.h"

struct archive;
struct archive_entry;

namespace linuxkit {

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
  // Names of the extended attributes.
  std::vector<std::string> xattrs = {};
};

class LayerReader : public ByteSource {
 public:
  // `tar` must outlive it. Bytes behind the archive's end are left unread.
  explicit LayerReader(ByteSource& tar);
  ~LayerReader() override;

  // The next entry, or nothing at the end.
  absl::StatusOr<std::optional<LayerEntry>> Next();
  // Content of the file that Next returned last.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  struct Block {
    const char* data = nullptr;
    size_t size = 0;
    uint64_t offset = 0;
  };
  absl::Status Open();
  absl::StatusOr<size_t> ReadFromBlock(absl::Span<char> buffer);
  absl::Status Fail(std::string_view entry);

  ByteSource& tar_;
  std::vector<char> buffer_;
  // Why a read of `tar_` failed, and what was found wrong first. Nothing more can be read then.
  absl::Status source_status_;
  absl::Status status_;
  std::unique_ptr<archive, void (*)(archive*)> archive_;
  bool open_ = false;
  std::string name_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  Block block_;
};

// A relative name without empty and "." components; "." for the root. Names with ".." are an error.
absl::StatusOr<std::string> CleanName(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_LAYER_READER_H_
