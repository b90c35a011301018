#include "tools/ext4/ext4_command.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/gpt/guid.h"
#include "tools/segment/entry_sink.h"

namespace linuxkit {
namespace {

constexpr size_t kMaxLabel = 16;
// The smallest with a journal.
constexpr int64_t kMinMib = 8;
// Where block numbers of 32 bits end, which the features below leave behind but not all tools do.
constexpr int64_t kMaxMib = int64_t{16} << 20;

// Named one by one, because the defaults change from version to version. Linux 4.0 knows them all.
constexpr std::string_view kFeatures =
    "none,64bit,dir_index,dir_nlink,ext_attr,extent,extra_isize,filetype,flex_bg,has_journal,"
    "huge_file,large_file,metadata_csum,resize_inode,sparse_super";

absl::Status CheckOptions(const Ext4Options& options) {
  if (options.label.empty() || options.label.size() > kMaxLabel) {
    return absl::InvalidArgumentError(
        absl::StrCat("label: found \"", absl::CHexEscape(options.label), "\", which has ",
                     options.label.size(), " bytes; expected 1 to ", kMaxLabel));
  }
  if (options.mib >= kMinMib && options.mib <= kMaxMib) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("size_mib: found ", options.mib, "; expected ",
                                                 kMinMib, " to ", kMaxMib, " MiB for ext4"));
}

}  // namespace

absl::StatusOr<Ext4Command> MakeExt4Command(const Ext4Options& options, const std::string& output) {
  ABSL_RETURN_IF_ERROR(CheckOptions(options));
  const std::string seed = absl::StrCat(options.label, " ", options.mib);
  // The file is new: nothing has to be discarded, and journal and inode tables are zero already,
  // which Linux need not see to at the first mount either.
  const std::string extended =
      absl::StrCat("hash_seed=", GuidText(DeriveGuid(seed, "ext4 directories")),
                   ",assume_storage_prezeroed=1,lazy_itable_init=0,lazy_journal_init=0,nodiscard,"
                   "root_owner=0:0");
  const std::string time = absl::StrCat(kFixedTime);
  return Ext4Command{.argv = {options.program,
                              "-q",
                              "-t",
                              "ext4",
                              "-b",
                              "4096",
                              "-I",
                              "256",
                              "-i",
                              "16384",
                              "-O",
                              std::string(kFeatures),
                              "-L",
                              options.label,
                              "-U",
                              GuidText(DeriveGuid(seed, "ext4")),
                              "-E",
                              extended,
                              output,
                              absl::StrCat(options.mib, "M")},
                     // Without a configuration file mke2fs has the same one built in on every
                     // machine. Versions before 1.47.1 know the first of the times alone.
                     .environment = {"LC_ALL=C", "MKE2FS_CONFIG=/nonexistent",
                                     absl::StrCat("E2FSPROGS_FAKE_TIME=", time),
                                     absl::StrCat("SOURCE_DATE_EPOCH=", time)}};
}

}  // namespace linuxkit
