#include "tools/rootfs/system_tar.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"
#include "tools/cpio/newc.h"
#include "tools/rootfs/tar_sink.h"

namespace linuxkit {
namespace {

constexpr std::string_view kDockerfile =
    "\nFROM scratch\n\nCOPY . ./\n\nENTRYPOINT [\"/bin/rc.init\"]\n";

class RootTarSink : public TarSink {
 public:
  RootTarSink(RootEntry root, ByteSink& sink) : TarSink(sink), root_(root) {}

  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override {
    if (path == "." && root_ == RootEntry::kLeftOut) return absl::OkStatus();
    return TarSink::AddDirectory(path, attributes);
  }

 private:
  RootEntry root_;
};

absl::Status AddFileFrom(const std::string& path, uint64_t offset, std::string_view name,
                         TarSink& tar) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  FileRange content(file, offset, file.size() - offset);
  return tar.AddFile({std::string(name)}, {.mode = 0644}, file.size() - offset, content);
}

absl::Status CheckFree(const SystemTree& tree, std::string_view path) {
  if (tree.Find(path) == nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the system has a ", path,
                   " of its own; expected none, because this form puts "
                   "one there. Leave it out of the system, or make another form."));
}

// The directory boot may come with the system, which then says what its attributes are.
absl::Status AddBootDirectory(const SystemTree& tree, TarSink& tar) {
  const Tree::Node* const node = tree.Find("boot");
  if (node == nullptr) return tar.AddDirectory("boot", {.mode = 0755});
  if (node->type == SegmentEntry::DIRECTORY) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the system has a boot that is not a directory; expected a directory or nothing, because "
      "this form puts the kernel there");
}

absl::Status AddBootFiles(const SystemTree& tree, const BootFiles& boot, TarSink& tar) {
  if (boot.kernel.empty()) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(AddBootDirectory(tree, tar));
  const struct {
    std::string_view name;
    const std::string& path;
  } files[] = {{"boot/cmdline", boot.cmdline},
               {"boot/kernel", boot.kernel},
               {"boot/ucode.cpio", boot.ucode}};
  for (const auto& [name, path] : files) {
    if (path.empty()) continue;
    ABSL_RETURN_IF_ERROR(CheckFree(tree, name));
    ABSL_RETURN_IF_ERROR(AddFileFrom(path, 0, name, tar));
  }
  return absl::OkStatus();
}

// How much of the initrd is the microcode in front of it.
absl::StatusOr<uint64_t> MicrocodeBytes(const BootFiles& boot) {
  if (boot.ucode.empty()) return 0;
  ABSL_ASSIGN_OR_RETURN(const InputFile ucode, InputFile::Open(boot.ucode));
  ABSL_ASSIGN_OR_RETURN(const InputFile initrd, InputFile::Open(boot.initrd));
  std::vector<char> expected(kBufferSize), found(kBufferSize);
  for (uint64_t offset = 0; offset < ucode.size(); offset += kBufferSize) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, ucode.ReadAt(offset, absl::MakeSpan(expected)));
    const auto same = absl::MakeSpan(found).first(count);
    ABSL_ASSIGN_OR_RETURN(const size_t read, initrd.ReadAt(offset, same));
    if (read == count &&
        std::string_view(expected.data(), count) == std::string_view(found.data(), count)) {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        boot.initrd, " does not begin with ", boot.ucode, "; expected the initrd made with it"));
  }
  return ucode.size() + NewcPadding(ucode.size());
}

absl::Status AddUnlessEmpty(const std::string& path, uint64_t offset, std::string_view name,
                            TarSink& tar) {
  if (path.empty()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  return file.size() <= offset ? absl::OkStatus() : AddFileFrom(path, offset, name, tar);
}

}  // namespace

absl::Status WriteRootTar(const SystemTree& tree, RootEntry root, ByteSink& sink) {
  RootTarSink tar(root, sink);
  ABSL_RETURN_IF_ERROR(tree.Stream(tar));
  return tar.Finish();
}

absl::Status WriteSystemTar(const SystemTree& tree, const BootFiles& boot, bool with_dockerfile,
                            ByteSink& sink) {
  TarSink tar(sink);
  ABSL_RETURN_IF_ERROR(tree.Stream(tar));
  ABSL_RETURN_IF_ERROR(AddBootFiles(tree, boot, tar));
  if (with_dockerfile) {
    ABSL_RETURN_IF_ERROR(CheckFree(tree, "Dockerfile"));
    ABSL_RETURN_IF_ERROR(tar.AddFile("Dockerfile", {.mode = 0644}, kDockerfile));
  }
  return tar.Finish();
}

absl::Status WriteBootFilesTar(const BootFiles& boot, ByteSink& sink) {
  ABSL_ASSIGN_OR_RETURN(const uint64_t microcode, MicrocodeBytes(boot));
  TarSink tar(sink);
  ABSL_RETURN_IF_ERROR(AddUnlessEmpty(boot.kernel, 0, "kernel", tar));
  ABSL_RETURN_IF_ERROR(AddUnlessEmpty(boot.initrd, microcode, "initrd.img", tar));
  ABSL_RETURN_IF_ERROR(AddUnlessEmpty(boot.cmdline, 0, "cmdline", tar));
  ABSL_RETURN_IF_ERROR(AddUnlessEmpty(boot.ucode, 0, "ucode.cpio", tar));
  return tar.Finish();
}

}  // namespace linuxkit
