// How the formats are told apart (little endian, offsets in bytes):
//
//   bzImage      0x1fe 55 aa, 0x202 "HdrS"            Documentation/arch/x86/boot.rst
//   arm64 Image  0x38 "ARM\x64"                       Documentation/arch/arm64/booting.rst
//   riscv Image  0x38 "RSC\x05" Documentation/arch/riscv/boot-image-header.rst EFI zboot    0
//   "MZ\0\0zimg"                       drivers/firmware/efi/libstub/zboot-header.S Image.gz     0
//   1f 8b, and an Image inside vmlinux      0 7f "ELF", executable
#include "tools/kernel/kernel_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/compress/decompressor.h"
#include "tools/kernel/elf.h"

namespace linuxkit {
namespace {

// Enough of the file for every header we read; the x86 version string lies within the setup code,
// at most 32 KiB.
constexpr size_t kHeadSize = 64 * 1024;

constexpr std::string_view kGzipMagic("\x1f\x8b", 2);
constexpr std::string_view kXzMagic(
    "\xfd"
    "7zXZ\0",
    6);
constexpr std::string_view kZstdMagic("\x28\xb5\x2f\xfd", 4);
constexpr std::string_view kZbootMagic("MZ\0\0zimg", 8);
constexpr std::string_view kElfMagic(
    "\x7f"
    "ELF",
    4);

// Offsets in the x86 setup header.
constexpr size_t kSetupSectors = 0x1f1;
constexpr size_t kBootFlag = 0x1fe;
constexpr size_t kHeaderMagic = 0x202;
constexpr size_t kProtocol = 0x206;
constexpr size_t kVersionPointer = 0x20e;  // counted from 0x200
constexpr size_t kInitrdAddrMax = 0x22c;
constexpr size_t kLoadFlags64 = 0x236;
constexpr size_t kCmdlineSize = 0x238;
constexpr size_t kPayloadOffset = 0x248;
constexpr size_t kPayloadLength = 0x24c;
constexpr size_t kSetupHeaderEnd = 0x250;
constexpr uint16_t kProtocolWithCmdlineSize = 0x206;
constexpr uint32_t kCmdlineSizeBefore = 255;

// Offsets in an EFI zboot image.
constexpr size_t kZbootPayloadOffset = 0x08;
constexpr size_t kZbootPayloadSize = 0x0c;
constexpr size_t kZbootHeaderEnd = 0x40;

// Offset of the magic in an Image of either architecture, and of the pointer to the PE header.
constexpr size_t kImageMagic = 0x38;
constexpr size_t kPePointer = 0x3c;
// COMMAND_LINE_SIZE without the NUL.
constexpr uint32_t kCmdlineSizeArm64 = 2047;
constexpr uint32_t kCmdlineSizeRiscv = 1023;

constexpr std::string_view kBanner = "Linux version ";

// The caller has checked that the bytes are there.
template <typename T>
T LoadLittle(std::string_view bytes, size_t offset) {
  T value = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<T>((uint64_t{value} << 8) | static_cast<uint8_t>(bytes[offset + i]));
  }
  return value;
}

bool HasAt(std::string_view bytes, size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && bytes.substr(offset).starts_with(magic);
}

bool IsBzImage(std::string_view head) {
  return head.size() > kSetupHeaderEnd && HasAt(head, kBootFlag, "\x55\xaa") &&
         HasAt(head, kHeaderMagic, "HdrS");
}

bool IsZboot(std::string_view head) {
  return head.size() >= kZbootHeaderEnd && head.starts_with(kZbootMagic);
}

// The architecture of an Image; empty if it is none.
std::string_view ImageArchitecture(std::string_view head) {
  if (HasAt(head, kImageMagic, "ARM\x64")) return "arm64";
  if (HasAt(head, kImageMagic, "RSC\x05")) return "riscv64";
  return {};
}

// The architecture of an EFI program, by the machine of its PE header; empty if it is none.
std::string_view PeArchitecture(std::string_view head) {
  if (!head.starts_with("MZ") || head.size() < kPePointer + 4) return {};
  const uint32_t pe = LoadLittle<uint32_t>(head, kPePointer);
  if (pe > head.size() || !HasAt(head, pe, std::string_view("PE\0\0", 4)) ||
      head.size() < size_t{pe} + 6) {
    return {};
  }
  switch (LoadLittle<uint16_t>(head, size_t{pe} + 4)) {
    case 0x014c:
      return "386";
    case 0x8664:
      return "amd64";
    case 0xaa64:
      return "arm64";
    case 0x5064:
      return "riscv64";
    default:
      return {};
  }
}

absl::StatusOr<std::string> ReadHead(ByteSource& source) {
  std::string head(kHeadSize, '\0');
  size_t filled = 0;
  while (filled < head.size()) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source.Read(absl::MakeSpan(head).subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  head.resize(filled);
  return head;
}

std::string FirstWord(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(std::string_view(" \n\0", 3))));
}

// The version out of "Linux version 6.12.5 (builder@host) ...", which every unpacked kernel
// contains; empty if not found. The format string "Linux version %s (%s)" does not count.
absl::StatusOr<std::string> FindBanner(ByteSource& source) {
  constexpr size_t kLongest = 256;
  std::string window;
  std::array<char, kBufferSize> buffer;
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, source.Read(absl::MakeSpan(buffer)));
    window.append(buffer.data(), count);
    for (size_t at = window.find(kBanner); at != std::string::npos;
         at = window.find(kBanner, at + 1)) {
      if (count != 0 && window.size() - at < kLongest) break;
      const std::string version = FirstWord(std::string_view(window).substr(at + kBanner.size()));
      if (!version.empty() && absl::ascii_isdigit(static_cast<unsigned char>(version[0]))) {
        return version;
      }
    }
    if (count == 0) return std::string();
    if (window.size() > kLongest) window.erase(0, window.size() - kLongest);
  }
}

KernelInfo InspectBzImage(std::string_view head) {
  KernelInfo info;
  info.set_format(KernelInfo::BZIMAGE);
  info.set_architecture(LoadLittle<uint16_t>(head, kLoadFlags64) & 1 ? "amd64" : "386");
  info.set_efi_stub(!PeArchitecture(head).empty());
  info.set_initrd_addr_max(LoadLittle<uint32_t>(head, kInitrdAddrMax));
  const bool has_size = LoadLittle<uint16_t>(head, kProtocol) >= kProtocolWithCmdlineSize;
  info.set_cmdline_size(has_size ? LoadLittle<uint32_t>(head, kCmdlineSize) : kCmdlineSizeBefore);
  const size_t version = LoadLittle<uint16_t>(head, kVersionPointer);
  if (version != 0 && version + 0x200 < head.size()) {
    info.set_version(FirstWord(head.substr(version + 0x200)));
  }
  return info;
}

KernelInfo InspectImage(std::string_view head) {
  KernelInfo info;
  const std::string_view architecture = ImageArchitecture(head);
  info.set_format(KernelInfo::IMAGE);
  info.set_architecture(std::string(architecture));
  info.set_efi_stub(!PeArchitecture(head).empty());
  info.set_cmdline_size(architecture == "arm64" ? kCmdlineSizeArm64 : kCmdlineSizeRiscv);
  return info;
}

// An executable ELF file: e_type 2 or 3, little endian as all our architectures are.
bool IsVmlinux(std::string_view head) {
  if (!head.starts_with(kElfMagic) || head.size() < 20 || head[5] != 1) return false;
  const uint16_t type = LoadLittle<uint16_t>(head, 16);
  return type == 2 || type == 3;
}

// What a file seems to be that is not what was expected, for messages.
std::string Describe(std::string_view head) {
  if (head.empty()) return "it is empty";
  if (!ImageArchitecture(head).empty()) return "it is an Image, which is not packed";
  if (IsVmlinux(head)) return "it is a vmlinux, which is not packed";
  if (HasAt(head, 257, "ustar")) return "it is a tar archive";
  if (head.starts_with("!<arch>\n")) return "it is an ar archive or a Debian package";
  if (head.starts_with("07070")) return "it is a cpio archive";
  if (head.starts_with(kElfMagic)) return "it is an ELF file that is not executable";
  if (head.starts_with(kGzipMagic)) return "it is a gzip file without a kernel inside";
  if (head.starts_with(kXzMagic)) return "it is an xz file";
  if (head.starts_with(kZstdMagic)) return "it is a zstd file";
  if (!PeArchitecture(head).empty()) return "it is an EFI program but no Linux kernel";
  return absl::StrCat("it starts with \"", absl::CHexEscape(head.substr(0, 8)), "\"");
}

absl::Status NotAKernel(std::string_view name, std::string_view head) {
  return absl::InvalidArgumentError(absl::StrCat(
      name, " is not a kernel: ", Describe(head),
      "; expected a bzImage, an arm64 or riscv64 Image, packed by gzip or not, or an EFI zboot "
      "image"));
}

// Where the packed kernel lies in a bzImage or zboot image.
struct Payload {
  uint64_t offset;
  uint64_t size;
};

Payload PayloadOf(std::string_view head) {
  if (IsZboot(head)) {
    return {.offset = LoadLittle<uint32_t>(head, kZbootPayloadOffset),
            .size = LoadLittle<uint32_t>(head, kZbootPayloadSize)};
  }
  const uint64_t sectors = static_cast<uint8_t>(head[kSetupSectors]);
  return {.offset = LoadLittle<uint32_t>(head, kPayloadOffset) + (sectors + 1) * 512,
          .size = LoadLittle<uint32_t>(head, kPayloadLength)};
}

// Opens the packed kernel inside. Owns the whole chain of readers.
class PayloadSource : public ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<PayloadSource>> Open(const InputFile& file,
                                                             std::string_view name,
                                                             std::string_view head);
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override { return bytes_->Read(buffer); }

 private:
  PayloadSource(const InputFile& file, Payload payload)
      : packed_(file, payload.offset, payload.size) {}

  FileRange packed_;
  std::unique_ptr<ByteSource> bytes_;
};

absl::StatusOr<std::unique_ptr<PayloadSource>> PayloadSource::Open(const InputFile& file,
                                                                   std::string_view name,
                                                                   std::string_view head) {
  const std::string_view format = IsZboot(head) ? "EFI zboot" : "bzImage";
  Payload payload = PayloadOf(head);
  if (payload.offset > file.size() || payload.size > file.size() - payload.offset) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": the ", format, " payload at offset ", payload.offset, ", size ",
                     payload.size, ", reaches beyond the end of the file at ", file.size()));
  }
  std::array<char, 8> start;
  ABSL_ASSIGN_OR_RETURN(const size_t count, file.ReadAt(payload.offset, absl::MakeSpan(start)));
  const std::string_view magic(start.data(), std::min<uint64_t>(count, payload.size));
  if (magic.starts_with(kXzMagic) || magic.starts_with(kZstdMagic)) {
    // The kernel's build appends the unpacked size, which gzip has already.
    payload.size -= std::min<uint64_t>(payload.size, 4);
  } else if (!magic.starts_with(kGzipMagic)) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": unsupported ", format, " payload format at offset ", payload.offset,
        ": it starts with \"", absl::CHexEscape(magic), "\", expected gzip, xz or zstd"));
  }
  auto result = std::unique_ptr<PayloadSource>(new PayloadSource(file, payload));
  ABSL_ASSIGN_OR_RETURN(result->bytes_,
                        Decompress(result->packed_, absl::StrCat(name, ": payload")));
  return result;
}

absl::StatusOr<KernelInfo> InspectGzip(const InputFile& file, std::string_view name,
                                       std::string_view head) {
  FileRange packed(file);
  ABSL_ASSIGN_OR_RETURN(const auto image, Decompress(packed, std::string(name)));
  ABSL_ASSIGN_OR_RETURN(const std::string image_head, ReadHead(*image));
  if (ImageArchitecture(image_head).empty()) return NotAKernel(name, head);
  KernelInfo info = InspectImage(image_head);
  info.set_format(KernelInfo::IMAGE_GZIP);
  info.set_efi_stub(false);  // firmware does not unpack gzip
  ABSL_ASSIGN_OR_RETURN(*info.mutable_version(), FindBanner(*image));
  return info;
}

absl::StatusOr<KernelInfo> InspectZboot(const InputFile& file, std::string_view name,
                                        std::string_view head) {
  KernelInfo info;
  ABSL_ASSIGN_OR_RETURN(const auto image, PayloadSource::Open(file, name, head));
  ABSL_ASSIGN_OR_RETURN(const std::string image_head, ReadHead(*image));
  if (ImageArchitecture(image_head).empty()) return NotAKernel(name, head);
  info = InspectImage(image_head);
  info.set_format(KernelInfo::EFI_ZBOOT);
  info.set_efi_stub(true);
  ABSL_ASSIGN_OR_RETURN(*info.mutable_version(), FindBanner(*image));
  return info;
}

absl::StatusOr<KernelInfo> InspectVmlinux(const InputFile& file, std::string_view head) {
  KernelInfo info;
  info.set_format(KernelInfo::VMLINUX);
  const std::string_view architecture = ElfArchitecture(LoadLittle<uint16_t>(head, 18));
  info.set_architecture(std::string(architecture));
  info.set_cmdline_size(architecture == "riscv64" ? kCmdlineSizeRiscv : kCmdlineSizeArm64);
  FileRange all(file);
  ABSL_ASSIGN_OR_RETURN(*info.mutable_version(), FindBanner(all));
  return info;
}

absl::StatusOr<KernelInfo> InspectByHead(const InputFile& file, std::string_view name,
                                         std::string_view head) {
  if (IsBzImage(head)) return InspectBzImage(head);
  if (IsZboot(head)) return InspectZboot(file, name, head);
  if (IsVmlinux(head)) return InspectVmlinux(file, head);
  if (head.starts_with(kGzipMagic)) return InspectGzip(file, name, head);
  if (ImageArchitecture(head).empty()) return NotAKernel(name, head);
  KernelInfo info = InspectImage(head);
  FileRange all(file);
  ABSL_ASSIGN_OR_RETURN(*info.mutable_version(), FindBanner(all));
  return info;
}

}  // namespace

absl::StatusOr<KernelInfo> InspectKernel(const InputFile& file, std::string_view name) {
  FileRange start(file);
  ABSL_ASSIGN_OR_RETURN(const std::string head, ReadHead(start));
  ABSL_ASSIGN_OR_RETURN(KernelInfo info, InspectByHead(file, name, head));
  info.set_size(file.size());
  return info;
}

absl::Status DecompressKernel(const InputFile& file, std::string_view name, ByteSink& output) {
  FileRange whole(file);
  ABSL_ASSIGN_OR_RETURN(const std::string head, ReadHead(whole));
  std::unique_ptr<ByteSource> kernel;
  FileRange packed(file);
  if (head.starts_with(kGzipMagic)) {
    ABSL_ASSIGN_OR_RETURN(kernel, Decompress(packed, std::string(name)));
  } else if (IsBzImage(head) || IsZboot(head)) {
    ABSL_ASSIGN_OR_RETURN(kernel, PayloadSource::Open(file, name, head));
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": no compressed kernel or no supported format found: ", Describe(head),
        "; expected a gzip file, a bzImage or an EFI zboot image; leave decompress out"));
  }
  return CopyAll(*kernel, output).status();
}

std::vector<std::string> InitrdCompressions(std::string_view config) {
  std::set<std::string> result;
  for (std::string_view line : absl::StrSplit(config, '\n')) {
    if (absl::ConsumePrefix(&line, "CONFIG_RD_") && absl::ConsumeSuffix(&line, "=y")) {
      result.insert(absl::AsciiStrToLower(line));
    }
  }
  return {result.begin(), result.end()};
}

}  // namespace linuxkit
