#include "tools/qemu/initrd_info.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/initrd/initrd.pb.h"

namespace linuxkit {
namespace {

std::string FileWith(const std::string& bytes) {
  const std::string path = absl::StrCat(testing::TempDir(), "/info");
  EXPECT_EQ(WriteFile(path, bytes), absl::OkStatus());
  return path;
}

TEST(ReadUnpackedBytes, Written) {
  InitrdInfo info;
  info.set_unpacked_bytes(12345);
  EXPECT_EQ(*ReadUnpackedBytes(FileWith(info.SerializeAsString())), 12345);
}
TEST(ReadUnpackedBytes, Garbage) {
  const std::string path = FileWith("\xff\xff\xff");
  EXPECT_EQ(ReadUnpackedBytes(path).status().message(),
            absl::StrCat(path, ": not the facts about an initrd; expected an InitrdInfo"));
}
TEST(ReadUnpackedBytes, Absurd) {
  InitrdInfo info;
  info.set_unpacked_bytes(~uint64_t{0});
  const std::string path = FileWith(info.SerializeAsString());
  EXPECT_EQ(ReadUnpackedBytes(path).status().message(),
            absl::StrCat(path, ": not the facts about an initrd; expected an InitrdInfo"));
}

}  // namespace
}  // namespace linuxkit
