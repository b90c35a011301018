#include "runtime/container/mount_options.h"

#include <sys/mount.h>

#include <string_view>

#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

struct Word {
  std::string_view word;
  unsigned long set;
  unsigned long clear;
};

constexpr Word kWords[] = {
    {"async", 0, MS_SYNCHRONOUS},
    {"atime", 0, MS_NOATIME},
    {"bind", MS_BIND, 0},
    {"defaults", 0, 0},
    {"dev", 0, MS_NODEV},
    {"diratime", 0, MS_NODIRATIME},
    {"dirsync", MS_DIRSYNC, 0},
    {"exec", 0, MS_NOEXEC},
    {"mand", MS_MANDLOCK, 0},
    {"noatime", MS_NOATIME, 0},
    {"nodev", MS_NODEV, 0},
    {"nodiratime", MS_NODIRATIME, 0},
    {"noexec", MS_NOEXEC, 0},
    {"nomand", 0, MS_MANDLOCK},
    {"norelatime", 0, MS_RELATIME},
    {"nostrictatime", 0, MS_STRICTATIME},
    {"nosuid", MS_NOSUID, 0},
    {"private", MS_PRIVATE, 0},
    {"rbind", MS_BIND | MS_REC, 0},
    {"relatime", MS_RELATIME, 0},
    {"remount", MS_REMOUNT, 0},
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"shared", MS_SHARED, 0},
    {"slave", MS_SLAVE, 0},
    {"strictatime", MS_STRICTATIME, 0},
    {"suid", 0, MS_NOSUID},
    {"sync", MS_SYNCHRONOUS, 0},
    {"unbindable", MS_UNBINDABLE, 0},
};

const Word* FindWord(std::string_view option) {
  for (const Word& word : kWords) {
    if (word.word == option) return &word;
  }
  return nullptr;
}

}  // namespace

MountOptions ParseMountOptions(const std::vector<std::string>& options) {
  MountOptions result;
  for (const std::string& option : options) {
    if (const Word* word = FindWord(option)) {
      result.flags = (result.flags & ~word->clear) | word->set;
      continue;
    }
    absl::StrAppend(&result.data, result.data.empty() ? "" : ",", option);
    for (const std::string_view key : {"upperdir=", "workdir="}) {
      if (option.starts_with(key)) result.directories.push_back(option.substr(key.size()));
    }
  }
  return result;
}

}  // namespace linuxkit
