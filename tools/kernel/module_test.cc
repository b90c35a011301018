// ELF reader, module facts and depmod's indexes, over modules built in memory.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "absl/status/status_matchers.h"
#include "tools/kernel/elf.h"
#include "tools/kernel/module_info.h"
#include "tools/kernel/module_set.h"
#include "tools/kernel/testing/module_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

std::string ModuleError(const std::string& bytes) {
  return std::string(ReadModuleInfo("kernel/x.ko", bytes).status().message());
}

ModuleInfo Module(const std::string& path, ModuleSpec spec) {
  spec.modinfo.push_back("vermagic=6.12.5 SMP");
  return ReadModuleInfo(path, BuildModule(spec)).value();
}

// a exports, b uses a, c uses b.
ModuleSet Chain() {
  ModuleSet modules("6.12.5");
  EXPECT_THAT(modules.Add(Module("kernel/c-c.ko", {.imports = {"b_do", "printk"}})), IsOk());
  EXPECT_THAT(modules.Add(Module("kernel/b.ko", {.exports = {"b_do"}, .imports = {"a_do"}})),
              IsOk());
  EXPECT_THAT(modules.Add(Module("kernel/a.ko", {.exports = {"a_do"}})), IsOk());
  return modules;
}

std::string IndexText(const ModuleSet& modules, const std::string& name) {
  for (const ModuleIndexFile& file : modules.IndexFiles()) {
    if (file.name == name) return file.content;
  }
  return "no such file";
}

class ModuleLayouts : public ::testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(ModuleLayouts, AllFacts) {
  const auto [wide, big_endian] = GetParam();
  const std::string bytes =
      BuildModule({.modinfo = {"license=GPL", "depends=fat,nls-base", "alias=fs-vfat",
                               "softdep=pre: nls_utf8", "weakdep=x", "vermagic=6.12.5 SMP"},
                   .exports = {"vfat_do"},
                   .imports = {"fat_do", "printk"},
                   .wide = wide,
                   .big_endian = big_endian,
                   .machine = 183});
  const auto info = ReadModuleInfo("kernel/fs/v-fat.ko.xz", bytes);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->path, "kernel/fs/v-fat.ko");
  EXPECT_EQ(info->name, "v_fat");
  EXPECT_EQ(info->machine, 183);
  EXPECT_THAT(info->depends, ElementsAre("fat", "nls_base"));
  EXPECT_THAT(info->aliases, ElementsAre("fs-vfat"));
  EXPECT_THAT(info->softdeps, ElementsAre("pre: nls_utf8"));
  EXPECT_THAT(info->weakdeps, ElementsAre("x"));
  EXPECT_EQ(info->vermagic, "6.12.5 SMP");
  EXPECT_THAT(info->exports, ElementsAre("vfat_do"));
  EXPECT_THAT(info->imports, ElementsAre("fat_do", "printk"));
}

INSTANTIATE_TEST_SUITE_P(Elf, ModuleLayouts,
                         ::testing::Values(std::pair(true, false), std::pair(true, true),
                                           std::pair(false, false), std::pair(false, true)));

TEST(ElfTest, NotElf) {
  EXPECT_EQ(ModuleError("hello"),
            "kernel module kernel/x.ko: not an ELF file: it starts with \"hell\", expected "
            "\"\\x7f"
            "ELF\"");
}

TEST(ElfTest, Empty) {
  EXPECT_EQ(ModuleError(""),
            "kernel module kernel/x.ko: not an ELF file: it starts with \"\", expected "
            "\"\\x7f"
            "ELF\"");
}

TEST(ElfTest, TruncatedHeader) {
  EXPECT_EQ(ModuleError(BuildModule({}).substr(0, 63)),
            "kernel module kernel/x.ko: broken ELF file: it ends inside the header");
}

TEST(ElfTest, TruncatedSectionHeaders) {
  std::string bytes = BuildModule({});
  bytes.pop_back();
  EXPECT_EQ(ModuleError(bytes),
            "kernel module kernel/x.ko: broken ELF file: it ends inside the section headers");
}

TEST(ElfTest, UnknownClass) {
  std::string bytes = BuildModule({});
  bytes[4] = 3;
  EXPECT_EQ(ModuleError(bytes),
            "kernel module kernel/x.ko: broken ELF file: class 3, expected 1 or 2");
}

TEST(ElfTest, SectionBeyondEnd) {
  std::string bytes = BuildModule({});
  // sh_size of section 1, high byte.
  bytes[bytes.size() - 5 * 64 + 32 + 7] = 1;
  EXPECT_EQ(ModuleError(bytes),
            "kernel module kernel/x.ko: broken ELF file: section 1 reaches beyond the end of the "
            "file");
}

TEST(ElfTest, NoModinfo) {
  EXPECT_EQ(ModuleError(BuildModule({})),
            "kernel module kernel/x.ko: it has no .modinfo section, which every kernel module "
            "has");
}

TEST(ElfTest, FlippedBytesNeverCrash) {
  constexpr uint32_t kSeed = 20240607;
  std::mt19937 random(kSeed);
  const std::string good = BuildModule({.modinfo = {"name=x"}, .exports = {"a"}, .imports = {"b"}});
  int broken = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (!ElfFile::Parse(bytes).ok()) ++broken;
  }
  EXPECT_GT(broken, 0) << "seed " << kSeed;
}

TEST(ModuleNameTest, Paths) {
  EXPECT_EQ(ModuleName("kernel/net/nf-log.ko.zst"), "nf_log");
  EXPECT_EQ(ModuleName("nf-log"), "nf_log");
  EXPECT_TRUE(IsModulePath("a.ko.gz"));
  EXPECT_FALSE(IsModulePath("a.ko.txt"));
  EXPECT_FALSE(IsModulePath("modules.gz"));
}

TEST(ModuleSetTest, DepListsTheNearestFirst) {
  ModuleSet modules = Chain();
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(IndexText(modules, "modules.dep"),
            "kernel/a.ko:\n"
            "kernel/b.ko: kernel/a.ko\n"
            "kernel/c-c.ko: kernel/b.ko kernel/a.ko\n");
}

TEST(ModuleSetTest, OrderFileDecides) {
  ModuleSet modules = Chain();
  modules.SetOrder("kernel/c-c.ko\nkernel/gone.ko\nkernel/a.ko\n");
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(IndexText(modules, "modules.dep"),
            "kernel/c-c.ko: kernel/b.ko kernel/a.ko\n"
            "kernel/a.ko:\n"
            "kernel/b.ko: kernel/a.ko\n");
}

TEST(ModuleSetTest, ClosureFollowsDependencies) {
  ModuleSet modules = Chain();
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(modules.Closure({"b"}).value(), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(modules.Closure({"c-c"}).value(), (std::set<std::string>{"a", "b", "c_c"}));
  EXPECT_EQ(modules.Closure({"c_c"}).value(), (std::set<std::string>{"a", "b", "c_c"}));
}

TEST(ModuleSetTest, ClosureFollowsSoftDependenciesAndTheirAliases) {
  ModuleSet modules("6.12.5");
  const ModuleSpec nfsd = {.modinfo = {"softdep=pre: crypto-md5 post: late gone", "weakdep=weak"}};
  ASSERT_THAT(modules.Add(Module("nfsd.ko", nfsd)), IsOk());
  ASSERT_THAT(modules.Add(Module("md5.ko", {.modinfo = {"alias=crypto-md5"}})), IsOk());
  ASSERT_THAT(modules.Add(Module("late.ko", {})), IsOk());
  ASSERT_THAT(modules.Add(Module("weak.ko", {})), IsOk());
  ASSERT_THAT(modules.Add(Module("other.ko", {})), IsOk());
  ASSERT_THAT(modules.Resolve(), IsOk());
  const auto closure = modules.Closure({"nfsd"});
  EXPECT_EQ(closure.value(), (std::set<std::string>{"late", "md5", "nfsd", "weak"}));
  modules.Keep(*closure);
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(IndexText(modules, "modules.dep"), "late.ko:\nmd5.ko:\nnfsd.ko:\nweak.ko:\n");
  EXPECT_EQ(IndexText(modules, "modules.softdep"),
            "# Soft dependencies extracted from modules themselves.\n"
            "softdep nfsd pre: crypto-md5 post: late gone\n");
}

TEST(ModuleSetTest, BuiltinNeedsNothing) {
  ModuleSet modules = Chain();
  modules.SetBuiltin("kernel/fs/ext4/ext4.ko\n");
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(modules.Closure({"ext4"}).value(), std::set<std::string>{});
}

TEST(ModuleSetTest, UnknownModule) {
  ModuleSet modules("6.12.5");
  ASSERT_THAT(modules.Add(Module("virtio_net.ko", {})), IsOk());
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(modules.Closure({"virtio-nte"}).status().message(),
            "kernel 6.12.5 has no module \"virtio-nte\"; the nearest name is \"virtio_net\"; if it "
            "is built into the kernel, leave it out or add the package that has modules.builtin");
  modules.SetBuiltin("kernel/virtio_note.ko\n");
  EXPECT_EQ(modules.Closure({"virtio-nte"}).status().message(),
            "kernel 6.12.5 has no module \"virtio-nte\"; the nearest name is \"virtio_note\"");
}

TEST(ModuleSetTest, MissingDependency) {
  ModuleSet modules("6.12.5");
  ASSERT_THAT(modules.Add(Module("kernel/b.ko", {.modinfo = {"depends=a"}})), IsOk());
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(modules.Closure({"b"}).status().message(),
            "kernel module kernel/b.ko depends on a, which is neither there nor built in");
}

TEST(ModuleSetTest, Circle) {
  ModuleSet modules = Chain();
  ASSERT_THAT(modules.Add(Module("kernel/x.ko", {.exports = {"x"}, .imports = {"y"}})), IsOk());
  ASSERT_THAT(modules.Add(Module("kernel/y.ko", {.exports = {"y"}, .imports = {"x"}})), IsOk());
  EXPECT_EQ(modules.Resolve().message(),
            "kernel modules depend on each other in a circle: x -> y -> x");
}

TEST(ModuleSetTest, TwoOfOneName) {
  ModuleSet modules = Chain();
  EXPECT_EQ(modules.Add(Module("kernel/other/a.ko", {})).message(),
            "two kernel modules have the name a: kernel/a.ko and kernel/other/a.ko");
}

TEST(ModuleSetTest, LaterArchiveReplacesAModule) {
  ModuleSet modules = Chain();
  EXPECT_THAT(modules.Add(Module("kernel/a.ko", {})), IsOk());
}

TEST(ModuleSetTest, UpdatesWin) {
  ModuleSet modules = Chain();
  ASSERT_THAT(modules.Add(Module("updates/a.ko", {})), IsOk());
  EXPECT_TRUE(modules.Has("updates/a.ko.xz"));
  EXPECT_FALSE(modules.Has("kernel/a.ko"));
}

TEST(ModuleSetTest, DeviceNames) {
  ModuleSet modules("6.12.5");
  const ModuleSpec loop = {.modinfo = {"alias=devname:loop-control", "alias=char-major-10-237"}};
  ASSERT_THAT(modules.Add(Module("loop.ko", loop)), IsOk());
  ASSERT_THAT(modules.Resolve(), IsOk());
  EXPECT_EQ(IndexText(modules, "modules.devname"),
            "# Device nodes to trigger on-demand module loading.\n"
            "loop loop-control c10:237\n");
}

}  // namespace
}  // namespace linuxkit
