// Names of a FAT directory: the long one as it was given, and the 8.3 name that every entry has.
#ifndef TOOLS_FAT_FAT_NAMES_H_
#define TOOLS_FAT_FAT_NAMES_H_

#include <array>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

// "KERNEL  IMG": base and extension, padded with spaces.
using FatShortName = std::array<char, 11>;

// Whether a FAT file system can hold a file of this name. The error shows the name and the reason.
absl::Status CheckFatName(std::string_view name);

// The names of one directory.
class FatNames {
 public:
  struct Entry {
    FatShortName short_name;
    // The slots that come in front of the entry, as bytes; none if the short name says it all.
    std::string long_name_slots;
  };

  // Two names that differ only in case are an error: FAT takes them for the same.
  absl::StatusOr<Entry> Add(std::string_view name);

 private:
  FatShortName ChooseShortName(std::string_view name);

  std::set<std::string> names_;
  std::set<FatShortName> short_names_;
};

}  // namespace linuxkit

#endif  // TOOLS_FAT_FAT_NAMES_H_
