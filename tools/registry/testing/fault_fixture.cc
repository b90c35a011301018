#include "tools/registry/testing/fault_fixture.h"

#include <chrono>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/registry/fetch.h"

namespace linuxkit {

using absl_testing::IsOk;
using testing::ElementsAre;
using testing::IsEmpty;

FaultFixture::FaultFixture() : proxy_(registry().port()), blob_(GzipLayer()) {
  // The shortest that libcurl can tell.
  http_.low_speed_time = std::chrono::seconds(1);
}

absl::Status FaultFixture::Fetch() {
  return FetchBlob(
      client(),
      {.repositories = {App(proxy_.authority(), "gzip")}, .blob = blob_, .output = Path("blob")});
}

void FaultFixture::ExpectFetched() {
  ASSERT_THAT(Fetch(), IsOk());
  EXPECT_EQ(OciDigest(Sha256Of(*ReadFile(Path("blob")))), blob_.digest);
  EXPECT_THAT(Files(), ElementsAre("blob"));
}

void FaultFixture::ExpectFailed(const std::string& error) {
  EXPECT_EQ(Fetch().message(),
            absl::StrCat(proxy_.authority(), "/team/app@", blob_.digest, ": ", BlobUrl(), error));
  EXPECT_THAT(Files(), IsEmpty());
}

void FaultFixture::ExpectManifestFailed(const std::string& error) {
  const ImageReference image = App(proxy_.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image), absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                                         "/v2/team/app/manifests/gzip", error));
}

std::string FaultFixture::BlobUrl() const {
  return absl::StrCat("http://", proxy_.authority(), "/v2/team/app/blobs/", blob_.digest);
}

std::vector<std::string> FaultFixture::Ranges() {
  std::vector<std::string> ranges;
  for (const TestRequest& request : proxy_.requests()) ranges.push_back(request.Header("range"));
  return ranges;
}

}  // namespace linuxkit
