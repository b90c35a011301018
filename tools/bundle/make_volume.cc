// Makes the segment of a volume's directories: lower (unless an image fills it), tmp and merged.
//
//   make_volume --entry=data.pb --owner=//os:data --output=data.cpio --index=data.index
//
// --entry         Volume message, from parse_entry
// --compression   none, gzip or zstd; --level its level
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/segment_flags.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const SegmentFlags segment(args);
  const std::string entry_path = args.Required("entry");
  ABSL_RETURN_IF_ERROR(args.Finish());
  Volume volume;
  ABSL_RETURN_IF_ERROR(ReadMessage(entry_path, volume));
  return segment.Write([&volume](SegmentWriter& writer) { return AddVolume(volume, writer); });
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_volume", linuxkit::Run);
}
