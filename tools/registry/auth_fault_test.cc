// Registries that refuse, redirect, or try to get at credentials.
#include <chrono>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/registry/testing/fault_fixture.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;

class AuthFaultTest : public FaultFixture {};

TEST_F(AuthFaultTest, BasicRefusedForever) {
  WriteDockerConfig(proxy_.authority(), "user:s3cret");
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Basic realm=\"x\""}}, ""));
  ExpectManifestFailed(absl::StrCat(": found status 401; ", proxy_.authority(),
                                    " refuses the credentials in ", Path("docker.json"),
                                    "; run: docker login ", proxy_.authority()));
  // Without password, and with it.
  EXPECT_EQ(proxy_.CountOf("/manifests/"), 2);
}

TEST_F(AuthFaultTest, BearerRefusedForever) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401,
                           {{"WWW-Authenticate", absl::StrCat("Bearer realm=\"http://",
                                                              proxy_.authority(), "/token\"")}},
                           ""));
  proxy_.Inject("/token", kAlways, AnswerWith(200, {}, R"({"token": "t0ken"})"));
  ExpectManifestFailed(absl::StrCat(": found status 401; no credentials for ", proxy_.authority(),
                                    " in ", Path("docker.json"), "; run: docker login ",
                                    proxy_.authority()));
  EXPECT_EQ(proxy_.CountOf("/manifests/"), 2);
  EXPECT_EQ(proxy_.CountOf("/token"), 1);
}

TEST_F(AuthFaultTest, ExpiredTokenIsRenewed) {
  const std::map<std::string, std::string> challenge = {
      {"WWW-Authenticate", absl::StrCat("Bearer realm=\"http://", proxy_.authority(), "/token\"")}};
  proxy_.Inject("/token", 1, AnswerWith(200, {}, R"({"token": "first"})"));
  proxy_.Inject("/token", 1, AnswerWith(200, {}, R"({"access_token": "second"})"));
  proxy_.Inject("/manifests/", 1, AnswerWith(401, challenge, ""));
  ASSERT_THAT(client().GetManifest(App(proxy_.authority(), "gzip")), IsOk());
  proxy_.Inject("/blobs/", 1, AnswerWith(401, challenge, ""));
  ASSERT_THAT(Fetch(), IsOk());
  EXPECT_EQ(proxy_.requests().back().Header("authorization"), "Bearer second");
}

TEST_F(AuthFaultTest, UnknownAuthenticationScheme) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Negotiate dG9rZW4="}}, ""));
  ExpectManifestFailed(
      ": found status 401 and in WWW-Authenticate \"negotiate\"; expected Basic or Bearer");
}

TEST_F(AuthFaultTest, RefusedWithoutChallenge) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(401, {}, ""));
  ExpectManifestFailed(
      ": found status 401 and in WWW-Authenticate nothing; expected Basic or Bearer");
}

TEST_F(AuthFaultTest, GarbledChallenge) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Bearer realm=\"x"}}, ""));
  ExpectManifestFailed(": found status 401; WWW-Authenticate: byte 16: expected a closing quote");
}

TEST_F(AuthFaultTest, ChallengeWithoutRealm) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Bearer service=x"}}, ""));
  const ImageReference image = App(proxy_.authority(), "gzip");
  EXPECT_EQ(client().GetManifest(image).status().message(),
            absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                         "/: WWW-Authenticate: realm of Bearer: found the URL \"\"; expected "
                         "http:// or https:// and a host"));
}

TEST_F(AuthFaultTest, TokenServerWithoutToken) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401,
                           {{"WWW-Authenticate", absl::StrCat("Bearer realm=\"http://",
                                                              proxy_.authority(), "/token\"")}},
                           ""));
  proxy_.Inject("/token", kAlways, AnswerWith(200, {}, "{}"));
  const ImageReference image = App(proxy_.authority(), "gzip");
  EXPECT_EQ(client().GetManifest(image).status().message(),
            absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                         "/token: found no token in the answer; expected JSON with \"token\""));
}

TEST_F(AuthFaultTest, TokenServerIsBusyForAMoment) {
  proxy_.Inject("/manifests/", 1,
                AnswerWith(401,
                           {{"WWW-Authenticate", absl::StrCat("Bearer realm=\"http://",
                                                              proxy_.authority(), "/token\"")}},
                           ""));
  proxy_.Inject("/token", 1, AnswerWith(503, {{"Retry-After", "3"}}, ""));
  proxy_.Inject("/token", 1, AnswerWith(200, {}, R"({"token": "t0ken"})"));
  EXPECT_THAT(client().GetManifest(App(proxy_.authority(), "gzip")), IsOk());
  EXPECT_THAT(clock_->sleeps(), testing::ElementsAre(std::chrono::seconds(3)));
}

TEST_F(AuthFaultTest, TokenServerIsDown) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401,
                           {{"WWW-Authenticate", absl::StrCat("Bearer realm=\"http://",
                                                              proxy_.authority(), "/token\"")}},
                           ""));
  proxy_.Inject("/token", kAlways, AnswerWith(500, {}, ""));
  const ImageReference image = App(proxy_.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image), absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                                         "/token: found status 500 (tried 5 times)"));
  EXPECT_EQ(proxy_.CountOf("/token"), 5);
}

TEST_F(AuthFaultTest, RedirectLoop) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(307, {{"Location", BlobUrl() + "?sig=s3cret"}}, ""));
  ExpectFailed(absl::StrCat(": redirects more than 10 times, at last to ", BlobUrl()));
  EXPECT_EQ(proxy_.CountOf("/blobs/"), 11);
}

TEST_F(AuthFaultTest, RedirectToNowhere) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(302, {}, ""));
  ExpectFailed(": found status 302 without Location; expected where the redirect leads");
}

TEST_F(AuthFaultTest, RedirectToAnotherScheme) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(302, {{"Location", "file:///etc/passwd"}}, ""));
  ExpectFailed(": redirect: found a URL of scheme \"file\"; expected http:// or https://");
}

// The blob store of a registry, on another host and with its signature in the URL.
TEST_F(AuthFaultTest, RedirectLeavesThePasswordBehind) {
  FaultProxy store(registry().port());
  WriteDockerConfig(proxy_.authority(), "user:s3cret");
  proxy_.Inject("/blobs/", 1, AnswerWith(401, {{"WWW-Authenticate", "Basic realm=x"}}, ""));
  proxy_.Inject(
      "/blobs/", 1,
      AnswerWith(307,
                 {{"Location", absl::StrCat("http://", store.authority(), "/v2/team/app/blobs/",
                                            blob_.digest, "?sig=abc")}},
                 ""));
  ExpectFetched();
  EXPECT_EQ(proxy_.requests().back().Header("authorization"), "Basic dXNlcjpzM2NyZXQ=");
  ASSERT_EQ(store.requests().size(), 1u);
  EXPECT_FALSE(store.requests()[0].headers.contains("authorization"));
}

TEST_F(AuthFaultTest, RedirectBackDoesNotBringThePasswordBack) {
  FaultProxy store(registry().port());
  WriteDockerConfig(proxy_.authority(), "user:s3cret");
  const std::string path = absl::StrCat("/v2/team/app/blobs/", blob_.digest);
  proxy_.Inject("/blobs/", 1, AnswerWith(401, {{"WWW-Authenticate", "Basic realm=x"}}, ""));
  proxy_.Inject("/blobs/", 1,
                AnswerWith(307, {{"Location", "http://" + store.authority() + path}}, ""));
  store.Inject("/blobs/", 1, AnswerWith(307, {{"Location", BlobUrl()}}, ""));
  ExpectFetched();
  EXPECT_FALSE(proxy_.requests().back().headers.contains("authorization"));
}

// A store's 401 is about the signature in its URL; our password would not help and must not go
// there.
TEST_F(AuthFaultTest, RefusedByTheBlobStore) {
  FaultProxy store(registry().port());
  WriteDockerConfig(proxy_.authority(), "user:s3cret");
  const std::string url =
      absl::StrCat("http://", store.authority(), "/v2/team/app/blobs/", blob_.digest);
  proxy_.Inject("/blobs/", kAlways, AnswerWith(307, {{"Location", url + "?sig=abc"}}, ""));
  store.Inject("/blobs/", kAlways, AnswerWith(401, {{"WWW-Authenticate", "Basic realm=x"}}, ""));
  EXPECT_EQ(Fetch().message(), absl::StrCat(proxy_.authority(), "/team/app@", blob_.digest, ": ",
                                            url, ": found status 401"));
  EXPECT_EQ(store.requests().size(), 1u);
}

// Whatever goes wrong with credentials, they are in no message.
TEST_F(AuthFaultTest, SecretsAreInNoMessage) {
  const std::vector<Fault> manifests = {
      AnswerWith(401, {{"WWW-Authenticate", "Basic realm=x"}}, ""),
      [](const Exchange& exchange) {
        exchange.client.Respond(
            401,
            {{"WWW-Authenticate",
              absl::StrCat("Bearer realm=\"http://", exchange.request.Header("host"), "/token\"")}},
            "");
      },
      [](const Exchange& exchange) {
        exchange.client.Respond(307, {{"Location", "http://u:s3cret@127.0.0.1:1/?s=s3cret"}}, "");
      },
  };
  const std::vector<Fault> tokens = {
      AnswerWith(200, {}, R"({"token": "s3cret"})"),
      AnswerWith(200, {}, R"({"token": ["s3cret"]})"),
      AnswerWith(200, {}, R"({"tok": "s3cret", "token":)"),
      AnswerWith(500, {}, "s3cret"),
  };
  for (const Fault& manifest : manifests) {
    for (const Fault& token : tokens) {
      FaultProxy proxy(registry().port());
      WriteDockerConfig(proxy.authority(), "user:s3cret");
      NewClient();
      proxy.Inject("/manifests/", kAlways, manifest);
      proxy.Inject("/token", kAlways, token);
      const absl::Status status = client().GetManifest(App(proxy.authority(), "gzip")).status();
      EXPECT_FALSE(status.ok());
      EXPECT_FALSE(absl::StrContains(status.message(), "s3cret")) << status;
      EXPECT_FALSE(absl::StrContains(status.message(), "dXNlcjpzM2NyZXQ=")) << status;
    }
  }
}

}  // namespace
}  // namespace linuxkit
