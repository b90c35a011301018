#include "tools/verity/verity_image.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/stream.h"
#include "tools/disk/fields.h"
#include "tools/verity/hash_tree.h"
#include "tools/verity/verity_format.h"

namespace linuxkit {
namespace {

static_assert(kBufferSize % kVerityBlock == 0);

// A salt keeps tables of known blocks from fitting every system's tree. It is no secret, so it may
// follow from the image; the first block, a file system's superblock, is enough to tell systems
// apart and does not take a pass of its own.
absl::StatusOr<Sha256Digest> SaltFor(const InputFile& image) {
  std::array<char, kVerityBlock> first{};
  ABSL_RETURN_IF_ERROR(image.ReadAt(0, absl::MakeSpan(first)).status());
  Sha256 hash;
  hash.Update("dm-verity salt\n");
  hash.Update(absl::StrCat(image.size(), "\n"));
  hash.Update({first.data(), first.size()});
  return hash.Finish();
}

// RFC 9562 version 8: a value of our own making.
std::array<uint8_t, 16> UuidFor(const Sha256Digest& root_hash) {
  std::array<uint8_t, 16> uuid;
  std::copy_n(root_hash.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0f) | 0x80);
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

VeritySuperblock MakeSuperblock(uint64_t data_blocks, const Sha256Digest& salt,
                                const Sha256Digest& root_hash) {
  VeritySuperblock superblock = {.signature = kVeritySignature,
                                 .version = uint32_t{1},
                                 .hash_type = uint32_t{1},
                                 .uuid = UuidFor(root_hash),
                                 .algorithm = TextField<32>("sha256", '\0'),
                                 .data_block_size = kVerityBlock,
                                 .hash_block_size = kVerityBlock,
                                 .data_blocks = data_blocks,
                                 .salt_size = static_cast<uint16_t>(salt.size())};
  std::copy(salt.begin(), salt.end(), superblock.salt.begin());
  return superblock;
}

// Hashes the image by buffers; the last one is filled up to a whole block with zeros.
absl::Status HashImage(const InputFile& image, HashTree& tree) {
  FileRange source(image);
  std::string buffer(kBufferSize, '\0');
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source.Read(absl::MakeSpan(buffer)));
    if (count == 0) return absl::OkStatus();
    const size_t padded = RoundUp(count, kVerityBlock);
    std::fill(buffer.begin() + static_cast<ptrdiff_t>(count),
              buffer.begin() + static_cast<ptrdiff_t>(padded), '\0');
    for (size_t at = 0; at < padded; at += kVerityBlock) {
      ABSL_RETURN_IF_ERROR(tree.Add(std::string_view(buffer).substr(at, kVerityBlock)));
    }
  }
}

}  // namespace

absl::StatusOr<VerityImage> WriteVerityImage(const InputFile& image, OutputFile& output) {
  if (image.size() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(image.path(), " is empty; expected a file system image"));
  }
  const uint64_t data_blocks = DivideUp(image.size(), kVerityBlock);
  VerityImage result{.hash_offset = data_blocks * kVerityBlock};
  const uint64_t tree_offset = result.hash_offset + kVerityBlock;
  ABSL_ASSIGN_OR_RETURN(const Sha256Digest salt, SaltFor(image));
  HashTree tree(std::string(salt.begin(), salt.end()), data_blocks,
                [&](uint64_t place, std::string_view block) {
                  return output.WriteAt(tree_offset + place * kVerityBlock, block);
                });
  ABSL_RETURN_IF_ERROR(output.AppendFile(image));
  ABSL_RETURN_IF_ERROR(
      output.AppendHole(tree_offset + tree.blocks() * kVerityBlock - image.size()));
  ABSL_RETURN_IF_ERROR(HashImage(image, tree));
  ABSL_ASSIGN_OR_RETURN(result.root_hash, tree.Finish());
  ABSL_RETURN_IF_ERROR(output.WriteAt(
      result.hash_offset, BytesOf(MakeSuperblock(data_blocks, salt, result.root_hash))));
  return result;
}

std::string VerityCmdline(const VerityImage& image) {
  return absl::StrCat("linuxkit.verity_root_hash=", Hex(image.root_hash),
                      " linuxkit.verity_hash_offset=", image.hash_offset);
}

}  // namespace linuxkit
