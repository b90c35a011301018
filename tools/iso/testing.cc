#include "tools/iso/testing.h"

#include <string>

#include "tools/disk/testing.h"

namespace linuxkit {

std::string FakeIsolinux() {
  std::string program(3000, 'I');
  program.replace(64, 4, "\xfb\xc0\x78\x70");
  return program;
}

IsoOptions HybridOptions() {
  IsoOptions options;
  options.publisher = "a test";
  options.time = 1700000000;
  const Content kernel = *Content::OfFile(TestFile("kernel", std::string(5000, 'k')));
  options.files = {{"boot/kernel", kernel},
                   {"a long name \xc3\xa4.txt", Content::OfBytes("text\n")},
                   {"empty", Content::OfBytes("")}};
  options.efi_files = {{"EFI/BOOT/BOOTX64.EFI", Content::OfBytes("loader")}, {"kernel", kernel}};
  options.bios = BiosBoot{.program = TestFile("isolinux.bin", FakeIsolinux()),
                          .program_path = "/isolinux/isolinux.bin",
                          .mbr = TestFile("isohdpfx.bin", std::string(432, 'M'))};
  return options;
}

}  // namespace linuxkit
