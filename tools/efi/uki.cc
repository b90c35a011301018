// Order of the sections: small ones first, .linux last. Stubs before 256 start the kernel where it
// lies, and it unpacks itself over what follows.
#include "tools/efi/uki.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/command_line.h"
#include "runtime/channel/protocol.h"
#include "tools/disk/image_view.h"
#include "tools/efi/pe_file.h"
#include "tools/kernel/kernel_file.h"
#include "tools/kernel/microcode.h"

namespace linuxkit {
namespace {

absl::StatusOr<std::string> Sealed(const std::string& path, std::string text) {
  if (KernelCommandLine(text).Values(kChannelWord).empty()) {
    text = AddKernelWords(text, absl::StrCat(kChannelWord, "=off"));
  }
  absl::StatusOr<std::string> sealed = SealCommandLine(text);
  if (sealed.ok()) return sealed;
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", sealed.status().message()));
}

constexpr std::string_view kSbatVersion = "sbat,1,";

class UkiMaker {
 public:
  explicit UkiMaker(const UkiOptions& options) : options_(options) {}
  absl::StatusOr<PeImage> Make();

 private:
  absl::Status CheckStub(const InputFile& stub);
  absl::Status CheckKernel();
  absl::Status Add(std::string_view name, Content content);
  absl::Status AddFile(std::string_view name, const std::optional<std::string>& path);
  absl::Status AddCmdline();
  absl::Status AddUcode();
  absl::Status AddWithMagic(std::string_view name, const std::optional<std::string>& path,
                            std::string_view magic, std::string_view format);
  absl::Status AddSbat(const InputFile& stub);

  const UkiOptions& options_;
  PeFile stub_;
  KernelInfo kernel_;
  PeEdit edit_;
};

absl::Status UkiMaker::CheckStub(const InputFile& stub) {
  ABSL_ASSIGN_OR_RETURN(stub_, PeFile::Read(stub));
  if (stub_.optional().subsystem != kEfiApplication) {
    return absl::InvalidArgumentError(absl::StrCat(stub.path(), ": it has subsystem ",
                                                   uint16_t{stub_.optional().subsystem},
                                                   "; expected 10, an EFI application"));
  }
  return absl::OkStatus();
}

absl::Status UkiMaker::CheckKernel() {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(options_.kernel));
  ABSL_ASSIGN_OR_RETURN(kernel_, InspectKernel(file, options_.kernel));
  if (kernel_.format() == KernelInfo::IMAGE_GZIP) {
    return absl::InvalidArgumentError(
        absl::StrCat(options_.kernel,
                     " is packed by gzip, which firmware does not unpack; expected "
                     "it unpacked (decompress of linuxkit_kernel)"));
  }
  if (!kernel_.efi_stub()) {
    return absl::InvalidArgumentError(absl::StrCat(
        options_.kernel, " is no EFI program; expected a kernel with CONFIG_EFI_STUB"));
  }
  const std::string_view architecture = MachineArchitecture(stub_.coff().machine);
  if (architecture == kernel_.architecture()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      options_.kernel, " is for ", kernel_.architecture(), ", but the stub ", options_.stub,
      " is for machine 0x", absl::Hex(uint16_t{stub_.coff().machine}),
      architecture.empty() ? "" : " (", architecture, architecture.empty() ? "" : ")"));
}

absl::Status UkiMaker::Add(std::string_view name, Content content) {
  if (content.size() == 0) return absl::OkStatus();
  if (stub_.Find(name) != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(options_.stub, " has a section ", name,
                                                   "; expected a stub without, such as systemd's "
                                                   "linuxx64.efi.stub"));
  }
  edit_.add.push_back({std::string(name), std::move(content)});
  return absl::OkStatus();
}

absl::Status UkiMaker::AddFile(std::string_view name, const std::optional<std::string>& path) {
  if (!path) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(Content content, Content::OfFile(*path));
  return Add(name, std::move(content));
}

absl::Status UkiMaker::AddCmdline() {
  if (!options_.cmdline) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadFile(*options_.cmdline));
  text.erase(text.find_last_not_of('\n') + 1);
  const size_t control = text.find_first_of(std::string_view("\0\n", 2));
  if (control != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        *options_.cmdline, ": byte ", control, " is \"", absl::CHexEscape(text.substr(control, 1)),
        "\", which ends a kernel command line; expected one line of text"));
  }
  if (options_.sealed) {
    ABSL_ASSIGN_OR_RETURN(text, Sealed(*options_.cmdline, text));
  }
  return Add(".cmdline", Content::OfBytes(std::move(text)));
}

absl::Status UkiMaker::AddUcode() {
  if (!options_.ucode) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string archive, ReadFile(*options_.ucode));
  if (!archive.empty()) {
    ABSL_RETURN_IF_ERROR(CheckMicrocodeArchive(*options_.ucode, archive));
  }
  return AddFile(".ucode", options_.ucode);
}

absl::Status UkiMaker::AddWithMagic(std::string_view name, const std::optional<std::string>& path,
                                    std::string_view magic, std::string_view format) {
  if (!path) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(*path));
  ABSL_ASSIGN_OR_RETURN(const std::string start,
                        ImageView(file).Read(absl::StrCat(*path, ": ", name), 0, magic.size()));
  if (start == magic) return AddFile(name, path);
  return absl::InvalidArgumentError(absl::StrCat(*path, " is no ", format, ": it starts with \"",
                                                 absl::CHexEscape(start), "\"; expected \"",
                                                 absl::CHexEscape(magic), "\""));
}

// The stub's lines, then ours. Both begin with the line of the format's version, which stays once.
absl::Status UkiMaker::AddSbat(const InputFile& stub) {
  if (!options_.sbat) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string ours, ReadFile(*options_.sbat));
  if (!absl::StartsWith(ours, kSbatVersion)) {
    return absl::InvalidArgumentError(absl::StrCat(*options_.sbat, " starts with \"",
                                                   absl::CHexEscape(ours.substr(0, 7)),
                                                   "\"; expected SBAT's first line, \"sbat,1,…\""));
  }
  const SectionHeader* section = stub_.Find(".sbat");
  if (section == nullptr) return Add(".sbat", Content::OfBytes(ours));
  const uint64_t size = std::min<uint64_t>(section->data_size, MemorySize(*section));
  if (size > kMaxProgram) {
    return absl::InvalidArgumentError(absl::StrCat(options_.stub, ": .sbat has ", size,
                                                   " bytes; expected at most ", kMaxProgram));
  }
  ABSL_ASSIGN_OR_RETURN(std::string lines,
                        ImageView(stub).Read(".sbat", section->data_offset, size));
  lines.erase(lines.find_last_not_of(std::string_view("\0\n", 2)) + 1);
  const std::string_view rest =
      std::string_view(ours).substr(std::min(ours.find('\n'), ours.size() - 1) + 1);
  edit_.replace.push_back({".sbat", Content::OfBytes(absl::StrCat(lines, "\n", rest))});
  return absl::OkStatus();
}

absl::StatusOr<PeImage> UkiMaker::Make() {
  ABSL_ASSIGN_OR_RETURN(const InputFile stub, InputFile::Open(options_.stub));
  ABSL_RETURN_IF_ERROR(CheckStub(stub));
  ABSL_RETURN_IF_ERROR(CheckKernel());
  ABSL_RETURN_IF_ERROR(AddSbat(stub));
  ABSL_RETURN_IF_ERROR(AddFile(".osrel", options_.os_release));
  ABSL_RETURN_IF_ERROR(AddCmdline());
  ABSL_RETURN_IF_ERROR(Add(".uname", Content::OfBytes(options_.uname.value_or(kernel_.version()))));
  ABSL_RETURN_IF_ERROR(AddUcode());
  ABSL_RETURN_IF_ERROR(AddWithMagic(".dtb", options_.dtb, "\xd0\x0d\xfe\xed", "device tree blob"));
  ABSL_RETURN_IF_ERROR(AddWithMagic(".splash", options_.splash, "BM", "BMP image"));
  ABSL_RETURN_IF_ERROR(AddFile(".initrd", options_.initrd));
  ABSL_RETURN_IF_ERROR(AddFile(".linux", options_.kernel));
  return EditPe(stub, std::move(edit_));
}

}  // namespace

absl::StatusOr<PeImage> MakeUki(const UkiOptions& options) { return UkiMaker(options).Make(); }

}  // namespace linuxkit
