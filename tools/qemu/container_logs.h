// What the containers of a guest have written, as the test channel delivers it: whole in files, and
// the end of each in memory for the report.
#ifndef TOOLS_QEMU_CONTAINER_LOGS_H_
#define TOOLS_QEMU_CONTAINER_LOGS_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "runtime/base/printable.h"

namespace linuxkit {

class ContainerLogs {
 public:
  // Writes DIRECTORY/SECTION/NAME.log (standard error) and NAME.out.log (standard output), as the
  // guest calls them; nothing if `directory` is empty.
  explicit ContainerLogs(std::string directory) : directory_(std::move(directory)) {}

  // `is_error`: of standard error, else of standard output.
  absl::Status Append(std::string_view section, std::string_view name, bool is_error,
                      std::string_view bytes);
  // What a message about the container says of its output (DescribeOutput).
  std::string LastOutput(std::string_view section, std::string_view name) const;

 private:
  struct Stream {
    std::string file;
    std::string end;
    bool cut = false;
  };
  // Section, name, whether it is standard error.
  using Key = std::tuple<std::string, std::string, bool>;

  absl::Status Open(const Key& key, Stream& stream) const;
  const Stream* Find(std::string_view section, std::string_view name, bool is_error) const;

  const std::string directory_;
  std::map<Key, Stream> streams_;
};

// A name that a guest chose, as a name in a directory of ours: what is no letter, digit or one of
// "._+-" becomes %XX, as does a dot at the start.
std::string LogFileName(std::string_view name);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_CONTAINER_LOGS_H_
