// Any bytes are refused or read, by every parser of foreign JSON. The first byte chooses the
// parser.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tools/fuzz/seeds.h"
#include "tools/oci/documents.h"

namespace linuxkit {

std::vector<std::string> FuzzSeeds() {
  std::vector<std::string> seeds = {
      R"(0{"schemaVersion": 2, "manifests": [{"mediaType": "m", "digest": "DIGEST", "size": 7,
          "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"},
          "annotations": {"org.opencontainers.image.ref.name": "latest"}}]})",
      R"(1{"schemaVersion": 2, "config": {"mediaType": "c", "digest": "DIGEST", "size": 2},
          "layers": [{"mediaType": "l", "digest": "DIGEST", "size": 3}]})",
      R"(2{"os": "linux", "architecture": "amd64", "config": {"Env": ["A=b"], "Cmd": ["sh"],
          "Labels": {"a": "b"}, "User": "1:1", "WorkingDir": "/"},
          "rootfs": {"type": "layers", "diff_ids": ["DIGEST"]}})",
      R"(3[{"Config": "c.json", "RepoTags": ["a:b"], "Layers": ["l/layer.tar"]}])",
  };
  for (std::string& seed : seeds) {
    absl::StrReplaceAll({{"DIGEST", "sha256:" + std::string(64, 'a')}}, &seed);
  }
  return seeds;
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      (void)linuxkit::ParseIndex("fuzz", text);
      break;
    case 1:
      (void)linuxkit::ParseManifest("fuzz", text);
      break;
    case 2:
      (void)linuxkit::ParseConfig("fuzz", text);
      break;
    default:
      (void)linuxkit::ParseDockerArchive("fuzz", text);
      break;
  }
  return 0;
}
