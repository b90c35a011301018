// Names in the two directory trees of an ISO image. The primary tree has identifiers of capital
// letters, digits and "_" (ECMA-119 level 2) with the real name in a Rock Ridge field; Joliet has
// the real name in UCS-2.
#ifndef TOOLS_ISO_ISO_NAMES_H_
#define TOOLS_ISO_ISO_NAMES_H_

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

// Identifiers of one directory, no two of them equal.
class PrimaryNames {
 public:
  // "grub.cfg" becomes "GRUB.CFG;1", directory "x86-64" becomes "X86_64".
  std::string Add(std::string_view name, bool is_directory);

 private:
  std::set<std::string> taken_;
};

// An error for a name that is too long for Joliet or Rock Ridge, or has a character that Joliet
// forbids.
absl::StatusOr<std::string> JolietIdentifier(std::string_view name, bool is_directory);

// Text of a Joliet volume descriptor: big-endian UCS-2, cut to `bytes`, padded with spaces.
std::string JolietText(std::string_view text, size_t bytes);

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_NAMES_H_
