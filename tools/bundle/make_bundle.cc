// Makes the segment of one bundle: config.json, runtime.json and mount points, a few kilobytes.
//
//   make_bundle --entry=web.pb --image_config=web.image.pb --path=containers/services/web
//   --owner=//os:web
//     --id=dhcpcd=100 --volume=data --volume=keys:ro --output=web.cpio --index=web.index
//
// --entry          Container message, from parse_entry
// --image_config   ImageConfig message; its chain_id says where the image's content lies
// --path           directory of the bundle in the system
// --id             NAME=NUMBER: user and group id of another container; repeatable
// --volume         NAME or NAME:ro: a volume of the system; repeatable
// --profile        linuxkit or hardened (profile.h); without the flag nobody has chosen one
// --compression    none, gzip or zstd; --level its level
// --config_json, --runtime_json   copies for people to look at
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/profile.h"
#include "tools/bundle/segment_flags.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

absl::Status WriteCopy(const std::optional<std::string>& path, std::string_view text) {
  return path ? WriteFile(*path, text) : absl::OkStatus();
}

absl::Status Run(Args& args) {
  const SegmentFlags segment(args);
  const std::string entry_path = args.Required("entry");
  const std::string image_path = args.Required("image_config");
  const std::string path = args.Required("path");
  const std::vector<std::string> id_words = args.All("id");
  const VolumeTable volumes = ParseVolumeTable(args.All("volume"));
  const std::optional<std::string> profile_name = args.Optional("profile");
  const std::optional<std::string> config_copy = args.Optional("config_json");
  const std::optional<std::string> runtime_copy = args.Optional("runtime_json");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const IdTable ids, ParseIdTable(id_words));
  std::optional<Profile> profile;
  if (profile_name) {
    ABSL_ASSIGN_OR_RETURN(profile, ParseProfile(*profile_name));
  }
  Container entry;
  ABSL_RETURN_IF_ERROR(ReadMessage(entry_path, entry));
  ImageConfig image;
  ABSL_RETURN_IF_ERROR(ReadMessage(image_path, image));

  const absl::StatusOr<Bundle> bundle = MakeBundle(entry, image, path, ids, volumes, profile);
  if (!bundle.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(segment.owner,
                                                   ": failed to create OCI spec for ",
                                                   entry.image(), ": ", bundle.status().message()));
  }
  ABSL_RETURN_IF_ERROR(WriteCopy(config_copy, bundle->config_json));
  ABSL_RETURN_IF_ERROR(WriteCopy(runtime_copy, bundle->runtime_json));
  return segment.Write([&bundle](SegmentWriter& writer) { return AddBundle(*bundle, writer); });
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "make_bundle", linuxkit::Run);
}
