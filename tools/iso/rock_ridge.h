// Rock Ridge: what POSIX knows of a file, in the system use fields of its directory record (SUSP
// 1.12 and RRIP 1.12).
//
// A record has 255 bytes at most. What does not fit goes into a continuation area, one for the
// whole tree, and a CE field points there.
#ifndef TOOLS_ISO_ROCK_RIDGE_H_
#define TOOLS_ISO_ROCK_RIDGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/disk/file_tree.h"
#include "tools/iso/iso_format.h"

namespace linuxkit {

// libisofs (xorriso) refuses an image with a longer one. With the fields around it, it fits into a
// block of the continuation area in the worst case.
inline constexpr size_t kRockRidgeMaxTarget = 1023;

struct RockRidgeFile {
  std::string_view name;  // empty for "." and ".."
  bool is_directory = false;
  uint32_t links = 1;
  // The "." of the root announces the protocol.
  bool is_root_dot = false;
  // Without them a file is root's and read-only, of the time of the volume.
  const PosixAttributes* posix = nullptr;
};

class RockRidge {
 public:
  // `area_block` is where the continuation area lies.
  RockRidge(IsoRecordDate date, uint32_t area_block) : date_(date), area_block_(area_block) {}

  // The system use fields of a record that has room for `room` bytes. A symlink's target of more
  // than kRockRidgeMaxTarget bytes does not fit.
  std::string FieldsOf(const RockRidgeFile& file, size_t room);

  // The continuation area, complete when all records are made.
  const std::string& area() const { return area_; }

 private:
  std::string Continue(std::string_view fields);

  IsoRecordDate date_;
  uint32_t area_block_;
  std::string area_;
};

}  // namespace linuxkit

#endif  // TOOLS_ISO_ROCK_RIDGE_H_
