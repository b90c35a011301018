#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/modules/module_index.h"
#include "runtime/modules/module_loader.h"

namespace linuxkit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ModuleIndex Example() {
  ModuleIndex index;
  index.AddDependencies(
      "kernel/net/virtio_net.ko: kernel/net/net_failover.ko kernel/net/failover.ko\n"
      "kernel/net/net_failover.ko: kernel/net/failover.ko\n"
      "kernel/net/failover.ko:\n"
      "kernel/fs/overlay.ko.xz:\n"
      "kernel/crypto/crc32c-intel.ko:\n"
      "/abs/b.ko:\n",
      "/lib/modules/6.1");
  index.AddBuiltins("kernel/drivers/virtio/virtio_pci.ko\n");
  index.AddConfiguration(
      "# Aliases extracted from modules themselves.\n"
      "alias fs-overlay overlay\n"
      "alias virtio:d00000001v* virtio_net\n"
      "alias pci:v*d*sv*sd*bc02sc00i* virtio_net\n"
      "alias pci:v00001AF4d* b\n"
      "softdep overlay pre: crc32c-intel post: b\n"
      "options overlay metacopy=1\n"
      "options overlay index=on\n"
      "blacklist virtio-net\n");
  return index;
}

std::vector<std::string> Paths(const std::vector<Module>& modules) {
  std::vector<std::string> paths;
  for (const Module& module : modules) paths.push_back(module.path);
  return paths;
}

TEST(ModuleName, Cases) {
  EXPECT_EQ(ModuleName("kernel/net/9p/9pnet-virtio.ko.xz"), "9pnet_virtio");
  EXPECT_EQ(ModuleName("a.ko"), "a");
  EXPECT_EQ(ModuleName("/x/a.ko.zst"), "a");
}

TEST(ModuleIndex, ResolvesNamesWithEitherDash) {
  EXPECT_THAT(Example().Resolve("crc32c-intel"), ElementsAre("crc32c_intel"));
  EXPECT_THAT(Example().Resolve("crc32c_intel"), ElementsAre("crc32c_intel"));
}

TEST(ModuleIndex, ResolvesAliases) {
  EXPECT_THAT(Example().Resolve("fs-overlay"), ElementsAre("overlay"));
  EXPECT_THAT(Example().Resolve("virtio:d00000001v00001AF4"), ElementsAre("virtio_net"));
  EXPECT_THAT(Example().Resolve("pci:v00001AF4d00001000sv0sd0bc02sc00i00"),
              ElementsAre("virtio_net", "b"));
  EXPECT_THAT(Example().Resolve("usb:v1"), IsEmpty());
}

TEST(ModuleIndex, DependenciesComeFirst) {
  EXPECT_THAT(Paths(Example().LoadOrder("virtio_net")),
              ElementsAre("/lib/modules/6.1/kernel/net/failover.ko",
                          "/lib/modules/6.1/kernel/net/net_failover.ko",
                          "/lib/modules/6.1/kernel/net/virtio_net.ko"));
}

TEST(ModuleIndex, SoftDependenciesAndOptions) {
  const std::vector<Module> order = Example().LoadOrder("overlay");
  EXPECT_THAT(Paths(order), ElementsAre("/lib/modules/6.1/kernel/crypto/crc32c-intel.ko",
                                        "/lib/modules/6.1/kernel/fs/overlay.ko.xz"));
  EXPECT_EQ(order[1].options, "metacopy=1 index=on");
}

TEST(ModuleIndex, AbsolutePath) {
  EXPECT_THAT(Paths(Example().LoadOrder("b")), ElementsAre("/abs/b.ko"));
}

TEST(ModuleIndex, CircleOfSoftDependenciesEnds) {
  ModuleIndex index;
  index.AddDependencies("a.ko:\nb.ko:\n", "/m");
  index.AddConfiguration("softdep a pre: b\nsoftdep b pre: a\n");
  EXPECT_THAT(Paths(index.LoadOrder("a")), ElementsAre("/m/b.ko", "/m/a.ko"));
}

class LoaderTest : public testing::Test {
 protected:
  ModuleLoader loader_{Example(), [this](const Module& module) {
                         inserted_.push_back(module.name);
                         return module.name == broken_ ? absl::InternalError("broken " + broken_)
                                                       : absl::OkStatus();
                       }};
  std::vector<std::string> inserted_;
  std::string broken_;
};

TEST_F(LoaderTest, EachModuleOnce) {
  EXPECT_TRUE(loader_.Load("virtio_net", false).ok());
  EXPECT_TRUE(loader_.Load("net_failover", false).ok());
  EXPECT_THAT(inserted_, ElementsAre("failover", "net_failover", "virtio_net"));
}

TEST_F(LoaderTest, BlacklistAppliesOnlyIfAsked) {
  EXPECT_TRUE(loader_.Load("virtio:d00000001v1", true).ok());
  EXPECT_THAT(inserted_, IsEmpty());
  EXPECT_TRUE(loader_.Load("virtio:d00000001v1", false).ok());
  EXPECT_THAT(inserted_, ElementsAre("failover", "net_failover", "virtio_net"));
}

TEST_F(LoaderTest, BuiltinIsFine) { EXPECT_TRUE(loader_.Load("virtio-pci", false).ok()); }

TEST_F(LoaderTest, UnknownName) {
  EXPECT_EQ(loader_.Load("nothing", false),
            absl::NotFoundError("nothing: no such module or alias"));
}

TEST_F(LoaderTest, FailedDependencyEndsTheChain) {
  broken_ = "failover";
  EXPECT_EQ(loader_.Load("virtio_net", false), absl::InternalError("broken failover"));
  EXPECT_THAT(inserted_, ElementsAre("failover"));
}

TEST_F(LoaderTest, DevicesWithAndWithoutModules) {
  const std::string devices = testing::TempDir() + "/devices";
  for (const auto& [path, alias] :
       {std::pair("/pci0/virtio0", "virtio:d00000001v1"), std::pair("/pci0", "pci:v00001AF4d1"),
        std::pair("/platform/x", "platform:unknown")}) {
    ASSERT_TRUE(MakeDirectories(devices + path).ok());
    ASSERT_TRUE(WriteFile(devices + path + "/modalias", std::string(alias) + "\n", 0100).ok());
  }
  LoadModulesOfDevices(loader_, devices);
  EXPECT_THAT(inserted_, ElementsAre("b"));
}

// A bus driver makes the devices of its bus known.
TEST(LoadModulesOfDevices, DevicesThatAModuleBrings) {
  const std::string devices = testing::TempDir() + "/bus";
  const auto add = [&devices](const std::string& path, const std::string& alias) {
    ASSERT_TRUE(MakeDirectories(devices + path).ok());
    ASSERT_TRUE(WriteFile(devices + path + "/modalias", alias + "\n", 0100).ok());
  };
  add("/pci0", "pci:v00001AF4d1");
  std::vector<std::string> inserted;
  ModuleLoader loader(Example(), [&](const Module& module) {
    inserted.push_back(module.name);
    if (module.name == "b") add("/pci0/graphics", "fs-overlay");
    return absl::OkStatus();
  });
  LoadModulesOfDevices(loader, devices);
  EXPECT_THAT(inserted, ElementsAre("b", "crc32c_intel", "overlay"));
}

TEST(InsertModule, MissingFileIsAnErrorOfItsOwn) {
  EXPECT_EQ(InsertModule({"a", "/no/a.ko", ""}),
            absl::FailedPreconditionError("/no/a.ko: No such file or directory"));
}

}  // namespace
}  // namespace linuxkit
