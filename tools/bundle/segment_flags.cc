#include "tools/bundle/segment_flags.h"

#include <memory>

#include "absl/status/status_macros.h"

namespace linuxkit {

SegmentFlags::SegmentFlags(Args& args)
    : owner(args.Required("owner")),
      compression(args.OptionalOr("compression", "none")),
      level(args.IntOr("level", 0)),
      output(args.Required("output")),
      index(args.Required("index")) {}

absl::Status SegmentFlags::Write(const std::function<absl::Status(SegmentWriter&)>& add) const {
  Compression settings = {.level = static_cast<int>(level)};
  ABSL_ASSIGN_OR_RETURN(settings.format, ParseCompressionFormat(compression));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<SegmentWriter> writer,
                        SegmentWriter::Create(output, {.owner = owner, .compression = settings}));
  ABSL_RETURN_IF_ERROR(add(*writer));
  return writer->Finish(index);
}

}  // namespace linuxkit
