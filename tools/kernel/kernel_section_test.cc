// The kernel section as a whole: from files, and from the layers of an image.
#include "tools/kernel/kernel_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tools/base/file.h"
#include "tools/compress/compressor.h"
#include "tools/flatten/testing/layers.h"
#include "tools/kernel/microcode.h"
#include "tools/kernel/testing/module_builder.h"
#include "tools/segment/segment.pb.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An arm64 Image of version 6.12.5.
std::string Kernel() {
  std::string bytes(4096, '\0');
  bytes.replace(0x38, 4, "ARM\x64");
  bytes.replace(2000, 27, "Linux version 6.12.5 (b@h) ");
  return bytes;
}

std::string ArmModule(ModuleSpec spec) {
  spec.machine = 183;
  spec.modinfo.push_back("license=GPL");
  return BuildModule(spec);
}

std::string ModulesTar() {
  const std::string root = "./usr/lib/modules/6.12.5/";
  return BuildTar({{.name = "./usr", .type = '5'},
                   {.name = root, .type = '5'},
                   {.name = root + "kernel/a.ko", .data = ArmModule({.exports = {"a_do"}})},
                   {.name = root + "kernel/b.ko", .data = ArmModule({.imports = {"a_do"}})},
                   {.name = root + "kernel/c.ko", .data = ArmModule({})},
                   {.name = root + "modules.builtin", .data = "kernel/ext4.ko\n"},
                   {.name = root + "modules.order", .data = "kernel/b.ko\nkernel/a.ko\n"},
                   {.name = root + "modules.dep", .data = "stale"},
                   {.name = "boot/dtb/x.dtb", .data = "tree"},
                   {.name = "boot/dtb/y.dtb", .type = '1', .link = "boot/dtb/x.dtb"}});
}

LayerBlob Layer(const std::vector<TarMember>& files) { return BlobOf(BuildTar(files)); }

class KernelSectionTest : public ::testing::Test {
 protected:
  KernelSectionTest()
      : directory_(absl::StrCat(::testing::TempDir(), "/",
                                ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_ + "/out");
    options_.owner = "//os:kernel";
    options_.compression.format = Compression::Format::kNone;
    options_.kernel_output = Out("kernel");
    options_.segment_output = Out("segment");
    options_.index_output = Out("index");
    options_.info_output = Out("info");
    options_.ucode_output = Out("ucode");
  }
  std::string Out(const std::string& name) { return directory_ + "/out/" + name; }
  std::string Input(const std::string& name, const std::string& content) {
    EXPECT_THAT(WriteFile(directory_ + "/" + name, content), IsOk());
    return directory_ + "/" + name;
  }
  // The error, with the test's directory left out; nothing may be left of the outputs.
  std::string Error() {
    const absl::Status status = MakeKernelSection(options_);
    EXPECT_TRUE(std::filesystem::is_empty(directory_ + "/out"));
    return absl::StrReplaceAll(status.message(), {{directory_ + "/", ""}});
  }
  std::vector<std::string> Paths() {
    SegmentIndex index;
    EXPECT_TRUE(index.ParseFromString(ReadFile(Out("index")).value()));
    std::vector<std::string> paths;
    for (const SegmentEntry& entry : index.entries()) {
      if (entry.type() != SegmentEntry::DIRECTORY) paths.push_back(entry.path());
    }
    return paths;
  }
  // Directories that the segment has, and in brackets those that it needs.
  std::vector<std::string> Directories() {
    SegmentIndex index;
    EXPECT_TRUE(index.ParseFromString(ReadFile(Out("index")).value()));
    std::vector<std::string> paths;
    for (const SegmentEntry& parent : index.parents()) {
      paths.push_back(absl::StrFormat("[%s %o]", parent.path(), parent.mode()));
    }
    for (const SegmentEntry& entry : index.entries()) {
      if (entry.type() == SegmentEntry::DIRECTORY) {
        paths.push_back(absl::StrCat(entry.path(), entry.made_up() ? " made up" : ""));
      }
    }
    return paths;
  }
  KernelInfo Info() {
    KernelInfo info;
    EXPECT_TRUE(info.ParseFromString(ReadFile(Out("info")).value()));
    return info;
  }

  std::string directory_;
  KernelSectionOptions options_;
};

TEST_F(KernelSectionTest, AllModulesOfATar) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {Input("modules.tar", ModulesTar())};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  const std::string root = "lib/modules/6.12.5/";
  EXPECT_THAT(
      Paths(),
      ElementsAre(root + "kernel/a.ko", root + "kernel/b.ko", root + "kernel/c.ko",
                  "boot/dtb/x.dtb", "boot/dtb/y.dtb", root + "modules.dep", root + "modules.alias",
                  root + "modules.softdep", root + "modules.weakdep", root + "modules.symbols",
                  root + "modules.devname", root + "modules.order", root + "modules.builtin"));
  EXPECT_EQ(ReadFile(Out("kernel")).value(), Kernel());
  EXPECT_EQ(ReadFile(Out("ucode")).value(), "");
  EXPECT_EQ(Info().version(), "6.12.5");
  EXPECT_EQ(Info().modules(), 3u);
}

TEST_F(KernelSectionTest, OnlyNamedModulesAndTheirNeeds) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {Input("modules.tar", ModulesTar())};
  options_.modules = {"b", "ext4"};
  options_.modules_prefix = "usr/lib/modules";
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(Info().modules(), 2u);
  EXPECT_EQ(Paths()[0], "usr/lib/modules/6.12.5/kernel/a.ko");
  EXPECT_EQ(Paths()[1], "usr/lib/modules/6.12.5/kernel/b.ko");
  const std::string cpio = ReadFile(Out("segment")).value();
  EXPECT_NE(cpio.find("kernel/b.ko: kernel/a.ko\nkernel/a.ko:\n"), std::string::npos);
}

// So the modules go where the system's /lib leads.
TEST_F(KernelSectionTest, TheSegmentHasNoDirectoriesAboveItsModules) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {Input("modules.tar", ModulesTar())};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_THAT(Directories(),
              ElementsAre("[lib 755]", "[lib/modules 755]", "lib/modules/6.12.5",
                          "lib/modules/6.12.5/kernel made up", "boot made up", "boot/dtb made up"));
}

TEST_F(KernelSectionTest, ASegmentWithoutModulesNeedsNoDirectory) {
  options_.vmlinuz = Input("Image", Kernel());
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_THAT(Directories(), IsEmpty());
}

TEST_F(KernelSectionTest, WhatEverySystemNeedsIsKept) {
  const std::string root = "lib/modules/6.12.5/";
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {
      Input("modules.tar",
            BuildTar({{.name = root + "a.ko", .data = ArmModule({.exports = {"a_do"}})},
                      {.name = root + "overlay.ko", .data = ArmModule({.imports = {"a_do"}})},
                      {.name = root + "virtio_console.ko", .data = ArmModule({})},
                      {.name = root + "virtio_net.ko", .data = ArmModule({})},
                      {.name = root + "virtio_pci.ko", .data = ArmModule({})},
                      {.name = root + "x.ko", .data = ArmModule({})}}))};
  options_.modules = {"x"};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  const std::vector<std::string> paths = Paths();
  EXPECT_THAT(std::vector<std::string>(paths.begin(), paths.begin() + 5),
              ElementsAre(root + "a.ko", root + "overlay.ko", root + "virtio_console.ko",
                          root + "virtio_pci.ko", root + "x.ko"));
  EXPECT_EQ(Info().modules(), 5u);
}

TEST_F(KernelSectionTest, UnknownModule) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {Input("modules.tar", ModulesTar())};
  options_.modules = {"ext3"};
  EXPECT_EQ(Error(), "kernel 6.12.5 has no module \"ext3\"; the nearest name is \"ext4\"");
}

TEST_F(KernelSectionTest, ModulesAskedForButNoneThere) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.modules = {"a"};
  EXPECT_EQ(Error(), "module a is asked for, but no input has a directory lib/modules/VERSION");
}

TEST_F(KernelSectionTest, NoKernel) {
  EXPECT_EQ(Error(),
            "found no kernel: looked for lib/modules/VERSION/vmlinuz and boot/vmlinuz-VERSION in "
            "no package; add the package that has it, or --vmlinuz");
}

TEST_F(KernelSectionTest, NotADebianPackage) {
  options_.debs = {Input("x.deb", "!<arch>\n")};
  EXPECT_EQ(Error(), "x.deb is not a valid Debian package: it has no data.tar");
}

TEST_F(KernelSectionTest, ModulesOfAnotherKernel) {
  std::string kernel = Kernel();
  kernel.replace(kernel.find("6.12.5"), 6, "6.12.6");
  options_.vmlinuz = Input("Image", kernel);
  options_.module_tars = {Input("modules.tar", ModulesTar())};
  EXPECT_EQ(Error(),
            "Image is kernel 6.12.6, but the modules are for 6.12.5, which it would not load; take "
            "both from one build");
}

TEST_F(KernelSectionTest, ModulesOfTwoKernels) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {
      Input("modules.tar", ModulesTar()),
      Input("other.tar", BuildTar({{.name = "lib/modules/6.1/", .type = '5'}}))};
  EXPECT_EQ(Error(),
            "other.tar: found lib/modules/6.1, expected lib/modules/6.12.5 as in modules.tar: a "
            "system has one kernel");
}

TEST_F(KernelSectionTest, WrongArchitecture) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.architecture = "amd64";
  EXPECT_EQ(Error(), "Image is a kernel for arm64, expected one for amd64");
}

TEST_F(KernelSectionTest, ModulesOfAnotherArchitecture) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {
      Input("modules.tar", BuildTar({{.name = "lib/modules/6.12.5/a.ko",
                                      .data = BuildModule({.modinfo = {"license=GPL"}})}}))};
  EXPECT_EQ(Error(), "Image is a kernel for arm64, but the modules are for amd64");
}

TEST_F(KernelSectionTest, CompressionUnknownToTheKernel) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.config = Input("config", "CONFIG_RD_GZIP=y\nCONFIG_RD_XZ=y\n");
  options_.compression.format = Compression::Format::kZstd;
  EXPECT_EQ(Error(),
            "Image cannot unpack an initrd compressed by zstd: its configuration knows gzip, xz; "
            "choose one it knows, or none");
}

TEST_F(KernelSectionTest, CompressionKnownToTheKernel) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.config = Input("config", "CONFIG_RD_GZIP=y\n");
  options_.compression.format = Compression::Format::kGzip;
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_TRUE(Info().config_known());
  EXPECT_THAT(Info().initrd_compressions(), ElementsAre("gzip"));
}

TEST_F(KernelSectionTest, EveryKernelUnpacksWhatIsNotCompressed) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.config = Input("config", "# CONFIG_RD_GZIP is not set\n");
  EXPECT_THAT(MakeKernelSection(options_), IsOk());
}

TEST_F(KernelSectionTest, MicrocodeFilesOfBothVendors) {
  const std::string intel("\x01\0\0\0one", 7), more("\x01\0\0\0two", 7), amd("DMA\0amd", 7);
  options_.vmlinuz = Input("Image", Kernel());
  options_.ucode_intel = {Input("06-8e-09", intel), Input("06-9e-0d", more)};
  options_.ucode_amd = {Input("microcode_amd.bin", amd)};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("ucode")).value(), MakeMicrocodeArchive(intel + more, amd).value());
}

TEST_F(KernelSectionTest, MicrocodeFileOfTheOtherVendor) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.ucode_intel = {Input("microcode_amd.bin", std::string("DMA\0amd", 7))};
  EXPECT_EQ(Error(),
            "not Intel microcode: it starts with \"DMA\\x00\", expected "
            "\"\\x01\\x00\\x00\\x00\"");
}

TEST_F(KernelSectionTest, MicrocodeArchiveThatIsNone) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.ucode = Input("u", "x");
  EXPECT_EQ(
      Error(),
      "u is not a microcode archive: it starts with \"x\"; expected an uncompressed newc cpio "
      "with kernel/x86/microcode/GenuineIntel.bin or kernel/x86/microcode/AuthenticAMD.bin");
}

TEST_F(KernelSectionTest, MicrocodeOfAnImage) {
  const std::string archive = MakeMicrocodeArchive("", std::string("DMA\0amd", 7)).value();
  options_.image_layers = {
      Layer({{.name = "kernel", .data = Kernel()}, {.name = "ucode.cpio", .data = archive}})};
  options_.names.tar = "";
  options_.names.ucode = "ucode.cpio";
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("ucode")).value(), archive);
}

TEST_F(KernelSectionTest, Image) {
  const std::string tar = BuildTar({{.name = "./lib/modules/6.12.5/", .type = '5'},
                                    {.name = "./lib/modules/6.12.5/modules.dep", .data = "own"},
                                    {.name = "./boot/dtb/x.dtb", .data = "tree"}});
  options_.image_layers = {
      Layer({{.name = "kernel", .data = "old"}, {.name = "kernel.tar", .data = tar}}),
      Layer({{.name = "./kernel", .data = Kernel()}, {.name = "System.map"}})};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("kernel")).value(), Kernel());
  EXPECT_THAT(Paths(), ElementsAre("lib/modules/6.12.5/modules.dep", "boot/dtb/x.dtb"));
}

std::string TarOfAnImage() {
  return BuildTar({{.name = "lib", .type = '5', .mode = 0711},
                   {.name = "lib/modules/6.12.5", .type = '5'},
                   {.name = "lib/modules/6.12.5/x", .data = "x"},
                   {.name = "lib/modules/6.12.5/y", .type = '1', .link = "lib/modules/6.12.5/x"},
                   {.name = "boot", .type = '5'},
                   {.name = "boot/dtb/x.dtb", .data = "tree"}});
}

TEST_F(KernelSectionTest, ImageHasNoDirectoriesAboveItsModules) {
  options_.image_layers = {Layer(
      {{.name = "kernel", .data = Kernel()}, {.name = "kernel.tar", .data = TarOfAnImage()}})};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_THAT(Directories(), ElementsAre("[lib 711]", "[lib/modules 755]", "boot made up",
                                         "lib/modules/6.12.5", "boot made up", "boot/dtb made up"));
}

TEST_F(KernelSectionTest, ImageModulesGoToThePrefix) {
  options_.image_layers = {Layer(
      {{.name = "kernel", .data = Kernel()}, {.name = "kernel.tar", .data = TarOfAnImage()}})};
  options_.modules_prefix = "usr/lib/modules";
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_THAT(Paths(), ElementsAre("usr/lib/modules/6.12.5/x", "usr/lib/modules/6.12.5/y",
                                   "boot/dtb/x.dtb"));
  EXPECT_THAT(Directories(),
              ElementsAre("[usr 755]", "[usr/lib 755]", "[usr/lib/modules 755]", "boot made up",
                          "usr/lib/modules/6.12.5", "boot made up", "boot/dtb made up"));
}

TEST_F(KernelSectionTest, ImageModulesFiltered) {
  options_.image_layers = {
      Layer({{.name = "kernel", .data = Kernel()}, {.name = "kernel.tar", .data = ModulesTar()}})};
  options_.modules = {"c"};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(Info().modules(), 1u);
}

TEST_F(KernelSectionTest, ImageKernelIsAHardLink) {
  options_.image_layers = {Layer({{.name = "boot/vmlinuz", .data = Kernel()}}),
                           Layer({{.name = "kernel", .type = '1', .link = "boot/vmlinuz"}})};
  options_.names.tar = "";
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("kernel")).value(), Kernel());
  EXPECT_THAT(Paths(), IsEmpty());
}

TEST_F(KernelSectionTest, ImageHardLinksInACircle) {
  options_.image_layers = {Layer({{.name = "kernel", .type = '1', .link = "other"},
                                  {.name = "other", .type = '1', .link = "kernel"}})};
  EXPECT_EQ(Error(),
            "kernel image //os:kernel: kernel \"kernel\" is not a regular file; expected a regular "
            "file");
}

TEST_F(KernelSectionTest, ImageWithoutKernel) {
  options_.image_layers = {Layer({{.name = "vmlinuz"}, {.name = "kernel.tar"}})};
  EXPECT_EQ(
      Error(),
      "did not find kernel in kernel image //os:kernel: looked for \"kernel\"; the image has: "
      "kernel.tar, vmlinuz");
}

TEST_F(KernelSectionTest, ImageWithoutTar) {
  options_.image_layers = {Layer({{.name = "kernel", .data = Kernel()}})};
  EXPECT_EQ(Error(),
            "did not find kernel tar in kernel image //os:kernel: looked for \"kernel.tar\"; the "
            "image has: kernel");
}

TEST_F(KernelSectionTest, WhiteoutOfTheKernel) {
  options_.image_layers = {Layer({{.name = "kernel", .data = Kernel()}}),
                           Layer({{.name = ".wh.kernel"}, {.name = "x"}})};
  EXPECT_EQ(
      Error(),
      "did not find kernel in kernel image //os:kernel: looked for \"kernel\"; the image has: "
      "x");
}

TEST_F(KernelSectionTest, WhiteoutOfTheKernelsDirectory) {
  options_.image_layers = {Layer({{.name = "boot/kernel", .data = Kernel()}}),
                           Layer({{.name = ".wh.boot"}, {.name = "x"}})};
  options_.names.kernel = "boot/kernel";
  EXPECT_EQ(
      Error(),
      "did not find kernel in kernel image //os:kernel: looked for \"boot/kernel\"; the image "
      "has: x");
}

TEST_F(KernelSectionTest, OpaqueDirectoryOverTheKernel) {
  options_.image_layers = {Layer({{.name = "boot/kernel", .data = Kernel()}}),
                           Layer({{.name = "boot/.wh..wh..opq"}, {.name = "boot/x"}})};
  options_.names.kernel = "boot/kernel";
  EXPECT_EQ(
      Error(),
      "did not find kernel in kernel image //os:kernel: looked for \"boot/kernel\"; the image "
      "has: boot");
}

TEST_F(KernelSectionTest, ImageKernelIsASymlink) {
  options_.image_layers = {Layer({{.name = "kernel", .type = '2', .link = "vmlinuz"}})};
  EXPECT_EQ(Error(),
            "kernel image //os:kernel: kernel \"kernel\" is a symlink to \"vmlinuz\"; expected a "
            "regular file: name the one it leads to");
}

TEST_F(KernelSectionTest, HardLinkToNothingInATar) {
  const std::string tar = BuildTar({{.name = "x", .type = '1', .link = "y"}});
  options_.image_layers = {
      Layer({{.name = "kernel", .data = Kernel()}, {.name = "kernel.tar", .data = tar}})};
  EXPECT_EQ(Error(),
            "kernel.tar of kernel image //os:kernel: x is a hard link to y, which is no file of "
            "this tar");
}

TEST_F(KernelSectionTest, HardLinkToAHardLinkInATar) {
  const std::string tar = BuildTar({{.name = "x", .data = "tree"},
                                    {.name = "y", .type = '1', .link = "x"},
                                    {.name = "z", .type = '1', .link = "y"}});
  options_.image_layers = {
      Layer({{.name = "kernel", .data = Kernel()}, {.name = "kernel.tar", .data = tar}})};
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_THAT(Paths(), ElementsAre("x", "y", "z"));
}

// Before it is unpacked the kernel does not tell its version.
TEST_F(KernelSectionTest, UnpackedKernel) {
  StringSink packed;
  auto compressor = Compressor::Create({.format = Compression::Format::kGzip}, packed);
  ASSERT_THAT(compressor, IsOk());
  ASSERT_THAT((*compressor)->Append(Kernel()), IsOk());
  ASSERT_THAT((*compressor)->Finish(), IsOk());
  options_.vmlinuz = Input("Image.gz", packed.data());
  options_.decompress = true;
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("kernel")).value(), Kernel());
  EXPECT_EQ(Info().version(), "6.12.5");
}

TEST_F(KernelSectionTest, ModuleIsAHardLink) {
  options_.vmlinuz = Input("Image", Kernel());
  options_.module_tars = {
      Input("m.tar", BuildTar({{.name = "lib/modules/6.12.5/x.ko", .type = '1', .link = "y.ko"}}))};
  EXPECT_EQ(Error(),
            "m.tar: lib/modules/6.12.5/x.ko is a hard link to y.ko; expected a regular file");
}

TEST_F(KernelSectionTest, MissingMicrocodeOfAnImageIsEmpty) {
  options_.image_layers = {Layer({{.name = "kernel", .data = Kernel()}})};
  options_.names.tar = "";
  options_.names.ucode = "intel-ucode.cpio";
  ASSERT_THAT(MakeKernelSection(options_), IsOk());
  EXPECT_EQ(ReadFile(Out("ucode")).value(), "");
}

TEST_F(KernelSectionTest, LayerWithOtherBytes) {
  LayerBlob layer = Layer({{.name = "kernel", .data = Kernel()}});
  const std::string found = layer.digest;
  layer.digest = layer.diff_id = BlobOf("other").digest;
  options_.image_layers = {layer};
  EXPECT_EQ(Error(), absl::StrCat("kernel image //os:kernel: layer 1 of 1: the blob has digest ",
                                  found, "; expected ", layer.digest));
}

TEST_F(KernelSectionTest, LayerThatIsNoTar) {
  options_.image_layers = {BlobOf("hello")};
  EXPECT_EQ(Error(),
            "kernel image //os:kernel: layer 1 of 1: tar header at offset 0: the archive ends "
            "inside this header; it is truncated or not an uncompressed tar");
}

}  // namespace
}  // namespace linuxkit
