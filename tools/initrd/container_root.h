// The root of a container as the process in it will see it, as far as the tree of the system tells.
#ifndef TOOLS_INITRD_CONTAINER_ROOT_H_
#define TOOLS_INITRD_CONTAINER_ROOT_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "tools/initrd/tree.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

// Where a path leads.
struct Place {
  enum class Kind {
    kFound,
    kMissing,
    kCircle,   // of links
    kUnknown,  // something may be mounted there
  };
  Kind kind = Kind::kUnknown;
  // With links followed and "/" in front; of a missing one up to what is missing.
  std::string path = {};
  const Tree::Node* node = nullptr;  // of a found one
};

class ContainerRoot {
 public:
  // All must outlive it.
  ContainerRoot(const Launch& launch, const Tree& tree);

  // Whether the tree has the root at all.
  bool IsKnown() const { return tree_.Find(launch_.root()) != nullptr; }
  // Relative paths begin at the root.
  Place Find(std::string_view path) const { return Walk(path, covered_, Missing::kReport); }
  // The same as if nothing were mounted where `path` leads itself: whether there is a mount point.
  Place FindMountPoint(std::string_view path) const;

 private:
  using Paths = std::set<std::string, std::less<>>;
  enum class Missing { kReport, kPass };

  // Paths in `covered` and below them are unknown.
  Place Walk(std::string_view path, const Paths& covered, Missing missing) const;
  // Where a mount on `path` lands: what is missing on the way will be made.
  std::string Landing(std::string_view path) const;

  const Launch& launch_;
  const Tree& tree_;
  // Clean paths with "/" in front, at and below which the tree does not tell.
  Paths covered_;
};

}  // namespace linuxkit

#endif  // TOOLS_INITRD_CONTAINER_ROOT_H_
