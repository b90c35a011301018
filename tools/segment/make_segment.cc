// Turns the layers of an OCI image into a segment of an initramfs and its index.
//
//   make_segment --layers=layers.pb --layer=base.tar.gz --layer=top.tar.gz --kind=container
//                --prefix=containers/images/{chain_id}/rootfs --owner=//os:web
//                --compression=zstd --level=3 --output=web.cpio.zst --index=web.index.pb
//
// Instead of --layer: --layout=DIR, --archive=TAR or --blob (see blob_locations.h).
// --apk_database=FILE asks for a copy of lib/apk/db/installed, empty if the image has none.
// --threads=N says how many threads may work, 1 to 3: the second compresses, the third reads and
// decompresses; the outputs are the same. Notes for the user go to standard error.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/flatten/flattener.h"
#include "tools/flatten/layer_blobs.h"
#include "tools/oci/blob_locations.h"
#include "tools/oci/image.pb.h"
#include "tools/oci/proto_file.h"
#include "tools/segment/file_copy_sink.h"
#include "tools/segment/rooted_sink.h"
#include "tools/segment/segment_writer.h"
#include "tools/tar/tar_entry.h"

namespace linuxkit {
namespace {

constexpr char kApkDatabase[] = "lib/apk/db/installed";
constexpr int64_t kMostThreads = 3;

struct Flags {
  std::string layers;
  BlobFlags blobs;
  std::string prefix;
  std::string output;
  std::string index;
  std::optional<std::string> apk_database;
  FlattenOptions flatten;
  SegmentOptions segment;
};

absl::StatusOr<ImageKind> ParseKind(std::string_view name) {
  if (name == "init") return ImageKind::kInit;
  if (name == "container") return ImageKind::kContainer;
  if (name == "volume") return ImageKind::kVolume;
  return absl::InvalidArgumentError(
      absl::StrCat("--kind=", name, ": expected init, container or volume"));
}

absl::StatusOr<Flags> ParseFlags(Args& args) {
  Flags flags;
  flags.layers = args.Required("layers");
  flags.prefix = args.OptionalOr("prefix", "");
  flags.output = args.Required("output");
  flags.index = args.Required("index");
  flags.apk_database = args.Optional("apk_database");
  flags.segment.owner = args.OptionalOr("owner", "");
  flags.segment.compression.level = static_cast<int>(args.IntOr("level", 0));
  const int64_t threads = args.IntOr("threads", kMostThreads);
  flags.segment.background = threads >= 2;
  flags.flatten.background = threads >= 3;
  flags.blobs = BlobFlags::Read(args);
  const std::string kind = args.Required("kind");
  const std::string compression = args.OptionalOr("compression", "zstd");
  ABSL_RETURN_IF_ERROR(args.Finish());
  if (threads < 1 || threads > kMostThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", threads, ": expected 1 to ", kMostThreads));
  }
  ABSL_ASSIGN_OR_RETURN(flags.flatten.kind, ParseKind(kind));
  ABSL_ASSIGN_OR_RETURN(flags.segment.compression.format, ParseCompressionFormat(compression));
  return flags;
}

absl::StatusOr<std::string> ResolvePrefix(const std::string& prefix, const ImageLayers& layers) {
  if (prefix.empty()) return prefix;
  absl::StatusOr<std::string> clean =
      CleanName(absl::StrReplaceAll(prefix, {{"{chain_id}", layers.chain_id()}}));
  if (!clean.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--prefix=", clean.status().message()));
  }
  return *clean == "." ? "" : *clean;
}

absl::Status Run(Args& args) {
  ABSL_ASSIGN_OR_RETURN(const Flags flags, ParseFlags(args));
  ImageLayers layers;
  ABSL_RETURN_IF_ERROR(ReadProto(flags.layers, layers));
  ABSL_ASSIGN_OR_RETURN(const std::string prefix, ResolvePrefix(flags.prefix, layers));
  ABSL_ASSIGN_OR_RETURN(const BlobLocations blobs, BlobLocations::Find(flags.blobs, layers));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<SegmentWriter> segment,
                        SegmentWriter::Create(flags.output, flags.segment));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<RootedSink> rooted,
                        RootedSink::Create(prefix, *segment));
  EntrySink* sink = rooted.get();
  std::unique_ptr<OutputFile> database;
  std::unique_ptr<FileCopySink> copying;
  if (flags.apk_database) {
    ABSL_ASSIGN_OR_RETURN(database, OutputFile::Create(*flags.apk_database));
    copying = std::make_unique<FileCopySink>(kApkDatabase, *database, *rooted);
    sink = copying.get();
  }
  ABSL_RETURN_IF_ERROR(Flatten(LayerBlobs(layers, blobs), flags.flatten, *sink).status());
  for (const std::string& note : segment->notes()) {
    std::fprintf(stderr, "make_segment: %s: %s\n", flags.segment.owner.c_str(), note.c_str());
  }
  if (database != nullptr) {
    ABSL_RETURN_IF_ERROR(database->Commit());
  }
  return segment->Finish(flags.index);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_segment", linuxkit::Run);
}
