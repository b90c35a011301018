#include "tools/rootfs/image_format.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "tools/gpt/guid.h"

namespace linuxkit {
namespace {

// What `name`, a compression, is called by a program.
struct CompressorName {
  std::string_view name;
  std::string_view option;
};
constexpr CompressorName kSquashfs[] = {
    {"gzip", "gzip"}, {"lz4", "lz4"}, {"xz", "xz"}, {"zstd", "zstd"}};
constexpr CompressorName kErofs[] = {
    {"gzip", "deflate"}, {"lz4", "lz4hc"}, {"none", ""}, {"xz", "lzma"}, {"zstd", "zstd"}};

constexpr int64_t kMinBlock = 4096;
constexpr int64_t kMaxBlock = 1 << 20;

absl::StatusOr<std::string> CompressorOption(const ImageOptions& options,
                                             absl::Span<const CompressorName> known) {
  for (const CompressorName& compressor : known) {
    if (compressor.name == options.compression) return std::string(compressor.option);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--compression: found \"", options.compression, "\"; expected for ", options.format, " ",
      absl::StrJoin(known, ", ", [](std::string* out, const CompressorName& compressor) {
        absl::StrAppend(out, compressor.name);
      })));
}

absl::Status CheckBlockSize(int64_t size) {
  const bool is_power = (size & (size - 1)) == 0;
  if (size == 0 || (size >= kMinBlock && size <= kMaxBlock && is_power)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--block_size: found ", size,
                                                 "; expected a power of two from ", kMinBlock,
                                                 " to ", kMaxBlock));
}

absl::StatusOr<std::vector<std::string>> SquashfsCommand(const ImageOptions& options,
                                                         const Attributes& root,
                                                         const std::string& output) {
  ABSL_ASSIGN_OR_RETURN(const std::string compressor, CompressorOption(options, kSquashfs));
  std::vector<std::string> words = {options.program, "-", output, "-tar", "-noappend", "-quiet",
                                    "-no-progress", "-no-xattrs", "-comp", compressor, "-root-mode",
                                    absl::StrFormat("%o", root.mode), "-root-uid",
                                    absl::StrCat(root.uid), "-root-gid", absl::StrCat(root.gid),
                                    "-root-time", absl::StrCat(root.mtime),
                                    // The time the image was made; the files have their own.
                                    "-mkfs-time", absl::StrCat(kFixedTime),
                                    // Instead of a quarter of the machine's memory.
                                    "-mem", "256M"};
  if (options.block_size != 0) {
    words.insert(words.end(), {"-b", absl::StrCat(options.block_size)});
  }
  if (options.threads != 0) {
    words.insert(words.end(), {"-processors", absl::StrCat(options.threads)});
  }
  return words;
}

absl::StatusOr<std::vector<std::string>> ErofsCommand(const ImageOptions& options,
                                                      const std::string& identity,
                                                      const std::string& output) {
  ABSL_ASSIGN_OR_RETURN(const std::string compressor, CompressorOption(options, kErofs));
  std::vector<std::string> words = {options.program, "--quiet", "--tar=f",
                                    // The time the image was made; the files have their own.
                                    absl::StrCat("-T", kFixedTime), "--mkfs-time", "-U",
                                    GuidText(DeriveGuid(identity, "EROFS"))};
  if (!compressor.empty()) words.push_back(absl::StrCat("-z", compressor));
  if (options.block_size != 0) words.push_back(absl::StrCat("-C", options.block_size));
  if (options.threads != 0) words.push_back(absl::StrCat("--workers=", options.threads));
  words.push_back(output);
  return words;
}

}  // namespace

RootEntry RootEntryFor(const ImageOptions& options) {
  return options.format == "squashfs" ? RootEntry::kLeftOut : RootEntry::kFirst;
}

absl::StatusOr<std::vector<std::string>> ImageCommand(const ImageOptions& options,
                                                      const ImageContent& content,
                                                      const std::string& output) {
  ABSL_RETURN_IF_ERROR(CheckBlockSize(options.block_size));
  if (options.format == "squashfs") return SquashfsCommand(options, content.root, output);
  if (options.format == "erofs") return ErofsCommand(options, content.identity, output);
  return absl::InvalidArgumentError(
      absl::StrCat("--format: found \"", options.format, "\"; expected squashfs or erofs"));
}

}  // namespace linuxkit
