// Remembers extended attributes, which an initramfs cannot hold, to tell the user once.
#ifndef TOOLS_FLATTEN_LOST_XATTRS_H_
#define TOOLS_FLATTEN_LOST_XATTRS_H_

#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

class LostXattrs {
 public:
  // Notes the names of the attributes of `path`, if there are any.
  void Add(std::string_view path, const std::vector<std::string>& xattrs);
  void Clear() { lines_.clear(); }
  // One sentence with the number and the first names; empty if nothing was lost.
  std::string Note() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace linuxkit

#endif  // TOOLS_FLATTEN_LOST_XATTRS_H_
