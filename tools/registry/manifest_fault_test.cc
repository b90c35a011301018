// Answers that are no manifest, or not the right one.
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/sha256.h"
#include "tools/registry/testing/fault_fixture.h"

namespace linuxkit {
namespace {

class ManifestFaultTest : public FaultFixture {};

TEST_F(ManifestFaultTest, ManifestOf100Megabytes) {
  proxy_.Inject("/manifests/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Content-Length", "100000000"}});
    exchange.client.Write("{");
    exchange.client.AwaitHangup();
  });
  ExpectManifestFailed(": found a manifest of 100000000 bytes; expected at most 4194304");
}

TEST_F(ManifestFaultTest, ManifestWithoutEnd) {
  proxy_.Inject("/manifests/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    const std::string spaces(1 << 20, ' ');
    while (exchange.client.Write(spaces)) {
    }
  });
  ExpectManifestFailed(": found a manifest of more than 4194304 bytes; expected at most 4194304");
}

TEST_F(ManifestFaultTest, ManifestOfAnotherDigestThanItsHeader) {
  const std::string announced = "sha256:" + std::string(64, 'a');
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(200, {{"Docker-Content-Digest", announced}}, "{\"layers\": []}"));
  ExpectManifestFailed(absl::StrCat(": found a manifest of digest ",
                                    OciDigest(Sha256Of("{\"layers\": []}")), "; expected ",
                                    announced, ", as Docker-Content-Digest says"));
}

TEST_F(ManifestFaultTest, ManifestOfAnotherDigestThanAskedFor) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, "{\"layers\": []}"));
  const ImageReference image = App(proxy_.authority(), "gzip").WithDigest(blob_.digest);
  EXPECT_EQ(client().GetManifest(image).status().message(),
            absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                         "/v2/team/app/manifests/", blob_.digest, ": found a manifest of digest ",
                         OciDigest(Sha256Of("{\"layers\": []}")), "; expected ", blob_.digest));
}

TEST_F(ManifestFaultTest, ManifestThatIsAWebPage) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, "<html>"));
  ExpectManifestFailed(": line 1, column 1: found \"<\"; expected valid JSON");
}

TEST_F(ManifestFaultTest, ManifestOfSchema1) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, R"({"schemaVersion": 1})"));
  ExpectManifestFailed(
      ": found an object; expected an index with \"manifests\" or a manifest with \"layers\"");
}

}  // namespace
}  // namespace linuxkit
