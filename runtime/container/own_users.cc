#include "runtime/container/own_users.h"

#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

struct CloseTree {
  void operator()(FTS* tree) const { fts_close(tree); }
};

absl::Status GiveFile(const char* path, const struct stat& file, const UserMappings& mappings) {
  const uid_t user = HostId(mappings.users, file.st_uid).value_or(file.st_uid);
  const gid_t group = HostId(mappings.groups, file.st_gid).value_or(file.st_gid);
  if (lchown(path, user, group) != 0) return SystemError(errno, absl::StrCat("chown ", path));
  // A new owner costs a program its set-user-id bit.
  constexpr mode_t kSetIds = S_ISUID | S_ISGID;
  if (S_ISREG(file.st_mode) && (file.st_mode & kSetIds) != 0 &&
      chmod(path, file.st_mode & 07777) != 0) {
    return SystemError(errno, absl::StrCat("chmod ", path));
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<uint32_t> HostId(const std::vector<IdMapping>& mappings, uint32_t id) {
  for (const IdMapping& mapping : mappings) {
    if (id >= mapping.container && id - mapping.container < mapping.size) {
      return mapping.host + (id - mapping.container);
    }
  }
  return std::nullopt;
}

absl::Status GiveToContainer(const std::string& root, const UserMappings& mappings) {
  // fts(3) does not write to the paths.
  char* const roots[] = {const_cast<char*>(root.c_str()), nullptr};
  const std::unique_ptr<FTS, CloseTree> tree(fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, nullptr));
  if (tree == nullptr) return SystemError(errno, root);
  while (true) {
    errno = 0;
    const FTSENT* const entry = fts_read(tree.get());
    if (entry == nullptr) break;
    const int kind = entry->fts_info;
    if (kind == FTS_DNR || kind == FTS_ERR || kind == FTS_NS) {
      return SystemError(entry->fts_errno, entry->fts_path);
    }
    // A directory comes again behind its files.
    if (kind == FTS_DP) continue;
    ABSL_RETURN_IF_ERROR(GiveFile(entry->fts_path, *entry->fts_statp, mappings));
  }
  return errno == 0 ? absl::OkStatus() : SystemError(errno, root);
}

}  // namespace linuxkit
