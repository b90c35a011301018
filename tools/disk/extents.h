// The content of a disk image as a list of pieces at their offsets; what no piece covers is zero.
// Writers of file systems and partition tables add pieces, writers of image formats (raw, qcow2…)
// read them, so that a hole stays a hole and file data goes from file to file.
//
//   Extents disk;
//   ABSL_RETURN_IF_ERROR(disk.Add(0, Content::OfBytes(mbr)));
//   ABSL_RETURN_IF_ERROR(disk.AddAll(1 << 20, esp));
//   disk.set_size(64 << 20);
//   ABSL_RETURN_IF_ERROR(WriteExtents(disk, *output));
#ifndef TOOLS_DISK_EXTENTS_H_
#define TOOLS_DISK_EXTENTS_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/disk/content.h"

namespace linuxkit {

class Extents {
 public:
  // Pieces may come in any order. Two that overlap are a mistake of the caller and an error here;
  // empty ones are dropped.
  absl::Status Add(uint64_t offset, Content content);
  // All pieces of `other`, whose start comes to lie at `offset`.
  absl::Status AddAll(uint64_t offset, const Extents& other);

  // By offset.
  using Pieces = std::map<uint64_t, Content>;
  const Pieces& pieces() const { return pieces_; }
  // The first piece that ends behind `offset`, or pieces().end().
  Pieces::const_iterator FirstBehind(uint64_t offset) const;
  // The image's length: the end of the last piece unless set larger.
  uint64_t size() const;
  void set_size(uint64_t size) { size_ = size; }

  // A hash of what decides the image short of reading files: offsets, sizes and the bytes in
  // memory, file systems' directories among them. Identifiers are derived from it.
  Sha256Digest Fingerprint() const;

 private:
  Pieces pieces_;
  uint64_t size_ = 0;
};

// Where a piece ends.
inline uint64_t EndOf(const Extents::Pieces::value_type& piece) {
  return piece.first + piece.second.size();
}

// Appends the image to `output`. An input file whose size changed is an error.
absl::Status WriteExtents(const Extents& extents, OutputFile& output);

// Appends the part [offset, offset + size) of the image, which may reach behind its end: there it
// is a hole.
absl::Status WriteExtentRange(const Extents& extents, uint64_t offset, uint64_t size,
                              OutputFile& output);

}  // namespace linuxkit

#endif  // TOOLS_DISK_EXTENTS_H_
