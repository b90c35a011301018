// Level sizes follow from the number of data blocks, so each level's first place is known before
// the first digest:
//
//   129 blocks of data    lowest level: 2 blocks, at places 1 and 2
//                         top level:    1 block, at place 0
//
// A full block is written and its digest goes to the level above. One block of data has no level:
// its digest is the root hash.
#include "tools/verity/hash_tree.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "tools/disk/fields.h"
#include "tools/verity/verity_format.h"

namespace linuxkit {
namespace {

std::string_view Bytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

HashTree::HashTree(std::string salt, uint64_t data_blocks, Write write)
    : salt_(std::move(salt)), write_(std::move(write)) {
  std::vector<uint64_t> sizes;
  for (uint64_t below = data_blocks; below > 1; below = sizes.back()) {
    sizes.push_back(DivideUp(below, kVerityFanout));
  }
  levels_.resize(sizes.size());
  for (size_t level = sizes.size(); level-- > 0;) {
    levels_[level].next = blocks_;
    blocks_ += sizes[level];
  }
}

Sha256Digest HashTree::Digest(std::string_view block) const {
  Sha256 hash;
  hash.Update(salt_);
  hash.Update(block);
  return hash.Finish();
}

absl::Status HashTree::Add(std::string_view block) { return AddDigest(0, Digest(block)); }

absl::Status HashTree::AddDigest(size_t level, const Sha256Digest& digest) {
  if (level == levels_.size()) {
    top_ = digest;
    return absl::OkStatus();
  }
  std::string& block = levels_[level].block;
  block.append(Bytes(digest));
  return block.size() == kVerityBlock ? CloseBlock(level) : absl::OkStatus();
}

absl::Status HashTree::CloseBlock(size_t level) {
  Level& closed = levels_[level];
  closed.block.resize(kVerityBlock);
  ABSL_RETURN_IF_ERROR(write_(closed.next++, closed.block));
  const Sha256Digest digest = Digest(closed.block);
  closed.block.clear();
  return AddDigest(level + 1, digest);
}

absl::StatusOr<Sha256Digest> HashTree::Finish() {
  for (size_t level = 0; level < levels_.size(); ++level) {
    if (!levels_[level].block.empty()) {
      ABSL_RETURN_IF_ERROR(CloseBlock(level));
    }
  }
  return top_;
}

}  // namespace linuxkit
