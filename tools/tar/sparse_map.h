// Sparse files: an archive stores their parts one after the other, and a map of where in the file
// each belongs. What is between them is zeros.
//
// The map is in the header and blocks behind it (type "S" of GNU tar), in PAX records (GNU.sparse
// 0.0 and 0.1), or in text before the content (GNU.sparse 1.0).
#ifndef TOOLS_TAR_SPARSE_MAP_H_
#define TOOLS_TAR_SPARSE_MAP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/tar/pax_records.h"
#include "tools/tar/tar_block.h"

namespace linuxkit {

class SparseMap {
 public:
  // `size` is that of the whole file.
  explicit SparseMap(uint64_t size = 0) : size_(size) {}

  // The next part. Parts that overlap, lie beyond the end or are too many are an error.
  absl::Status Add(uint64_t offset, uint64_t size);
  // Adds "OFFSET,SIZE,OFFSET,SIZE" or the same with other separators.
  absl::Status AddList(std::string_view list, char separator);
  // Adds the parts in a header of type "S", or in a block behind it; true if one more follows.
  absl::StatusOr<bool> AddBlock(const TarBlock& block, bool is_header);
  // Adds the parts in a text of lines: how many parts there are, then offset and size of each.
  absl::Status AddText(std::string_view text);
  // How many lines the text of AddText has, by its first one.
  static absl::StatusOr<size_t> LinesOfText(std::string_view first);

  uint64_t size() const { return size_; }
  // Bytes of all parts.
  uint64_t stored() const { return stored_; }

  // What comes next in the file: a hole or a part, and how much of it is left; 0 at the end.
  struct Stretch {
    bool is_hole;
    uint64_t size;
  };
  Stretch Next() const;
  // So many bytes of it are done.
  void Advance(uint64_t count);

 private:
  struct Part {
    uint64_t offset;
    uint64_t size;
  };
  uint64_t size_;
  uint64_t stored_ = 0;
  std::vector<Part> parts_;
  size_t part_ = 0;
  uint64_t position_ = 0;
};

// How the map of a file is stored.
enum class SparseForm { kNone, kBlocks, kRecords, kText };
SparseForm SparseFormOf(const TarBlock& header, const PaxRecords& records);

// The map of a file, with its parts only if records have them.
absl::StatusOr<SparseMap> ParseSparseMap(const TarBlock& header, const PaxRecords& records);

}  // namespace linuxkit

#endif  // TOOLS_TAR_SPARSE_MAP_H_
