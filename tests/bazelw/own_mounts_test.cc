// third_party/buildroot/own-mounts in real chroots, made inside a user namespace so that the test
// needs no root.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;

// Enters a plain chroot: a directory with this system's programs that is itself no mount point.
// $1 is the directory; the mounts around it are shared, so that one that got out would be seen.
constexpr std::string_view kPrepare = R"(set -e
PATH=$PATH:/usr/sbin:/sbin
cd "$1"
mount --make-rshared /
for name in /*; do
  if [ -L "$name" ]; then
    cp -d "$name" ".$name"
  elif [ -d "$name" ]; then
    case $name in /bin | /dev | /etc | /lib* | /proc | /sbin | /usr)
      mkdir -p ".$name"
      mount --rbind "$name" ".$name" ;;
    esac
  fi
done
mkdir -p mnt
)";

class OwnMountsTest : public testing::Test {
 protected:
  OwnMountsTest()
      : directory_(absl::StrCat(std::filesystem::canonical(testing::TempDir()).string(), "/",
                                testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_ + "/root");
    std::filesystem::copy_file(getenv("OWN_MOUNTS"), directory_ + "/root/own-mounts");
  }

  // Runs shell text outside of the chroot "$1", which is prepared, and returns what it prints.
  std::string Run(std::string_view text) {
    EXPECT_THAT(WriteFile(directory_ + "/script", absl::StrCat(kPrepare, text)), IsOk());
    EXPECT_EQ(
        std::system(absl::StrCat("unshare --user --map-root-user --mount sh '", directory_,
                                 "/script' '", directory_, "/root' >'", directory_, "/out' 2>&1")
                        .c_str()),
        0);
    return ReadFile(directory_ + "/out").value_or("");
  }

  const std::string directory_;
};

// What the program is for: util-linux has no way to do it.
TEST_F(OwnMountsTest, UnshareCannotDoItInAChroot) {
  EXPECT_EQ(Run("chroot . unshare --mount --propagation private true || echo refused"),
            "unshare: cannot change root filesystem propagation: Invalid argument\nrefused\n");
}

TEST_F(OwnMountsTest, ChrootBecomesARootOfItsOwn) {
  EXPECT_EQ(Run(R"(
echo here >only-in-the-chroot
chroot . sh -c 'cd /mnt; exec /own-mounts sh -c "
    pwd
    cat /only-in-the-chroot
    mount -t tmpfs tmpfs /mnt
    echo mounted >/mnt/file
    cat /mnt/file
    unshare --mount --propagation private echo a namespace in the namespace"'
ls mnt)"),
            "/mnt\nhere\nmounted\na namespace in the namespace\n");
}

TEST_F(OwnMountsTest, ProcessStaysTheSame) {
  EXPECT_EQ(Run(R"(
chroot . sh -c 'echo $$; exec /own-mounts sh -c "echo \$\$"' | uniq | wc -l)"),
            "1\n");
}

TEST_F(OwnMountsTest, StandardInputStaysTheSame) {
  EXPECT_EQ(Run(R"(
echo in the chroot | chroot . /own-mounts cat
echo outside | ./own-mounts cat)"),
            "in the chroot\noutside\n");
}

TEST_F(OwnMountsTest, WhereTheRootIsAMountPoint) {
  EXPECT_EQ(Run(R"(
own=$PWD/own-mounts
mount -t tmpfs tmpfs mnt
"$own" sh -c 'mount -t tmpfs tmpfs "$1"; echo >"$1/inside"; ls "$1"' sh "$PWD/mnt"
ls mnt)"),
            "inside\n");
}

TEST_F(OwnMountsTest, SaysWhatToDoWithoutTheRight) {
  EXPECT_THAT(
      Run("chroot . setpriv --inh-caps=-sys_admin --bounding-set=-sys_admin /own-mounts true ||"
          " true"),
      HasSubstr("bazelw: / is not a mount point (this is a chroot) and cannot be made one: "
                "unshare: Operation not permitted. Run as root with CAP_SYS_ADMIN, or run \"mount "
                "--bind CHROOT CHROOT\" before you enter the chroot.\n"));
}

}  // namespace
}  // namespace linuxkit
