// The ar archive: the magic, then for each member a header of 60 bytes and the content, padded to
// an even length.
//
//   0 name[16]   16 mtime[12]   28 uid[6]   34 gid[6]   40 mode[8]   48 size[10]   58 "`\n"
#include "tools/package/deb.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr std::string_view kMagic = "!<arch>\n";
constexpr size_t kHeaderBytes = 60;

absl::Status Malformed(const InputFile& file, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(file.path(), " is not a valid Debian package: ", problem));
}

struct Member {
  std::string name;
  uint64_t offset = 0;
  uint64_t size = 0;
};

absl::StatusOr<Member> ReadMember(const InputFile& file, uint64_t offset) {
  std::array<char, kHeaderBytes> bytes;
  ABSL_ASSIGN_OR_RETURN(const size_t count, file.ReadAt(offset, absl::MakeSpan(bytes)));
  const std::string_view header(bytes.data(), count);
  Member member;
  if (count < kHeaderBytes || header.substr(58) != "`\n" ||
      !absl::SimpleAtoi(absl::StripAsciiWhitespace(header.substr(48, 10)), &member.size)) {
    return Malformed(file, absl::StrCat("malformed ar header at offset ", offset));
  }
  // Some writers end the name with a slash.
  const std::string_view name = absl::StripTrailingAsciiWhitespace(header.substr(0, 16));
  member.name = absl::StripSuffix(name, "/");
  member.offset = offset + kHeaderBytes;
  if (member.size > file.size() - member.offset) {
    return Malformed(file,
                     absl::StrCat("member \"", member.name, "\" has ", member.size,
                                  " bytes but the file ends after ", file.size() - member.offset));
  }
  return member;
}

}  // namespace

absl::StatusOr<BlobRange> FindDebData(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  std::array<char, kMagic.size()> magic;
  ABSL_ASSIGN_OR_RETURN(const size_t count, file.ReadAt(0, absl::MakeSpan(magic)));
  if (std::string_view(magic.data(), count) != kMagic) {
    return Malformed(file, "it does not begin with \"!<arch>\"");
  }
  uint64_t offset = kMagic.size();
  while (offset < file.size()) {
    ABSL_ASSIGN_OR_RETURN(const Member member, ReadMember(file, offset));
    if (member.name.starts_with("data.tar")) {
      return BlobRange{.path = path, .offset = member.offset, .size = member.size};
    }
    offset = member.offset + member.size + member.size % 2;
  }
  return Malformed(file, "it has no data.tar");
}

}  // namespace linuxkit
