// The files that the servers offer, under names that are keys of a table: what a client sends is
// looked up and never reaches the file system, so that no name leads out.
//
//   ServedFiles files;
//   ABSL_RETURN_IF_ERROR(files.Add("pxelinux.cfg/default",
//   "/…/myimage-netboot/pxelinux.cfg/default")); const std::string* path =
//   files.Find("pxelinux.cfg/default");
#ifndef TOOLS_NETBOOT_SERVE_SERVED_FILES_H_
#define TOOLS_NETBOOT_SERVE_SERVED_FILES_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace linuxkit {

class ServedFiles {
 public:
  // For people: the title of the index page.
  explicit ServedFiles(std::string title = "") : title_(std::move(title)) {}

  // `path` must be a readable regular file. A name that is there already is replaced.
  absl::Status Add(std::string_view name, const std::string& path);
  // All regular files below `directory`, at most 10000; links to files count, links to directories
  // are passed over.
  absl::Status AddDirectory(const std::string& directory);

  // The path behind a name; null if there is none.
  const std::string* Find(std::string_view name) const;
  bool empty() const { return files_.empty(); }
  const std::map<std::string, std::string, std::less<>>& files() const { return files_; }
  // HTML that lists names and sizes.
  std::string IndexPage() const;

 private:
  std::string title_;
  std::map<std::string, std::string, std::less<>> files_;
};

// By the name's ending.
std::string_view MediaType(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_SERVED_FILES_H_
