#include "tools/iso/testing.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"

namespace linuxkit {
namespace {

std::string WriteInput(std::string_view name, std::string_view bytes) {
  const std::string path = TestPath(name);
  EXPECT_TRUE(WriteFile(path, bytes).ok()) << path;
  return path;
}

}  // namespace

std::string FakeIsolinux() {
  std::string program(3000, 'I');
  program.replace(64, 4, "\xfb\xc0\x78\x70");
  return program;
}

IsoOptions HybridOptions() {
  IsoOptions options;
  options.publisher = "a test";
  options.time = 1700000000;
  const Content kernel = *Content::OfFile(WriteInput("kernel", std::string(5000, 'k')));
  options.files = {{"boot/kernel", kernel},
                   {"a long name \xc3\xa4.txt", Content::OfBytes("text\n")},
                   {"empty", Content::OfBytes("")}};
  options.efi_files = {{"EFI/BOOT/BOOTX64.EFI", Content::OfBytes("loader")}, {"kernel", kernel}};
  options.bios = BiosBoot{.program = WriteInput("isolinux.bin", FakeIsolinux()),
                          .program_path = "/isolinux/isolinux.bin",
                          .mbr = WriteInput("isohdpfx.bin", std::string(432, 'M'))};
  return options;
}

}  // namespace linuxkit
