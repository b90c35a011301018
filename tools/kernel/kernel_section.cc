#include "tools/kernel/kernel_section.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/file.h"
#include "tools/kernel/copy_tar.h"
#include "tools/kernel/elf.h"
#include "tools/kernel/kernel_file.h"
#include "tools/kernel/kernel_image.h"
#include "tools/kernel/microcode.h"
#include "tools/kernel/module_tree.h"
#include "tools/kernel/modules_path.h"
#include "tools/kernel/tar_input.h"
#include "tools/segment/segment_writer.h"
#include "tools/tar/tar_stream.h"

namespace linuxkit {
namespace {

// A file beside the outputs that is gone when the action ends.
class ScratchFile {
 public:
  explicit ScratchFile(std::string path) : path_(std::move(path)) {}
  ~ScratchFile() { unlink(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

absl::Status CopyToFile(ByteSource& source, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const auto output, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(CopyAll(source, *output).status());
  return output->Commit();
}

class KernelSection {
 public:
  explicit KernelSection(const KernelSectionOptions& options)
      : options_(options),
        packed_(options.kernel_output + ".packed"),
        unpacked_(options.kernel_output + ".unpacked"),
        tree_({.prefix = options.modules_prefix.empty() ? std::string(kModulesPrefix)
                                                        : options.modules_prefix,
               .keep = options.modules,
               .kernel_output = options.image_layers ? "" : packed_.path()}) {}

  absl::Status Run();

 private:
  absl::Status ReadFiles(SegmentWriter& writer);
  absl::Status ReadImage(SegmentWriter& writer);
  absl::Status ReadImageUcode(const KernelImage& image);
  absl::Status WriteTree(SegmentWriter& writer);
  absl::Status Inspect();
  absl::Status CheckAgainstModules() const;
  absl::Status ReadConfig();
  absl::Status MakeUcode();
  absl::Status Unpack();
  absl::Status WriteOutputs(SegmentWriter& writer);

  const KernelSectionOptions& options_;
  ScratchFile packed_;
  ScratchFile unpacked_;
  ModuleTree tree_;
  // The file with the kernel, and what messages call it.
  std::string kernel_path_;
  std::string kernel_name_;
  KernelInfo info_;
  std::string ucode_;
};

absl::Status KernelSection::WriteTree(SegmentWriter& writer) {
  ABSL_RETURN_IF_ERROR(tree_.Resolve());
  ABSL_RETURN_IF_ERROR(tree_.Write(writer));
  info_.set_modules(tree_.module_count());
  info_.set_modules_bytes(tree_.module_bytes());
  return absl::OkStatus();
}

absl::Status KernelSection::ReadFiles(SegmentWriter& writer) {
  for (const std::string& deb : options_.debs) {
    ABSL_RETURN_IF_ERROR(tree_.Scan(DebTar(deb), ModuleTree::Kind::kPackage));
  }
  const bool packaged = tree_.kernel_found();
  if (packaged && options_.vmlinuz) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found a kernel in --deb beside --vmlinuz=", *options_.vmlinuz, "; expected one of them"));
  }
  if (!packaged && !options_.vmlinuz) {
    return absl::NotFoundError(absl::StrCat(
        "found no kernel: looked for lib/modules/VERSION/vmlinuz and boot/vmlinuz-VERSION in ",
        options_.debs.empty() ? "no package" : absl::StrJoin(options_.debs, ", "),
        "; add the package that has it, or --vmlinuz"));
  }
  for (const std::string& tar : options_.module_tars) {
    ABSL_RETURN_IF_ERROR(tree_.Scan(FileTar(tar), ModuleTree::Kind::kTar));
  }
  kernel_path_ = packaged ? packed_.path() : *options_.vmlinuz;
  kernel_name_ = packaged ? absl::StrCat("vmlinuz of ", tree_.version()) : *options_.vmlinuz;
  return WriteTree(writer);
}

absl::Status KernelSection::ReadImage(SegmentWriter& writer) {
  const KernelImageNames& names = options_.names;
  std::vector<std::string> wanted = {names.kernel};
  if (!names.tar.empty()) wanted.push_back(names.tar);
  if (!names.ucode.empty()) wanted.push_back(names.ucode);
  ABSL_ASSIGN_OR_RETURN(const KernelImage image,
                        KernelImage::Open(options_.owner, *options_.image_layers, wanted));
  ABSL_ASSIGN_OR_RETURN(const auto kernel, image.OpenFile("kernel", names.kernel));
  ABSL_RETURN_IF_ERROR(CopyToFile(*kernel, packed_.path()));
  kernel_path_ = packed_.path();
  kernel_name_ = absl::StrCat(names.kernel, " of kernel image ", options_.owner);
  ABSL_RETURN_IF_ERROR(ReadImageUcode(image));
  // Where LinuxKit puts the kernel before it makes an initrd of all the rest.
  ABSL_RETURN_IF_ERROR(writer.AddDirectory("boot", kMadeUpDirectory));
  if (names.tar.empty()) {
    return options_.modules.empty() ? absl::OkStatus() : tree_.Resolve();
  }
  // Says first what is wrong with the file, before anything is read as a tar.
  ABSL_RETURN_IF_ERROR(image.OpenFile("kernel tar", names.tar).status());
  const std::string tar_name = absl::StrCat(names.tar, " of kernel image ", options_.owner);
  const TarInput tar = {
      .name = tar_name, .open = [&]() -> absl::StatusOr<std::unique_ptr<TarStream>> {
        ABSL_ASSIGN_OR_RETURN(auto bytes, image.OpenFile("kernel tar", names.tar));
        return TarStream::Open(std::move(bytes), tar_name);
      }};
  if (options_.modules.empty()) return CopyKernelTar(tar, options_.modules_prefix, writer);
  ABSL_RETURN_IF_ERROR(tree_.Scan(tar, ModuleTree::Kind::kTar));
  return WriteTree(writer);
}

// A missing file is no error: LinuxKit's images have microcode for one architecture only.
absl::Status KernelSection::ReadImageUcode(const KernelImage& image) {
  const std::string& name = options_.names.ucode;
  if (name.empty() || !image.Has(name)) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto source, image.OpenFile("microcode", name));
  StringSink bytes;
  ABSL_RETURN_IF_ERROR(CopyAll(*source, bytes).status());
  ucode_ = bytes.data();
  return CheckMicrocodeArchive(absl::StrCat(name, " of kernel image ", options_.owner), ucode_);
}

absl::Status KernelSection::Inspect() {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(kernel_path_));
  ABSL_ASSIGN_OR_RETURN(KernelInfo kernel, InspectKernel(file, kernel_name_));
  info_.MergeFrom(kernel);
  if (!options_.architecture.empty() && info_.architecture() != options_.architecture) {
    return absl::InvalidArgumentError(absl::StrCat(kernel_name_, " is a kernel for ",
                                                   info_.architecture(), ", expected one for ",
                                                   options_.architecture));
  }
  return CheckAgainstModules();
}

absl::Status KernelSection::CheckAgainstModules() const {
  if (tree_.module_count() == 0) return absl::OkStatus();
  if (!info_.version().empty() && info_.version() != tree_.version()) {
    return absl::InvalidArgumentError(
        absl::StrCat(kernel_name_, " is kernel ", info_.version(), ", but the modules are for ",
                     tree_.version(), ", which it would not load; take both from one build"));
  }
  const std::string_view modules = ElfArchitecture(tree_.machine());
  if (modules == info_.architecture()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(kernel_name_, " is a kernel for ",
                                                 info_.architecture(), ", but the modules are for ",
                                                 modules));
}

absl::Status KernelSection::ReadConfig() {
  std::optional<std::string> config = tree_.config();
  if (options_.config) {
    ABSL_ASSIGN_OR_RETURN(config, ReadFile(*options_.config));
  }
  if (!config) return absl::OkStatus();
  info_.set_config_known(true);
  const std::vector<std::string> known = InitrdCompressions(*config);
  info_.mutable_initrd_compressions()->Assign(known.begin(), known.end());
  const Compression::Format format = options_.compression.format;
  if (format == Compression::Format::kNone) return absl::OkStatus();
  const std::string_view name = format == Compression::Format::kGzip ? "gzip" : "zstd";
  if (std::find(known.begin(), known.end(), name) != known.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      kernel_name_, " cannot unpack an initrd compressed by ", name, ": its configuration knows ",
      known.empty() ? "no compression" : absl::StrJoin(known, ", "),
      "; choose one it knows, or none"));
}

absl::Status KernelSection::MakeUcode() {
  if (options_.ucode) {
    ABSL_ASSIGN_OR_RETURN(ucode_, ReadFile(*options_.ucode));
    return CheckMicrocodeArchive(*options_.ucode, ucode_);
  }
  const auto concatenate =
      [](const std::vector<std::string>& paths) -> absl::StatusOr<std::string> {
    std::string bytes;
    for (const std::string& path : paths) {
      ABSL_ASSIGN_OR_RETURN(const std::string blob, ReadFile(path));
      bytes += blob;
    }
    return bytes;
  };
  if (options_.ucode_intel.empty() && options_.ucode_amd.empty()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string intel, concatenate(options_.ucode_intel));
  ABSL_ASSIGN_OR_RETURN(const std::string amd, concatenate(options_.ucode_amd));
  ABSL_ASSIGN_OR_RETURN(ucode_, MakeMicrocodeArchive(intel, amd));
  return absl::OkStatus();
}

// What the packed kernel says of limits holds for the unpacked one; only what the file is changes.
absl::Status KernelSection::Unpack() {
  ABSL_ASSIGN_OR_RETURN(const InputFile packed, InputFile::Open(kernel_path_));
  ABSL_ASSIGN_OR_RETURN(const auto output, OutputFile::Create(unpacked_.path()));
  ABSL_RETURN_IF_ERROR(DecompressKernel(packed, kernel_name_, *output));
  ABSL_RETURN_IF_ERROR(output->Commit());
  ABSL_ASSIGN_OR_RETURN(const InputFile unpacked, InputFile::Open(unpacked_.path()));
  ABSL_ASSIGN_OR_RETURN(const KernelInfo inside,
                        InspectKernel(unpacked, absl::StrCat(kernel_name_, ", unpacked,")));
  info_.set_format(inside.format());
  info_.set_size(inside.size());
  info_.set_efi_stub(inside.efi_stub());
  if (info_.version().empty()) info_.set_version(inside.version());
  kernel_path_ = unpacked_.path();
  return absl::OkStatus();
}

absl::Status KernelSection::WriteOutputs(SegmentWriter& writer) {
  ABSL_ASSIGN_OR_RETURN(const InputFile kernel, InputFile::Open(kernel_path_));
  ABSL_ASSIGN_OR_RETURN(const auto output, OutputFile::Create(options_.kernel_output));
  ABSL_RETURN_IF_ERROR(output->AppendFile(kernel));
  ABSL_RETURN_IF_ERROR(writer.Finish(options_.index_output));
  ABSL_RETURN_IF_ERROR(output->Commit());
  if (options_.ucode_output) {
    ABSL_RETURN_IF_ERROR(WriteFile(*options_.ucode_output, ucode_));
  }
  return WriteFile(options_.info_output, info_.SerializeAsString());
}

absl::Status KernelSection::Run() {
  ABSL_ASSIGN_OR_RETURN(
      const auto writer,
      SegmentWriter::Create(options_.segment_output,
                            {.owner = options_.owner, .compression = options_.compression}));
  ABSL_RETURN_IF_ERROR(options_.image_layers ? ReadImage(*writer) : ReadFiles(*writer));
  ABSL_RETURN_IF_ERROR(Inspect());
  ABSL_RETURN_IF_ERROR(ReadConfig());
  ABSL_RETURN_IF_ERROR(MakeUcode());
  if (options_.decompress) {
    ABSL_RETURN_IF_ERROR(Unpack());
  }
  return WriteOutputs(*writer);
}

}  // namespace

absl::Status MakeKernelSection(const KernelSectionOptions& options) {
  return KernelSection(options).Run();
}

absl::Status CheckCmdline(const KernelInfo& info, std::string_view cmdline) {
  if (cmdline.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("the kernel command line has a NUL byte, which would end it");
  }
  if (cmdline.size() <= info.cmdline_size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the kernel command line has ", cmdline.size(), " bytes; kernel ", info.version(),
      " takes at most ", info.cmdline_size(), " and would cut off the rest"));
}

}  // namespace linuxkit
