// The judge of our indexes is kmod's depmod, run over the modules as they come out of the segment.
// cpio unpacks it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"
#include "tools/kernel/kernel_section.h"
#include "tools/kernel/testing/module_builder.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

class DepmodTest : public ::testing::Test {
 protected:
  DepmodTest()
      : directory_(absl::StrCat(::testing::TempDir(), "/",
                                ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_ + "/root");
    std::filesystem::create_directories(directory_ + "/judge");
    options_.owner = "//os:kernel";
    options_.compression.format = Compression::Format::kNone;
    options_.kernel_output = directory_ + "/kernel";
    options_.segment_output = directory_ + "/segment";
    options_.index_output = directory_ + "/index";
    options_.info_output = directory_ + "/info";
  }
  static void Run(const std::string& command) {
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string Ours(const std::string& name) { return Read("root", name); }
  std::string Judged(const std::string& name) { return Read("judge", name); }
  std::string Read(const std::string& tree, const std::string& name) {
    return ReadFile(absl::StrCat(directory_, "/", tree, "/lib/modules/", version_, "/", name))
        .value();
  }

  // Makes the section, unpacks it, lets depmod index the same modules in our order, and compares.
  void MakeAndJudge() {
    ASSERT_THAT(MakeKernelSection(options_), IsOk());
    Run(absl::StrCat("cd '", directory_, "/root' && cpio -id --quiet < ../segment"));
    for (const auto& entry :
         std::filesystem::directory_iterator(directory_ + "/root/lib/modules")) {
      version_ = entry.path().filename();
    }
    std::string order;
    for (const std::string_view line : absl::StrSplit(Ours("modules.dep"), '\n')) {
      absl::StrAppend(&order, line.substr(0, line.find(':')), "\n");
    }
    ASSERT_THAT(
        WriteFile(absl::StrCat(directory_, "/root/lib/modules/", version_, "/modules.order"),
                  order),
        IsOk());
    Run(absl::StrCat("PATH=/usr/sbin:/sbin:$PATH depmod -b '", directory_, "/root' -o '",
                     directory_, "/judge' ", version_));
    for (const std::string name : {"modules.dep", "modules.alias", "modules.softdep",
                                   "modules.weakdep", "modules.devname"}) {
      EXPECT_EQ(Ours(name), Judged(name)) << name;
    }
  }

  std::string directory_;
  std::string version_;
  KernelSectionOptions options_;
};

TEST_F(DepmodTest, MadeModules) {
  const std::string root = "lib/modules/6.12.5/kernel/";
  const auto file = [&](const std::string& name, ModuleSpec spec) {
    spec.machine = 183;
    spec.modinfo.push_back("name=" + name);
    return TarMember{.name = root + name + ".ko", .data = BuildModule(spec)};
  };
  const std::string tar = BuildTar(
      {file("top", {.modinfo = {"depends=left,right", "softdep=pre: soft post: late"},
                    .imports = {"left_do", "right_do", "printk"}}),
       file("left", {.exports = {"left_do"}, .imports = {"base_do"}}),
       file("right", {.exports = {"right_do"}, .imports = {"base_do", "left_do"}}),
       file("base", {.modinfo = {"alias=fs-base", "alias=pci:v*d*", "weakdep=soft"},
                     .exports = {"base_do", "base_undo"}}),
       file("loop-dev", {.modinfo = {"alias=devname:loop-control", "alias=char-major-10-237"}}),
       file("soft", {})});
  std::string kernel(4096, '\0');
  kernel.replace(0x38, 4, "ARM\x64");
  ASSERT_THAT(WriteFile(directory_ + "/Image", kernel), IsOk());
  ASSERT_THAT(WriteFile(directory_ + "/modules.tar", tar), IsOk());
  options_.vmlinuz = directory_ + "/Image";
  options_.module_tars = {directory_ + "/modules.tar"};
  MakeAndJudge();
  const std::vector<std::string> ours = absl::StrSplit(Ours("modules.symbols"), '\n');
  const std::vector<std::string> judged = absl::StrSplit(Judged("modules.symbols"), '\n');
  EXPECT_EQ(std::set<std::string>(ours.begin(), ours.end()),
            std::set<std::string>(judged.begin(), judged.end()));
}

class DebianKernelTest : public DepmodTest {
 protected:
  void SetUp() override {
    for (const char* variable : {"LINUX_BINARY_DEB", "LINUX_MODULES_DEB"}) {
      const char* path = std::getenv(variable);
      ASSERT_NE(path, nullptr) << variable;
      const char* sources = std::getenv("TEST_SRCDIR");
      options_.debs.push_back(absl::StrCat(sources == nullptr ? "" : sources, "/", path));
    }
  }
};

TEST_F(DebianKernelTest, AllModules) { MakeAndJudge(); }

TEST_F(DebianKernelTest, SomeModules) {
  options_.modules = {"virtio-net", "nfsd", "overlay"};
  MakeAndJudge();
  EXPECT_NE(Ours("modules.dep").find("sunrpc.ko"), std::string::npos);
  EXPECT_EQ(Ours("modules.dep").find("btrfs"), std::string::npos);
}

TEST_F(DebianKernelTest, KernelBesideThatOfAPackage) {
  options_.vmlinuz = "vmlinuz";
  EXPECT_EQ(MakeKernelSection(options_).message(),
            "found a kernel in --deb beside --vmlinuz=vmlinuz; expected one of them");
}

TEST_F(DebianKernelTest, DecompressedKernelIsAVmlinux) {
  options_.modules = {"overlay"};
  options_.decompress = true;
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  KernelInfo info;
  ASSERT_TRUE(info.ParseFromString(ReadFile(options_.info_output).value()));
  EXPECT_EQ(info.format(), KernelInfo::VMLINUX);
  EXPECT_EQ(info.architecture(), "amd64");
}

}  // namespace
}  // namespace linuxkit
