// The line, after the kernel's Documentation/admin-guide/device-mapper/verity.rst:
//
//   1 DATA_DEVICE HASH_DEVICE DATA_BLOCK_SIZE HASH_BLOCK_SIZE DATA_BLOCKS HASH_START_BLOCK
//   ALGORITHM ROOT_HASH SALT [1 on_corruption]
#include "runtime/root/verity_target.h"

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/disk/fields.h"
#include "tools/verity/verity_format.h"

namespace linuxkit {
namespace {

static_assert(kVeritySuperblockSize == sizeof(VeritySuperblock));

constexpr uint64_t kSector = 512;
constexpr char kAlgorithm[] = "sha256";

absl::Status CheckSuperblock(const VeritySuperblock& superblock, uint64_t hash_offset) {
  const auto fail = [hash_offset](std::string_view field, auto found, auto expected) {
    return absl::DataLossError(absl::StrCat("the dm-verity superblock at ", hash_offset, " has ",
                                            field, " ", found, "; expected ", expected));
  };
  if (superblock.signature != kVeritySignature) {
    return absl::DataLossError(absl::StrCat("found no dm-verity superblock at ", hash_offset,
                                            "; expected \"verity\" there"));
  }
  if (superblock.version != 1) return fail("version", uint32_t{superblock.version}, 1);
  if (superblock.hash_type != 1) return fail("hash type", uint32_t{superblock.hash_type}, 1);
  if (superblock.algorithm != TextField<32>(kAlgorithm, '\0')) {
    const std::string_view name(superblock.algorithm.data(), superblock.algorithm.size());
    return fail("algorithm",
                absl::StrCat("\"", absl::CHexEscape(name.substr(0, name.find('\0'))), "\""),
                kAlgorithm);
  }
  if (superblock.data_block_size != kVerityBlock) {
    return fail("data block size", uint32_t{superblock.data_block_size}, kVerityBlock);
  }
  if (superblock.hash_block_size != kVerityBlock) {
    return fail("hash block size", uint32_t{superblock.hash_block_size}, kVerityBlock);
  }
  if (superblock.salt_size > superblock.salt.size()) {
    return fail("salt size", uint16_t{superblock.salt_size},
                absl::StrCat("at most ", superblock.salt.size()));
  }
  const uint64_t blocks = hash_offset / kVerityBlock;
  if (superblock.data_blocks != blocks) {
    return fail("data blocks", uint64_t{superblock.data_blocks},
                absl::StrCat(blocks, ", all that is before it"));
  }
  return absl::OkStatus();
}

std::string SaltText(const VeritySuperblock& superblock) {
  if (superblock.salt_size == 0) return "-";
  return absl::BytesToHexString(std::string_view(
      reinterpret_cast<const char*>(superblock.salt.data()), superblock.salt_size));
}

}  // namespace

absl::StatusOr<VerityTarget> MakeVerityTarget(std::string_view superblock,
                                              const VerityOptions& options,
                                              std::string_view device) {
  if (options.hash_offset % kVerityBlock != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("linuxkit.verity_hash_offset=", options.hash_offset,
                     ": expected a multiple of ", kVerityBlock));
  }
  if (superblock.size() < sizeof(VeritySuperblock)) {
    return absl::DataLossError(absl::StrCat("found the end of the device before the dm-verity ",
                                            "superblock at ", options.hash_offset));
  }
  const auto fields = FromBytes<VeritySuperblock>(superblock);
  ABSL_RETURN_IF_ERROR(CheckSuperblock(fields, options.hash_offset));
  const uint64_t data_blocks = fields.data_blocks;
  VerityTarget target{
      .sectors = data_blocks * (kVerityBlock / kSector),
      .parameters = absl::StrCat("1 ", device, " ", device, " ", kVerityBlock, " ", kVerityBlock,
                                 " ", data_blocks, " ", data_blocks + 1, " ", kAlgorithm, " ",
                                 options.root_hash, " ", SaltText(fields))};
  if (!options.on_corruption.empty()) {
    absl::StrAppend(&target.parameters, " 1 ", options.on_corruption);
  }
  return target;
}

}  // namespace linuxkit
