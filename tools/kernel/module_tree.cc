#include "tools/kernel/module_tree.h"

#include <memory>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"
#include "tools/compress/decompressor.h"
#include "tools/kernel/elf.h"
#include "tools/kernel/modules_path.h"

namespace linuxkit {
namespace {

// The largest modules are some tens of MiB; a bigger one is a damaged or hostile file.
constexpr size_t kModuleLimit = size_t{512} << 20;
constexpr size_t kTextLimit = size_t{64} << 20;

// Modules that every system needs: for the root file systems of containers, and for the channel of
// linuxkit_boot_test.
constexpr std::string_view kAlwaysKept[] = {"overlay", "virtio_console", "virtio_pci"};

absl::StatusOr<std::string> ReadAll(ByteSource& source, std::string_view name, size_t limit) {
  std::string bytes;
  for (size_t filled = 0;;) {
    bytes.resize(filled + kBufferSize);
    ABSL_ASSIGN_OR_RETURN(const size_t count, source.Read(absl::MakeSpan(bytes).subspan(filled)));
    filled += count;
    if (count == 0) {
      bytes.resize(filled);
      return bytes;
    }
    if (filled > limit) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is larger than ", limit >> 20, " MiB"));
    }
  }
}

absl::StatusOr<std::string> ReadModule(ByteSource& source, const std::string& path) {
  if (UncompressedModulePath(path) == path) return ReadAll(source, path, kModuleLimit);
  ABSL_ASSIGN_OR_RETURN(const auto uncompressed, Decompress(source, path));
  return ReadAll(*uncompressed, path, kModuleLimit);
}

}  // namespace

absl::Status ModuleTree::Scan(TarInput input, Kind kind) {
  inputs_.push_back({.tar = std::move(input), .kind = kind});
  Input& added = inputs_.back();
  ABSL_ASSIGN_OR_RETURN(const auto tar, added.tar.open());
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
    if (!entry) return absl::OkStatus();
    const absl::Status status = ScanEntry(*entry, added, tar->content());
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(added.tar.name, ": ", status.message()));
    }
  }
}

absl::Status ModuleTree::ScanEntry(const TarEntry& entry, Input& input, ByteSource& content) {
  const std::optional<ModulesPath> path = SplitModulesPath(entry.path);
  if (entry.type == TarEntry::Type::kHardLink) {
    if (path) {
      return absl::InvalidArgumentError(
          absl::StrCat(entry.path, " is a hard link to ", entry.link, "; expected a regular file"));
    }
    if (input.kind == Kind::kTar) input.links.Add(entry);
    return absl::OkStatus();
  }
  if (path) {
    ABSL_RETURN_IF_ERROR(CheckVersion(path->version, input.tar.name));
    if (entry.type == TarEntry::Type::kDirectory) {
      directories_[OutputPath(path->rest)] = AttributesOf(entry);
      return absl::OkStatus();
    }
    if (entry.type != TarEntry::Type::kFile) return absl::OkStatus();
    return ScanModuleFile(entry, path->rest, content);
  }
  if (input.kind != Kind::kPackage || entry.type != TarEntry::Type::kFile) {
    return absl::OkStatus();
  }
  if (entry.path.starts_with("boot/vmlinuz-")) return TakeKernel(entry, content);
  if (entry.path.starts_with("boot/config-")) {
    ABSL_ASSIGN_OR_RETURN(config_, ReadAll(content, entry.path, kTextLimit));
  }
  return absl::OkStatus();
}

absl::Status ModuleTree::CheckVersion(std::string_view version, const std::string& input) {
  if (version_.empty()) {
    version_ = version;
    version_input_ = input;
    modules_ = ModuleSet(version_);
  }
  if (version == version_) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("found lib/modules/", version,
                                                 ", expected lib/modules/", version_, " as in ",
                                                 version_input_, ": a system has one kernel"));
}

absl::Status ModuleTree::ScanModuleFile(const TarEntry& entry, std::string_view rest,
                                        ByteSource& content) {
  if (IsModulePath(rest)) return ScanModule(entry, rest, content);
  if (rest == "vmlinuz") return TakeKernel(entry, content);
  const bool builtin = rest == "modules.builtin" || rest == "modules.builtin.modinfo";
  if (rest != "config" && rest != "modules.order" && !builtin) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(std::string text, ReadAll(content, entry.path, kTextLimit));
  if (rest == "config") config_ = text;
  if (rest == "modules.order") order_ = text;
  if (builtin) builtin_files_[std::string(rest)] = std::move(text);
  return absl::OkStatus();
}

absl::Status ModuleTree::ScanModule(const TarEntry& entry, std::string_view rest,
                                    ByteSource& content) {
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadModule(content, entry.path));
  ABSL_ASSIGN_OR_RETURN(ModuleInfo info, ReadModuleInfo(rest, bytes));
  if (machine_ == 0) {
    machine_ = info.machine;
    machine_module_ = info.path;
  }
  if (info.machine != machine_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "kernel module ", info.path, " is for machine ", info.machine, " (ELF e_machine), but ",
        machine_module_, " for ", machine_, ": modules of one kernel have one architecture"));
  }
  return modules_.Add(std::move(info));
}

absl::Status ModuleTree::TakeKernel(const TarEntry& entry, ByteSource& content) {
  if (options_.kernel_output.empty()) return absl::OkStatus();
  if (kernel_found()) {
    return absl::InvalidArgumentError(absl::StrCat("found a second kernel, ", entry.path,
                                                   ", beside ", kernel_path_, "; expected one"));
  }
  kernel_path_ = entry.path;
  ABSL_ASSIGN_OR_RETURN(const auto output, OutputFile::Create(options_.kernel_output));
  ABSL_RETURN_IF_ERROR(CopyAll(content, *output).status());
  return output->Commit();
}

absl::Status ModuleTree::Resolve() {
  if (version_.empty() && !options_.keep.empty()) {
    return absl::NotFoundError(
        absl::StrCat("module ", options_.keep.front(),
                     " is asked for, but no input has a directory lib/modules/VERSION"));
  }
  if (order_) modules_.SetOrder(*order_);
  const auto builtin = builtin_files_.find("modules.builtin");
  if (builtin != builtin_files_.end()) modules_.SetBuiltin(builtin->second);
  ABSL_RETURN_IF_ERROR(modules_.Resolve());
  if (options_.keep.empty()) return absl::OkStatus();
  std::vector<std::string> wanted = options_.keep;
  for (const std::string_view name : kAlwaysKept) {
    if (modules_.HasName(name)) wanted.emplace_back(name);
  }
  ABSL_ASSIGN_OR_RETURN(const auto kept, modules_.Closure(wanted));
  modules_.Keep(kept);
  return modules_.Resolve();
}

absl::Status ModuleTree::Write(SegmentWriter& writer) {
  for (Input& input : inputs_) ABSL_RETURN_IF_ERROR(WriteInput(input, writer));
  return WriteIndexes(writer);
}

absl::Status ModuleTree::WriteInput(Input& input, SegmentWriter& writer) {
  ABSL_ASSIGN_OR_RETURN(const auto tar, input.tar.open());
  for (;;) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<TarEntry> entry, tar->Next());
    if (!entry) return input.links.CheckAllTaken(input.tar.name);
    ABSL_RETURN_IF_ERROR(WriteMember(*entry, input, tar->content(), writer));
  }
}

absl::Status ModuleTree::WriteMember(const TarEntry& entry, Input& input, ByteSource& content,
                                     SegmentWriter& writer) {
  const std::optional<ModulesPath> path = SplitModulesPath(entry.path);
  if (!path) {
    if (input.kind == Kind::kPackage || IsAboveModules(entry.path)) return absl::OkStatus();
    return WriteEntry(entry, entry.path, input.links.Take(entry.path), content, writer);
  }
  const bool file = entry.type == TarEntry::Type::kFile;
  if (file && IsModulePath(path->rest)) return WriteModule(entry, path->rest, content, writer);
  // Of the rest, packages have the kernel and its configuration, tars also indexes that are made
  // anew here.
  const bool made_here = path->rest.starts_with("modules.");
  if (entry.type == TarEntry::Type::kDirectory || made_here || !options_.keep.empty() ||
      input.kind == Kind::kPackage) {
    return absl::OkStatus();
  }
  const std::string output = OutputPath(path->rest);
  ABSL_RETURN_IF_ERROR(WriteParents(output, writer));
  return WriteEntry(entry, output, {}, content, writer);
}

absl::Status ModuleTree::WriteModule(const TarEntry& entry, std::string_view rest,
                                     ByteSource& content, SegmentWriter& writer) {
  if (!modules_.Has(rest)) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadModule(content, entry.path));
  const std::string output = OutputPath(UncompressedModulePath(rest));
  ABSL_RETURN_IF_ERROR(WriteParents(output, writer));
  module_bytes_ += bytes.size();
  return writer.AddFile(output, AttributesOf(entry), bytes);
}

absl::Status ModuleTree::WriteParents(std::string_view path, SegmentWriter& writer) {
  ABSL_RETURN_IF_ERROR(AddModulesParents(options_.prefix, writer));
  for (size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const auto directory = directories_.find(path.substr(0, slash));
    if (directory == directories_.end()) continue;
    ABSL_RETURN_IF_ERROR(writer.AddDirectory(directory->first, directory->second));
    directories_.erase(directory);
  }
  return absl::OkStatus();
}

std::string ModuleTree::OutputPath(std::string_view rest) const {
  return absl::StrCat(options_.prefix, "/", version_, rest.empty() ? "" : "/", rest);
}

std::string ModuleTree::KeptOrder() const {
  std::string kept;
  for (std::string_view line : absl::StrSplit(*order_, '\n', absl::SkipWhitespace())) {
    if (modules_.Has(line)) absl::StrAppend(&kept, UncompressedModulePath(line), "\n");
  }
  return kept;
}

absl::Status ModuleTree::WriteIndexes(SegmentWriter& writer) const {
  if (modules_.size() == 0 && builtin_files_.empty()) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(AddModulesParents(options_.prefix, writer));
  const auto add = [&](std::string_view name, std::string_view text) {
    return writer.AddFile(OutputPath(name), {}, text);
  };
  for (const ModuleIndexFile& file : modules_.IndexFiles()) {
    ABSL_RETURN_IF_ERROR(add(file.name, file.content));
  }
  if (order_) {
    ABSL_RETURN_IF_ERROR(add("modules.order", KeptOrder()));
  }
  for (const auto& [name, text] : builtin_files_) ABSL_RETURN_IF_ERROR(add(name, text));
  return absl::OkStatus();
}

}  // namespace linuxkit
