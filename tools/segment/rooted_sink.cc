#include "tools/segment/rooted_sink.h"

#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {

absl::StatusOr<std::unique_ptr<RootedSink>> RootedSink::Create(std::string prefix,
                                                               EntrySink& sink) {
  std::unique_ptr<RootedSink> rooted(new RootedSink(std::move(prefix), sink));
  ABSL_RETURN_IF_ERROR(rooted->AddRoot());
  return rooted;
}

absl::Status RootedSink::AddRoot() {
  if (prefix_.empty()) return sink_.AddDirectory(".", kMadeUpDirectory);
  for (size_t end = prefix_.find('/');; end = prefix_.find('/', end + 1)) {
    ABSL_RETURN_IF_ERROR(sink_.AddDirectory(prefix_.substr(0, end), {.mode = 0755}));
    if (end == prefix_.npos) return absl::OkStatus();
  }
}

absl::Status RootedSink::Restart() {
  ABSL_RETURN_IF_ERROR(sink_.Restart());
  return AddRoot();
}

std::string RootedSink::Rooted(std::string_view path) const {
  if (prefix_.empty()) return std::string(path);
  return path == "." ? prefix_ : absl::StrCat(prefix_, "/", path);
}

absl::Status RootedSink::AddDirectory(std::string_view path, const Attributes& attributes) {
  return sink_.AddDirectory(Rooted(path), attributes);
}

absl::Status RootedSink::AddSymlink(std::string_view path, std::string_view target,
                                    const Attributes& attributes) {
  return sink_.AddSymlink(Rooted(path), target, attributes);
}

absl::Status RootedSink::AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                                 uint32_t minor, const Attributes& attributes) {
  return sink_.AddNode(Rooted(path), type, major, minor, attributes);
}

absl::Status RootedSink::AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                                 uint64_t size, ByteSource& content) {
  std::vector<std::string> rooted;
  for (const std::string& name : names) rooted.push_back(Rooted(name));
  return sink_.AddFile(rooted, attributes, size, content);
}

}  // namespace linuxkit
