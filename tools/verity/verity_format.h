// The superblock of a dm-verity hash tree, version 1, and what we write into it (boot-formats.md,
// section 5.5; cryptsetup's verity format).
//
//   block 0        superblock, zeros to the end of the block
//   block 1        the tree's top block
//   ...            the other levels, one after the other, the lowest last
//
// A level's block holds 128 digests of the blocks below, each SHA-256(salt + block). The root hash
// is the digest of the top block; the superblock is not part of it, so its fields are believed only
// as far as a wrong one changes a digest.
#ifndef TOOLS_VERITY_VERITY_FORMAT_H_
#define TOOLS_VERITY_VERITY_FORMAT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "tools/disk/fields.h"

namespace linuxkit {

inline constexpr uint32_t kVerityBlock = 4096;
inline constexpr size_t kVerityDigest = 32;
inline constexpr uint64_t kVerityFanout = kVerityBlock / kVerityDigest;

struct VeritySuperblock {
  std::array<char, 8> signature{};       //   0: "verity\0\0"
  Little<uint32_t> version;              //   8: of the superblock, 1
  Little<uint32_t> hash_type;            //  12: 1, the salt comes before the block
  std::array<uint8_t, 16> uuid{};        //  16
  std::array<char, 32> algorithm{};      //  32: "sha256"
  Little<uint32_t> data_block_size;      //  64
  Little<uint32_t> hash_block_size;      //  68
  Little<uint64_t> data_blocks;          //  72
  Little<uint16_t> salt_size;            //  80
  std::array<uint8_t, 6> reserved1{};    //  82
  std::array<uint8_t, 256> salt{};       //  88
  std::array<uint8_t, 168> reserved2{};  // 344
};
static_assert(sizeof(VeritySuperblock) == 512);

inline constexpr std::array<char, 8> kVeritySignature = {'v', 'e', 'r', 'i', 't', 'y', 0, 0};

}  // namespace linuxkit

#endif  // TOOLS_VERITY_VERITY_FORMAT_H_
