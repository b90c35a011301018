// No file may crash the reader or take it long, and what was read survives its own text forms.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/config/config.h"
#include "tools/config/metadata.h"
#include "tools/config/old_spellings.h"
#include "tools/config/skeleton.h"
#include "tools/fuzz/seeds.h"
#include "tools/spec/message_json.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  return {
      "kernel: {image: linuxkit/kernel:6, cmdline: \"console=ttyS0\", tar: none, ucode: \"\"}\n"
      "init: [linuxkit/init:1, :local, \"@pkg:../x\"]\n",
      "services:\n  - name: web\n    image: //web\n    uid: web\n    binds: [\"data:/d:ro\"]\n"
      "volumes:\n  - {name: data, readonly: true, format: oci, platforms: [linux/arm64/v8]}\n",
      "files:\n  - path: a\n    contents: |\n      x\n\n      y\n    mode: \"0644\"\n"
      "  - {path: b, source: ~/c, optional: true}\n  - {path: d, metadata: yaml}\n",
      "onboot: &a\n  - {name: x, image: y, resources: {memory: {limit: 0x10}}}\nonshutdown: *a\n",
      "trust: {org: [a]}\noutputs: []\ninits: [",
      "kernel: {p_w_picpath: mobylinux/kernel:4}\ninit: x\nsystem: [{name: a, p_w_picpath: \"b\", "
      "read_only: true}]\n",
      "a: \"x\nb: 'y\n\tc: &d\t'e' \\N {f: [g}\n",
  };
}

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

void CheckSkeletonJson(const Config& config) {
  const absl::StatusOr<Skeleton> skeleton = MakeSkeleton(config, "//os:f.yml");
  Check(skeleton.ok());
  const auto again =
      ParseSkeletons(absl::StrCat("{\"configs\": [", SkeletonJson(*skeleton), "]}"), {});
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
  linuxkit::OldSpellingNotes({{.path = "f.yml", .label = "//os:f.yml", .text = text}});
  if (!configs.ok()) return 0;
  linuxkit::CheckMetadata(configs->front());
  linuxkit::CheckSkeletonJson(configs->front());
  return 0;
}
