#include "tools/initrd/apk_databases.h"

#include <sys/stat.h>

#include <cstdint>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/cpio/newc_writer.h"

namespace linuxkit {
namespace {

constexpr std::string_view kPath = "lib/apk/db/installed";
constexpr uint32_t kMode = 0644;

}  // namespace

absl::Status ApkDatabases::Add(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string database, ReadFile(path));
  if (database.empty()) return absl::OkStatus();
  ++count_;
  absl::StrAppend(&merged_, database, "\n\n");
  return absl::OkStatus();
}

absl::Status ApkDatabases::Write(ByteSink& sink) const {
  NewcWriter cpio(sink);
  ABSL_RETURN_IF_ERROR(
      cpio.Add({.name = kPath, .mode = S_IFREG | kMode, .size = merged_.size()}, merged_));
  return cpio.Trailer();
}

SegmentIndex ApkDatabases::Index() const {
  SegmentIndex index;
  index.set_owner("the package databases of the init images");
  SegmentEntry& entry = *index.add_entries();
  entry.set_path(std::string(kPath));
  entry.set_type(SegmentEntry::FILE);
  entry.set_mode(kMode);
  entry.set_size(merged_.size());
  const Sha256Digest digest = Sha256Of(merged_);
  entry.set_sha256(digest.data(), digest.size());
  return index;
}

}  // namespace linuxkit
