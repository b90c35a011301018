// Feeds bytes as an archive to the tar reader: nothing may crash, and however the content of
// entries is passed over, by reading or by skipping, the entries must be the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/stream.h"
#include "tools/fuzz/seeds.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_reader.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

// A few bytes of a sparse file can stand for gigabytes of zeros.
constexpr uint64_t kMostRead = 1 << 20;

// Without this hardly any input would get past the checksums of its headers.
std::string WithChecksums(std::string_view tar) {
  std::string fixed;
  for (; tar.size() >= TarBlock::kSize; tar.remove_prefix(TarBlock::kSize)) {
    std::string block(tar.substr(0, TarBlock::kSize));
    if (std::string_view(block).substr(257).starts_with("ustar")) TarBuilder::FixChecksum(block);
    fixed += block;
  }
  return fixed.append(tar);
}

// The entries before the end or the first error, and that.
std::string Describe(std::string_view tar, bool read_content) {
  StringSource bytes(tar);
  StreamSource source(bytes);
  TarReader reader("", source, TarReader::EndMarker::kOptional);
  std::string text;
  while (true) {
    const absl::StatusOr<std::optional<TarEntry>> entry = reader.Next();
    if (!entry.ok()) return absl::StrCat(text, entry.status().message());
    if (!*entry) return text;
    absl::StrAppend(&text, (*entry)->path, " ", (*entry)->size, " ", (*entry)->link, "\n");
    if (!read_content || (*entry)->size > kMostRead) continue;
    StringSink content;
    const absl::StatusOr<uint64_t> count = CopyAll(reader.content(), content);
    if (!count.ok()) return absl::StrCat(text, count.status().message());
    if (*count != (*entry)->size) std::abort();
  }
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  std::string gnu_sparse = TarBuilder::Header({.name = "f", .type = 'S'}, 3);
  gnu_sparse.replace(386, 48, "00000000010\n00000000003\n00000000020\n00000000000\n");
  gnu_sparse.replace(483, 11, "00000000020");
  TarBuilder::FixChecksum(gnu_sparse);
  return {
      TarBuilder().Dir("d").File("d/f", "content").HardLink("h", "d/f").Link("l", "x").Finish(),
      TarBuilder().File(std::string(200, 'n'), "x").Add({.name = "c", .type = '3'}).Finish(),
      TarBuilder().Pax({{"path", "p"}, {"uid", "7"}, {"mtime", "1.5"}}).File("q", "x").Finish(),
      TarBuilder()
          .Pax({{"GNU.sparse.size", "20"}, {"GNU.sparse.map", "8,3,20,0"}})
          .File("f", "abc")
          .Finish(),
      TarBuilder()
          .Pax({{"GNU.sparse.major", "1"},
                {"GNU.sparse.minor", "0"},
                {"GNU.sparse.name", "n"},
                {"GNU.sparse.realsize", "20"}})
          .File("f", "1\n8\n3\n" + std::string(505, '\0') + "abc")
          .Finish(),
      TarBuilder().Raw(gnu_sparse).Raw("abc" + std::string(509, '\0')).Finish(),
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string tar = linuxkit::WithChecksums({reinterpret_cast<const char*>(data), size});
  const std::string read = linuxkit::Describe(tar, /*read_content=*/true);
  const std::string skipped = linuxkit::Describe(tar, /*read_content=*/false);
  if (read == skipped) return 0;
  std::fprintf(stderr, "read: %s\nskipped: %s\n", read.c_str(), skipped.c_str());
  std::abort();
}
