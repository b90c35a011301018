// Boot kernels and microcode, by small files with just the headers.
#include "tools/kernel/kernel_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/kernel/kernel_section.h"
#include "tools/kernel/microcode.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::ElementsAre;

void Put(std::string& bytes, size_t offset, std::string_view value) {
  bytes.replace(offset, value.size(), value);
}

std::string Little(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

// gzip of `bytes` in one member.
std::string Gzip(std::string_view bytes) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input(bytes);
  std::string output(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

constexpr size_t kSetupSize = 2 * 512;

std::string BzImage(std::string_view payload = "") {
  std::string bytes(kSetupSize, '\0');
  bytes[0x1f1] = 1;
  Put(bytes, 0x1fe, "\x55\xaa");
  Put(bytes, 0x202, "HdrS");
  Put(bytes, 0x206, Little(0x20f, 2));
  Put(bytes, 0x20e, Little(0x100, 2));
  Put(bytes, 0x22c, Little(0x7fffffff, 4));
  Put(bytes, 0x236, Little(1, 2));
  Put(bytes, 0x238, Little(2047, 4));
  Put(bytes, 0x248, Little(0, 4));
  Put(bytes, 0x24c, Little(payload.size(), 4));
  Put(bytes, 0x300, "6.12.5-linuxkit (builder@host) #1 SMP");
  return bytes + std::string(payload);
}

std::string Arm64Image() {
  std::string bytes(4096, '\0');
  Put(bytes, 0, "MZ");
  Put(bytes, 0x38, "ARM\x64");
  Put(bytes, 0x3c, Little(0x40, 4));
  Put(bytes, 0x40, std::string_view("PE\0\0\x64\xaa", 6));
  Put(bytes, 1000, "Linux version %s (%s)");
  Put(bytes, 2000, "Linux version 6.12.5-linuxkit (builder@host) #1 SMP");
  return bytes;
}

std::string Zboot(std::string_view payload) {
  std::string bytes(0x40, '\0');
  Put(bytes, 0, std::string_view("MZ\0\0zimg", 8));
  Put(bytes, 8, Little(0x40, 4));
  Put(bytes, 12, Little(payload.size(), 4));
  return bytes + std::string(payload);
}

class KernelFileTest : public ::testing::Test {
 protected:
  InputFile File(std::string_view bytes) {
    const std::string path = ::testing::TempDir() + "/kernel";
    EXPECT_THAT(WriteFile(path, bytes), IsOk());
    return InputFile::Open(path).value();
  }
  std::string InspectError(std::string_view bytes) {
    return std::string(InspectKernel(File(bytes), "k").status().message());
  }
  std::string DecompressError(std::string_view bytes) {
    StringSink sink;
    return std::string(DecompressKernel(File(bytes), "k", sink).message());
  }
};

TEST_F(KernelFileTest, BzImage) {
  const auto info = InspectKernel(File(BzImage()), "k");
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->format(), KernelInfo::BZIMAGE);
  EXPECT_EQ(info->architecture(), "amd64");
  EXPECT_EQ(info->version(), "6.12.5-linuxkit");
  EXPECT_EQ(info->cmdline_size(), 2047u);
  EXPECT_EQ(info->initrd_addr_max(), 0x7fffffffu);
  EXPECT_EQ(info->size(), kSetupSize);
  EXPECT_FALSE(info->efi_stub());
}

TEST_F(KernelFileTest, Image) {
  const auto info = InspectKernel(File(Arm64Image()), "k");
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->format(), KernelInfo::IMAGE);
  EXPECT_EQ(info->architecture(), "arm64");
  EXPECT_EQ(info->version(), "6.12.5-linuxkit");
  EXPECT_TRUE(info->efi_stub());
}

TEST_F(KernelFileTest, ImageGzip) {
  const auto info = InspectKernel(File(Gzip(Arm64Image())), "k");
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->format(), KernelInfo::IMAGE_GZIP);
  EXPECT_EQ(info->architecture(), "arm64");
  EXPECT_FALSE(info->efi_stub());
}

TEST_F(KernelFileTest, ZbootImage) {
  const auto info = InspectKernel(File(Zboot(Gzip(Arm64Image()))), "k");
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->format(), KernelInfo::EFI_ZBOOT);
  EXPECT_EQ(info->architecture(), "arm64");
  EXPECT_TRUE(info->efi_stub());
}

TEST_F(KernelFileTest, NoKernels) {
  constexpr std::string_view kExpected =
      "; expected a bzImage, an arm64 or riscv64 Image, packed by gzip or not, or an EFI zboot "
      "image";
  const std::string expected(kExpected);
  EXPECT_EQ(InspectError(""), "k is not a kernel: it is empty" + expected);
  EXPECT_EQ(InspectError("hello"), "k is not a kernel: it starts with \"hello\"" + expected);
  EXPECT_EQ(InspectError("!<arch>\ndebian"),
            "k is not a kernel: it is an ar archive or a Debian package" + expected);
  EXPECT_EQ(InspectError(Gzip("hello")),
            "k is not a kernel: it is a gzip file without a kernel inside" + expected);
}

TEST_F(KernelFileTest, DecompressGzip) {
  StringSink sink;
  ASSERT_THAT(DecompressKernel(File(Gzip("the kernel")), "k", sink), IsOk());
  EXPECT_EQ(sink.data(), "the kernel");
}

TEST_F(KernelFileTest, DecompressBzImage) {
  StringSink sink;
  ASSERT_THAT(DecompressKernel(File(BzImage(Gzip("the kernel"))), "k", sink), IsOk());
  EXPECT_EQ(sink.data(), "the kernel");
}

TEST_F(KernelFileTest, DecompressNothing) {
  EXPECT_EQ(DecompressError(Arm64Image()),
            "k: no compressed kernel or no supported format found: it is an Image, which is "
            "not packed; expected a gzip file, a bzImage or an EFI zboot image; leave decompress "
            "out");
}

TEST_F(KernelFileTest, DecompressUnsupportedPayload) {
  EXPECT_EQ(DecompressError(BzImage("\x02!L\x18 lz4")),
            "k: unsupported bzImage payload format at offset 1024: it starts with \"\\x02!L\\x18 "
            "lz4\", expected gzip, xz or zstd");
}

TEST_F(KernelFileTest, PayloadBeyondEnd) {
  std::string bytes = BzImage(Gzip("the kernel"));
  bytes.resize(kSetupSize + 5);
  EXPECT_EQ(DecompressError(bytes),
            "k: the bzImage payload at offset 1024, size 30, reaches beyond the end of the file at "
            "1029");
}

TEST_F(KernelFileTest, EveryTruncationIsAnAnswer) {
  const std::string zboot = Zboot(Gzip(Arm64Image()));
  for (size_t size = 0; size < zboot.size(); ++size) {
    EXPECT_FALSE(InspectKernel(File(std::string_view(zboot).substr(0, size)), "k").ok()) << size;
  }
}

TEST(InitrdCompressionsTest, OfConfig) {
  EXPECT_THAT(InitrdCompressions("CONFIG_RD_ZSTD=y\n# CONFIG_RD_XZ is not set\nCONFIG_RD_GZIP=y\n"),
              ElementsAre("gzip", "zstd"));
}

TEST(CmdlineTest, Limit) {
  KernelInfo info;
  info.set_version("6.12.5");
  info.set_cmdline_size(4);
  EXPECT_THAT(CheckCmdline(info, "1234"), IsOk());
  EXPECT_EQ(CheckCmdline(info, "12345").message(),
            "the kernel command line has 5 bytes; kernel 6.12.5 takes at most 4 and would cut off "
            "the rest");
}

TEST(CmdlineTest, NulByte) {
  KernelInfo info;
  info.set_cmdline_size(2048);
  EXPECT_EQ(CheckCmdline(info, std::string_view("a\0b", 3)).message(),
            "the kernel command line has a NUL byte, which would end it");
}

constexpr std::string_view kIntelBlob("\x01\0\0\0blob!", 9);

TEST(MicrocodeTest, ArchiveIsWhatTheKernelLooksFor) {
  const auto archive = MakeMicrocodeArchive(kIntelBlob, "");
  ASSERT_THAT(archive, IsOk());
  EXPECT_THAT(CheckMicrocodeArchive("u", *archive), IsOk());
  EXPECT_EQ(archive->size() % 4, 0u);
  EXPECT_NE(archive->find("kernel/x86/microcode/GenuineIntel.bin"), std::string::npos);
  EXPECT_EQ(archive->find("AuthenticAMD"), std::string::npos);
}

TEST(MicrocodeTest, GnuCpioListsBothVendors) {
  const std::string amd("DMA\0blob", 8);
  const std::string path = ::testing::TempDir() + "/ucode";
  ASSERT_THAT(WriteFile(path, MakeMicrocodeArchive(kIntelBlob, amd).value()), IsOk());
  ASSERT_EQ(std::system(absl::StrCat("cpio -t --quiet <", path, " >", path, ".names").c_str()), 0);
  EXPECT_EQ(ReadFile(path + ".names").value(),
            "kernel\nkernel/x86\nkernel/x86/microcode\nkernel/x86/microcode/AuthenticAMD.bin\n"
            "kernel/x86/microcode/GenuineIntel.bin\n");
}

TEST(MicrocodeTest, TruncatedInTheContent) {
  std::string archive = MakeMicrocodeArchive(kIntelBlob, "").value();
  const size_t name = archive.find("kernel/x86/microcode/GenuineIntel");
  archive.replace(archive.find("GenuineIntel"), 12, "genuineintel");
  archive.resize(archive.find(kIntelBlob) + 1);
  EXPECT_EQ(CheckMicrocodeArchive("u", archive).message(),
            absl::StrCat("u is not a microcode archive: it is broken at byte ", name - 110,
                         "; expected an uncompressed newc cpio with "
                         "kernel/x86/microcode/GenuineIntel.bin or "
                         "kernel/x86/microcode/AuthenticAMD.bin"));
}

TEST(MicrocodeTest, NothingIsEmpty) { EXPECT_EQ(MakeMicrocodeArchive("", "").value(), ""); }

TEST(MicrocodeTest, WrongVendor) {
  EXPECT_EQ(MakeMicrocodeArchive("", kIntelBlob).status().message(),
            "not AMD microcode: it starts with \"\\x01\\x00\\x00\\x00\", expected \"DMA\\x00\"");
}

constexpr std::string_view kExpectedArchive =
    "; expected an uncompressed newc cpio with kernel/x86/microcode/GenuineIntel.bin or "
    "kernel/x86/microcode/AuthenticAMD.bin";

TEST(MicrocodeTest, CompressedArchive) {
  EXPECT_EQ(CheckMicrocodeArchive("u", Gzip("x").substr(0, 2)).message(),
            "u is not a microcode archive: it starts with \"\\x1f\\x8b\"" +
                std::string(kExpectedArchive));
}

TEST(MicrocodeTest, OtherNames) {
  std::string archive = MakeMicrocodeArchive(kIntelBlob, "").value();
  archive.replace(archive.find("GenuineIntel"), 12, "genuineintel");
  EXPECT_EQ(CheckMicrocodeArchive("u", archive).message(),
            "u is not a microcode archive: it has kernel/x86/microcode/genuineintel.bin" +
                std::string(kExpectedArchive));
}

TEST(MicrocodeTest, Truncated) {
  const std::string archive = MakeMicrocodeArchive(kIntelBlob, "").value();
  EXPECT_EQ(CheckMicrocodeArchive("u", archive.substr(0, 100)).message(),
            "u is not a microcode archive: it is broken at byte 0" + std::string(kExpectedArchive));
}

}  // namespace
}  // namespace linuxkit
