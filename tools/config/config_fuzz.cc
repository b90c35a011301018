// libFuzzer target: no file may crash the reader or take long, and what was read survives its own
// text forms.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tools/config/config.h"
#include "tools/config/metadata.h"
#include "tools/config/skeleton.h"
#include "tools/spec/message_json.h"

namespace linuxkit {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// The text of `metadata: yaml` is a configuration with the same text.
void CheckMetadata(const Config& config) {
  const absl::StatusOr<std::string> text = MetadataYaml(config);
  Check(text.ok());
  const auto again = ParseConfigs({{.path = "again", .label = "//os:f.yml", .text = *text}});
  Check(again.ok());
  const absl::StatusOr<std::string> text_again = MetadataYaml(again->front());
  Check(text_again.ok() && *text_again == *text);
}

void CheckSkeletonForm(const Config& config) {
  const absl::StatusOr<Skeleton> skeleton = MakeSkeleton(config, "//os:f.yml");
  Check(skeleton.ok());
  const auto again = ParseSkeletons("{\"configs\": [" + SkeletonJson(*skeleton) + "]}", {});
  Check(again.ok());
  Check(SpecJson(again->configs(0)) == SpecJson(*skeleton));
  Check(CheckSkeleton("f.yml", *skeleton, again->configs(0)).ok());
}

}  // namespace
}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto configs =
      linuxkit::ParseConfigs({{.path = "f.yml", .label = "//os:f.yml", .text = text}});
  if (!configs.ok()) return 0;
  linuxkit::CheckMetadata(configs->front());
  linuxkit::CheckSkeletonForm(configs->front());
  return 0;
}
