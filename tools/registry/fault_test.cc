// What a registry or the network can do to a download: each fault is overcome, or is one clear
// error and no file.
#include <chrono>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/json.h"
#include "tools/registry/fetch.h"
#include "tools/registry/testing/fault_proxy.h"
#include "tools/registry/testing/registry_fixture.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class FaultTest : public RegistryFixture {
 protected:
  FaultTest() : proxy_(registry().port()), blob_(GzipLayer()) {
    // The shortest that libcurl can tell.
    http_.low_speed_time = seconds(1);
  }

  absl::Status Fetch() {
    return FetchBlob(
        client(),
        {.repositories = {App(proxy_.authority(), "gzip")}, .blob = blob_, .output = Path("blob")});
  }

  void ExpectFetched() {
    ASSERT_THAT(Fetch(), IsOk());
    EXPECT_EQ(OciDigest(Sha256Of(*ReadFile(Path("blob")))), blob_.digest);
    EXPECT_THAT(Files(), ElementsAre("blob"));
  }

  // The error is about the blob's URL.
  void ExpectFailed(const std::string& error) {
    EXPECT_EQ(Fetch().message(),
              absl::StrCat(proxy_.authority(), "/team/app@", blob_.digest, ": ", BlobUrl(), error));
    EXPECT_THAT(Files(), IsEmpty());
  }

  void ExpectManifestFailed(const std::string& error) {
    const ImageReference image = App(proxy_.authority(), "gzip");
    EXPECT_EQ(client().GetManifest(image).status().message(),
              absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                           "/v2/team/app/manifests/gzip", error));
  }

  std::string BlobUrl() const {
    return absl::StrCat("http://", proxy_.authority(), "/v2/team/app/blobs/", blob_.digest);
  }

  // The Range headers of all requests, in order.
  std::vector<std::string> Ranges() {
    std::vector<std::string> ranges;
    for (const TestRequest& request : proxy_.requests()) ranges.push_back(request.Header("range"));
    return ranges;
  }

  FaultProxy proxy_;
  Blob blob_;
};

TEST_F(FaultTest, NoFault) {
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(FaultTest, CutIsResumed) {
  proxy_.Inject("/blobs/", 1, CutAfter(300'000));
  proxy_.Inject("/blobs/", 1, CutAfter(200'000));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=300000-", "bytes=500000-"));
  EXPECT_THAT(clock_->sleeps(), ElementsAre(milliseconds(500), seconds(1)));
}

TEST_F(FaultTest, CutBeforeTheFirstByte) {
  proxy_.Inject("/blobs/", 1, CutAfter(0));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", ""));
}

TEST_F(FaultTest, HungUpWithoutAnswer) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) { exchange.client.Cut(); });
  ExpectFetched();
}

TEST_F(FaultTest, ConnectionReset) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) { exchange.client.Reset(); });
  ExpectFetched();
}

TEST_F(FaultTest, CutAgainAndAgain) {
  proxy_.Inject("/blobs/", kAlways, CutAfter(1000));
  ExpectFailed(": the connection was cut (tried 5 times)");
  EXPECT_THAT(clock_->sleeps(), ElementsAre(milliseconds(500), seconds(1), seconds(2), seconds(4)));
}

TEST_F(FaultTest, ServerThatIgnoresRange) {
  proxy_.Inject("/blobs/", 1, CutAfter(300'000));
  proxy_.Inject("/blobs/", 1, WithoutRequestHeader("range"));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=300000-"));
}

TEST_F(FaultTest, AnotherRangeThanAskedFor) {
  proxy_.Inject("/blobs/", 1, CutAfter(300'000));
  proxy_.Inject("/blobs/", 1, AnswerWith(206, {{"Content-Range", "bytes 0-3/4"}}, "1234"));
  ExpectFetched();
  // From the start, and as a whole.
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=300000-", ""));
}

TEST_F(FaultTest, PartThatNobodyAskedFor) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(206, {{"Content-Range", "bytes 0-3/4"}}, "1234"));
  ExpectFailed(absl::StrCat(": found Content-Range \"bytes 0-3/4\"; expected \"bytes 0-",
                            blob_.size - 1, "/", blob_.size, "\" (tried 5 times)"));
}

TEST_F(FaultTest, TruncatedBody) {
  proxy_.Inject("/blobs/", kAlways, TruncateTo(1000));
  ExpectFailed(
      absl::StrCat(": found 1000 bytes; expected ", blob_.size, ", the size of ", blob_.digest));
}

// The answer's end is the connection's end, so only we can tell that something is missing.
TEST_F(FaultTest, TruncatedBodyOfUnknownLength) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    exchange.client.Write(exchange.Answer().body.substr(0, 1000));
    exchange.client.Cut();
  });
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=1000-"));
}

TEST_F(FaultTest, TooManyBytes) {
  proxy_.Inject("/blobs/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    exchange.client.Write(exchange.Answer().body + "more");
    exchange.client.Cut();
  });
  ExpectFailed(absl::StrCat(": found more than ", blob_.size, " bytes; expected ", blob_.size,
                            ", the size of ", blob_.digest));
}

TEST_F(FaultTest, WrongBytes) {
  MemorySink good;
  ASSERT_THAT(client().GetBlob(App(registry().authority(), "gzip"), blob_, good), IsOk());
  std::string wrong = good.data();
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  proxy_.Inject("/blobs/", kAlways, AnswerWith(200, {}, wrong));
  ExpectFailed(absl::StrCat(": found content of digest ", OciDigest(Sha256Of(wrong)), "; expected ",
                            blob_.digest));
  EXPECT_EQ(proxy_.CountOf("/blobs/"), 1);
}

// Behind one name may be several servers, and one of them broken.
TEST_F(FaultTest, WrongBytesBeforeTheCut) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) {
    const RawAnswer answer = exchange.Answer();
    exchange.client.Write(answer.head);
    exchange.client.Write(std::string(1000, 'x'));
    exchange.client.Cut();
  });
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=1000-", ""));
}

TEST_F(FaultTest, NotFound) {
  proxy_.Inject("/blobs/", kAlways,
                AnswerWith(404, {}, R"({"errors":[{"code":"BLOB_UNKNOWN","message":"gone"}]})"));
  ExpectFailed(
      ": found status 404 (BLOB_UNKNOWN: gone); expected a repository and image of this "
      "name");
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(FaultTest, Forbidden) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(403, {}, "<html>no</html>"));
  ExpectFailed(": found status 403; expected an account that may pull from this repository");
}

TEST_F(FaultTest, TooManyRequestsWithSeconds) {
  proxy_.Inject("/blobs/", 1, AnswerWith(429, {{"Retry-After", "7"}}, ""));
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), ElementsAre(seconds(7)));
}

TEST_F(FaultTest, TooManyRequestsWithDate) {
  proxy_.Inject("/blobs/", 1,
                AnswerWith(429, {{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}, ""));
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), ElementsAre(seconds(30)));
}

TEST_F(FaultTest, TooManyRequestsForever) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(429, {{"Retry-After", "1"}}, ""));
  ExpectFailed(": found status 429; the server limits how often it is asked (tried 5 times)");
}

TEST_F(FaultTest, TooManyRequestsForTheDay) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(429, {{"Retry-After", "21600"}}, ""));
  ExpectFailed(
      ": found status 429; the server limits how often it is asked; the server asks to come back "
      "in 21600 s");
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(FaultTest, ServerErrorsPass) {
  for (const int status : {500, 502, 503, 504}) {
    proxy_.Inject("/blobs/", 1, AnswerWith(status, {}, "oops"));
  }
  ExpectFetched();
}

TEST_F(FaultTest, ServerErrorForever) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(500, {}, "oops"));
  ExpectFailed(": found status 500 (tried 5 times)");
}

TEST_F(FaultTest, NotImplementedIsFinal) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(501, {}, "oops"));
  ExpectFailed(": found status 501");
}

TEST_F(FaultTest, ErrorPageWithoutEnd) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(418, {}, std::string(2 << 20, 'x')));
  ExpectFailed(": found status 418 and a page of more than 1048576 bytes");
}

TEST_F(FaultTest, StallIsResumed) {
  proxy_.Inject("/blobs/", 1, StallAfter(1000));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", "bytes=1000-"));
}

TEST_F(FaultTest, StallForever) {
  retry_.max_tries = 1;
  proxy_.Inject("/blobs/", kAlways, StallAfter(0));
  ExpectFailed(": got less than 1000 bytes a second for 1 s");
}

TEST_F(FaultTest, BasicRefusedForever) {
  WriteDockerConfig(proxy_.authority(), "user:s3cret");
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Basic realm=\"x\""}}, ""));
  ExpectManifestFailed(absl::StrCat(": found status 401; ", proxy_.authority(),
                                    " refuses the credentials in ", Path("docker.json"),
                                    "; run: docker login ", proxy_.authority()));
  // Without password, and with it.
  EXPECT_EQ(proxy_.CountOf("/manifests/"), 2);
}

TEST_F(FaultTest, BearerRefusedForever) {
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

TEST_F(FaultTest, ExpiredTokenIsRenewed) {
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

TEST_F(FaultTest, UnknownAuthenticationScheme) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Negotiate dG9rZW4="}}, ""));
  ExpectManifestFailed(
      ": found status 401 and in WWW-Authenticate \"negotiate\"; expected Basic or Bearer");
}

TEST_F(FaultTest, RefusedWithoutChallenge) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(401, {}, ""));
  ExpectManifestFailed(
      ": found status 401 and in WWW-Authenticate nothing; expected Basic or Bearer");
}

TEST_F(FaultTest, GarbledChallenge) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Bearer realm=\"x"}}, ""));
  ExpectManifestFailed(": found status 401; WWW-Authenticate: byte 16: expected a closing quote");
}

TEST_F(FaultTest, ChallengeWithoutRealm) {
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(401, {{"WWW-Authenticate", "Bearer service=x"}}, ""));
  const ImageReference image = App(proxy_.authority(), "gzip");
  EXPECT_EQ(client().GetManifest(image).status().message(),
            absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                         "/: WWW-Authenticate: realm of Bearer: found the URL \"\"; expected "
                         "http:// or https:// and a host"));
}

TEST_F(FaultTest, TokenServerWithoutToken) {
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

TEST_F(FaultTest, RedirectLoop) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(307, {{"Location", BlobUrl() + "?sig=s3cret"}}, ""));
  ExpectFailed(absl::StrCat(": redirects more than 10 times, at last to ", BlobUrl()));
  EXPECT_EQ(proxy_.CountOf("/blobs/"), 11);
}

TEST_F(FaultTest, RedirectToNowhere) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(302, {}, ""));
  ExpectFailed(": found status 302 without Location; expected where the redirect leads");
}

TEST_F(FaultTest, RedirectToAnotherScheme) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(302, {{"Location", "file:///etc/passwd"}}, ""));
  ExpectFailed(": redirect: found a URL of scheme \"file\"; expected http:// or https://");
}

// The blob store of a registry, on another host and with its signature in the URL.
TEST_F(FaultTest, RedirectLeavesThePasswordBehind) {
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

TEST_F(FaultTest, RedirectBackDoesNotBringThePasswordBack) {
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
TEST_F(FaultTest, RefusedByTheBlobStore) {
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

TEST_F(FaultTest, ManifestOf100Megabytes) {
  proxy_.Inject("/manifests/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Content-Length", "100000000"}});
    exchange.client.Write("{");
    exchange.client.AwaitHangup();
  });
  ExpectManifestFailed(": found a manifest of 100000000 bytes; expected at most 4194304");
}

TEST_F(FaultTest, ManifestWithoutEnd) {
  proxy_.Inject("/manifests/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    const std::string spaces(1 << 20, ' ');
    while (exchange.client.Write(spaces)) {
    }
  });
  ExpectManifestFailed(": found a manifest of more than 4194304 bytes; expected at most 4194304");
}

TEST_F(FaultTest, ManifestOfAnotherDigestThanItsHeader) {
  const std::string announced = "sha256:" + std::string(64, 'a');
  proxy_.Inject("/manifests/", kAlways,
                AnswerWith(200, {{"Docker-Content-Digest", announced}}, "{\"layers\": []}"));
  ExpectManifestFailed(absl::StrCat(": found a manifest of digest ",
                                    OciDigest(Sha256Of("{\"layers\": []}")), "; expected ",
                                    announced, ", as Docker-Content-Digest says"));
}

TEST_F(FaultTest, ManifestOfAnotherDigestThanAskedFor) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, "{\"layers\": []}"));
  const ImageReference image = App(proxy_.authority(), "gzip").WithDigest(blob_.digest);
  EXPECT_EQ(client().GetManifest(image).status().message(),
            absl::StrCat(image.ToString(), ": http://", proxy_.authority(),
                         "/v2/team/app/manifests/", blob_.digest, ": found a manifest of digest ",
                         OciDigest(Sha256Of("{\"layers\": []}")), "; expected ", blob_.digest));
}

TEST_F(FaultTest, ManifestThatIsAWebPage) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, "<html>"));
  ExpectManifestFailed(": line 1, column 1: found \"<\"; expected valid JSON");
}

TEST_F(FaultTest, ManifestOfSchema1) {
  proxy_.Inject("/manifests/", kAlways, AnswerWith(200, {}, R"({"schemaVersion": 1})"));
  ExpectManifestFailed(
      ": found an object; expected an index with \"manifests\" or a manifest with \"layers\"");
}

TEST_F(FaultTest, ManyBlobsAndOneFails) {
  const ImageReference image = App(proxy_.authority(), "gzip");
  const Blob missing = {.digest = "sha256:" + std::string(64, 'b'), .size = 1};
  std::vector<BlobRequest> requests;
  for (int i = 0; i < 6; ++i) {
    requests.push_back({.repositories = {image},
                        .blob = i == 3 ? missing : blob_,
                        .output = Path(absl::StrCat("blob-", i))});
  }
  EXPECT_EQ(FetchAll(client(), requests, 2).code(), absl::StatusCode::kNotFound);
  for (const std::string& name : Files()) {
    EXPECT_EQ(OciDigest(Sha256Of(*ReadFile(Path(name)))), blob_.digest) << name;
  }
  EXPECT_FALSE(ReadFile(Path("blob-3")).ok());
}

TEST_F(FaultTest, SecondRepositoryHasIt) {
  const ImageReference elsewhere = *ImageReference::Parse(registry().authority() + "/team/nothing");
  EXPECT_THAT(FetchBlob(client(), {.repositories = {elsewhere, App(proxy_.authority(), "gzip")},
                                   .blob = blob_,
                                   .output = Path("blob")}),
              IsOk());
}

TEST_F(FaultTest, DirectoryThatDoesNotExist) {
  EXPECT_EQ(FetchBlob(client(), {.repositories = {App(proxy_.authority(), "gzip")},
                                 .blob = blob_,
                                 .output = Path("no/blob")})
                .message(),
            absl::StrCat("cannot create ", Path("no/blob"), ": No such file or directory"));
}

// Whatever goes wrong with credentials, they are in no message.
TEST_F(FaultTest, SecretsAreInNoMessage) {
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
