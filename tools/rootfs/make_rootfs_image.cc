// Makes a file system image of the tree that a system boots with, by the file system's own program.
// Flags: see Run.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/sha256.h"
#include "tools/initrd/segment_files.h"
#include "tools/rootfs/image_format.h"
#include "tools/rootfs/pipe_to_program.h"
#include "tools/rootfs/system_tar.h"
#include "tools/rootfs/system_tree.h"

namespace linuxkit {
namespace {

absl::Status MakeImage(const SystemTree& tree, const ImageOptions& options,
                       const std::string& output) {
  const ImageContent content = {.identity = Hex(tree.Digest()), .root = tree.root()};
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> command,
                        ImageCommand(options, content, output));
  // mkfs.erofs keeps files that it has yet to compress on a disk.
  std::error_code error;
  const std::string directory = std::filesystem::absolute(output, error).parent_path().string();
  return PipeToProgram(
      command, {"LC_ALL=C", absl::StrCat("TMPDIR=", directory)},
      [&](ByteSink& input) { return WriteRootTar(tree, RootEntryFor(options), input); });
}

// --format (squashfs, erofs), --program, --compression, --block_size (0 for the program's own),
// --threads (optional), the flags of ParseSegmentFiles, --output.
absl::Status Run(Args& args) {
  const ImageOptions options = {.format = args.Required("format"),
                                .program = args.Required("program"),
                                .compression = args.Required("compression"),
                                .block_size = args.IntOr("block_size", 0),
                                .threads = args.IntOr("threads", 0)};
  ABSL_ASSIGN_OR_RETURN(const std::vector<SegmentFiles> segments, ParseSegmentFiles(args));
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());

  ABSL_ASSIGN_OR_RETURN(const SystemTree tree, SystemTree::Read(segments));
  return MakeWhole(
      output, [&](const std::string& unfinished) { return MakeImage(tree, options, unfinished); });
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_rootfs_image", linuxkit::Run);
}
