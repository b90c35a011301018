// The hash tree of dm-verity over a stream of blocks. Blocks of the tree are handed over as they
// are full, with their place; so memory is one block a level, whatever the data's size.
//
//   HashTree tree(salt, blocks, [&](uint64_t place, std::string_view block) { ... });
//   for (block : data) ABSL_RETURN_IF_ERROR(tree.Add(block));
//   ABSL_ASSIGN_OR_RETURN(const Sha256Digest root_hash, tree.Finish());
#ifndef TOOLS_VERITY_HASH_TREE_H_
#define TOOLS_VERITY_HASH_TREE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/sha256.h"

namespace linuxkit {

class HashTree {
 public:
  // Writes `block` as block `place` of the tree, counted from 0.
  using Write = std::function<absl::Status(uint64_t place, std::string_view block)>;

  // `data_blocks` is how many times Add will be called, at least once.
  HashTree(std::string salt, uint64_t data_blocks, Write write);

  // The next block of data.
  absl::Status Add(std::string_view block);
  // Writes what is left; returns the digest of the top block, or of the data if it is one block.
  absl::StatusOr<Sha256Digest> Finish();

  // Blocks of the tree.
  uint64_t blocks() const { return blocks_; }

 private:
  struct Level {
    uint64_t next = 0;  // place of the block being filled
    std::string block;
  };
  Sha256Digest Digest(std::string_view block) const;
  absl::Status AddDigest(size_t level, const Sha256Digest& digest);
  absl::Status CloseBlock(size_t level);

  const std::string salt_;
  const Write write_;
  uint64_t blocks_ = 0;
  // From the lowest, whose blocks hold digests of data, to the top.
  std::vector<Level> levels_;
  Sha256Digest top_{};
};

}  // namespace linuxkit

#endif  // TOOLS_VERITY_HASH_TREE_H_
