#include "tools/flatten/testing/kernel_tree.h"

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

absl::Status Lost(std::string_view path, std::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the kernel would lose ", path, ": ", why));
}

}  // namespace

absl::Status KernelTree::Place(std::string_view path, std::shared_ptr<Object> object) {
  if (const size_t slash = path.rfind('/'); slash != path.npos) {
    const auto parent = objects_.find(std::string(path.substr(0, slash)));
    if (parent == objects_.end()) return Lost(path, "no directory");
    if (parent->second->kind != 'd') return Lost(path, "its parent is no directory");
  }
  std::shared_ptr<Object>& here = objects_[std::string(path)];
  if (here != nullptr && here->kind == 'l' && object->kind == 'd') {
    return Lost(path, "a directory over a link");
  }
  if (here != nullptr && here->kind == 'd' && object->kind != 'd') {
    const auto next = objects_.upper_bound(absl::StrCat(path, "/"));
    if (next != objects_.end() && absl::StartsWith(next->first, absl::StrCat(path, "/"))) {
      return Lost(path, "a file over a full directory");
    }
  }
  here = std::move(object);
  return absl::OkStatus();
}

absl::Status KernelTree::AddDirectory(std::string_view path, const Attributes& attributes) {
  return Place(path, std::make_shared<Object>(Object{'d', attributes, ""}));
}

absl::Status KernelTree::AddSymlink(std::string_view path, std::string_view target,
                                    const Attributes& attributes) {
  return Place(path, std::make_shared<Object>(Object{'l', attributes, std::string(target)}));
}

absl::Status KernelTree::AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                                 uint32_t minor, const Attributes& attributes) {
  const char kind = type == SegmentEntry::FIFO           ? 'p'
                    : type == SegmentEntry::BLOCK_DEVICE ? 'b'
                                                         : 'c';
  return Place(path,
               std::make_shared<Object>(Object{kind, attributes, absl::StrCat(major, ",", minor)}));
}

absl::Status KernelTree::AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                                 uint64_t size, ByteSource& content) {
  std::string data;
  std::vector<char> buffer(kBufferSize);
  while (data.size() < size) {
    const size_t wanted = std::min<size_t>(buffer.size(), size - data.size());
    ABSL_ASSIGN_OR_RETURN(const size_t count, content.Read(absl::MakeSpan(buffer).first(wanted)));
    if (count == 0) return absl::DataLossError(absl::StrCat("content of ", names[0], " too short"));
    data.append(buffer.data(), count);
  }
  const auto object = std::make_shared<Object>(Object{'f', attributes, std::move(data)});
  for (const std::string& name : names) ABSL_RETURN_IF_ERROR(Place(name, object));
  return absl::OkStatus();
}

absl::Status KernelTree::Restart() {
  objects_.clear();
  notes_.clear();
  return absl::OkStatus();
}

std::vector<std::string> KernelTree::Lines() const {
  std::map<const Object*, std::string> first_names;
  std::vector<std::string> lines;
  for (const auto& [path, object] : objects_) {
    const auto [first, is_new] = first_names.try_emplace(object.get(), path);
    const Attributes& a = object->attributes;
    lines.push_back(absl::StrFormat("%s %c %o %d:%d %d %s", path, object->kind, a.mode, a.uid,
                                    a.gid, a.mtime, is_new ? object->detail : "=" + first->second));
  }
  return lines;
}

std::vector<std::string> KernelTree::Names() const {
  std::vector<std::string> names;
  for (const auto& [path, object] : objects_) {
    switch (object->kind) {
      case 'd':
        names.push_back(path + "/");
        break;
      case 'l':
        names.push_back(path + "->" + object->detail);
        break;
      case 'f':
        names.push_back(path + "=" + object->detail);
        break;
      default:
        names.push_back(path);
    }
  }
  return names;
}

}  // namespace linuxkit
