// What a registry or the network can do to a blob on its way: each fault is overcome, or is one
// clear error and no file.
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/registry/fetch.h"
#include "tools/registry/testing/fault_fixture.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class BlobFaultTest : public FaultFixture {
 protected:
  // The Range header for all bytes from `first` on.
  std::string RangeFrom(int first) const {
    return absl::StrCat("bytes=", first, "-", blob_.size - 1);
  }

  // Fetches with a cut after 300000 bytes, and then this answer.
  void ExpectFetchedAfterCut(Fault fault) {
    proxy_.Inject("/blobs/", 1, CutAfter(300'000));
    proxy_.Inject("/blobs/", 1, std::move(fault));
    ExpectFetched();
  }
};

TEST_F(BlobFaultTest, NoFault) {
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(BlobFaultTest, CutIsResumed) {
  proxy_.Inject("/blobs/", 1, CutAfter(300'000));
  proxy_.Inject("/blobs/", 1, CutAfter(200'000));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(300'000), RangeFrom(500'000)));
  EXPECT_THAT(clock_->sleeps(), ElementsAre(milliseconds(500), seconds(1)));
}

TEST_F(BlobFaultTest, CutBeforeTheFirstByte) {
  proxy_.Inject("/blobs/", 1, CutAfter(0));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", ""));
}

TEST_F(BlobFaultTest, HungUpWithoutAnswer) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) { exchange.client.Cut(); });
  ExpectFetched();
}

TEST_F(BlobFaultTest, ConnectionReset) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) { exchange.client.Reset(); });
  ExpectFetched();
}

TEST_F(BlobFaultTest, CutAgainAndAgain) {
  proxy_.Inject("/blobs/", kAlways, CutAfter(1000));
  ExpectFailed(": the connection was cut (tried 5 times)");
  EXPECT_THAT(clock_->sleeps(), ElementsAre(milliseconds(500), seconds(1), seconds(2), seconds(4)));
}

TEST_F(BlobFaultTest, ServerThatIgnoresRange) {
  ExpectFetchedAfterCut(WithoutRequestHeader("range"));
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(300'000)));
}

// After any answer that is not the missing part, the blob is asked for from the start, as a whole.
TEST_F(BlobFaultTest, AnotherRangeThanAskedFor) {
  for (const std::string range :
       {"bytes 0-3/4", "bytes 300001-300004/SIZE", "bytes 299999-300002/SIZE",
        "bytes 300000-300003/300004", "bytes 300000-SIZE/*", "bytes 300003-300000/SIZE",
        "bytes 300000-300003", "bytes */SIZE", "300000-300003/SIZE", ""}) {
    const std::string header = absl::StrReplaceAll(range, {{"SIZE", absl::StrCat(blob_.size)}});
    const size_t before = Ranges().size();
    ExpectFetchedAfterCut(AnswerWith(206, {{"Content-Range", header}}, "1234"));
    const std::vector<std::string> all = Ranges();
    EXPECT_THAT(std::vector(all.begin() + static_cast<ptrdiff_t>(before), all.end()),
                ElementsAre("", RangeFrom(300'000), ""))
        << header;
  }
}

TEST_F(BlobFaultTest, RangeThatIsRefused) {
  ExpectFetchedAfterCut(
      AnswerWith(416, {{"Content-Range", absl::StrCat("bytes */", blob_.size)}}, ""));
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(300'000), ""));
}

TEST_F(BlobFaultTest, RefusedRangeThatNobodyAskedFor) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(416, {}, ""));
  ExpectFailed(": found status 416");
  EXPECT_EQ(proxy_.CountOf("/blobs/"), 1);
}

TEST_F(BlobFaultTest, LessThanAskedFor) {
  ExpectFetchedAfterCut(PartOf("300000-399999", absl::StrCat("bytes 300000-399999/", blob_.size)));
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(300'000), RangeFrom(400'000)));
}

TEST_F(BlobFaultTest, PartOfAnUnknownWhole) {
  const std::string rest = absl::StrCat("300000-", blob_.size - 1);
  ExpectFetchedAfterCut(PartOf(rest, absl::StrCat("bytes ", rest, "/*")));
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(300'000)));
}

TEST_F(BlobFaultTest, PartThatNobodyAskedFor) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(206, {{"Content-Range", "bytes 0-3/4"}}, "1234"));
  ExpectFailed(absl::StrCat(": found Content-Range \"bytes 0-3/4\"; expected \"bytes 0-",
                            blob_.size - 1, "/", blob_.size, "\" (tried 5 times)"));
}

TEST_F(BlobFaultTest, TruncatedBody) {
  proxy_.Inject("/blobs/", kAlways, TruncateTo(1000));
  ExpectFailed(
      absl::StrCat(": found 1000 bytes; expected ", blob_.size, ", the size of ", blob_.digest));
}

// The answer's end is the connection's end, so only we can tell that something is missing.
TEST_F(BlobFaultTest, TruncatedBodyOfUnknownLength) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    exchange.client.Write(exchange.Answer().body.substr(0, 1000));
    exchange.client.Cut();
  });
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(1000)));
}

TEST_F(BlobFaultTest, TooManyBytes) {
  proxy_.Inject("/blobs/", kAlways, [](const Exchange& exchange) {
    exchange.client.Begin(200, {{"Connection", "close"}});
    exchange.client.Write(exchange.Answer().body + "more");
    exchange.client.Cut();
  });
  ExpectFailed(absl::StrCat(": found more than ", blob_.size, " bytes; expected ", blob_.size,
                            ", the size of ", blob_.digest));
}

TEST_F(BlobFaultTest, WrongBytes) {
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
TEST_F(BlobFaultTest, WrongBytesBeforeTheCut) {
  proxy_.Inject("/blobs/", 1, [](const Exchange& exchange) {
    const RawAnswer answer = exchange.Answer();
    exchange.client.Write(answer.head);
    exchange.client.Write(std::string(1000, 'x'));
    exchange.client.Cut();
  });
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(1000), ""));
}

TEST_F(BlobFaultTest, NotFound) {
  proxy_.Inject("/blobs/", kAlways,
                AnswerWith(404, {}, R"({"errors":[{"code":"BLOB_UNKNOWN","message":"gone"}]})"));
  ExpectFailed(
      ": found status 404 (BLOB_UNKNOWN: gone); expected a repository and image of this "
      "name");
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(BlobFaultTest, Forbidden) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(403, {}, "<html>no</html>"));
  ExpectFailed(": found status 403; expected an account that may pull from this repository");
}

TEST_F(BlobFaultTest, TooManyRequestsWithSeconds) {
  proxy_.Inject("/blobs/", 1, AnswerWith(429, {{"Retry-After", "7"}}, ""));
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), ElementsAre(seconds(7)));
}

TEST_F(BlobFaultTest, TooManyRequestsWithDate) {
  proxy_.Inject("/blobs/", 1,
                AnswerWith(429, {{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}, ""));
  ExpectFetched();
  EXPECT_THAT(clock_->sleeps(), ElementsAre(seconds(30)));
}

TEST_F(BlobFaultTest, TooManyRequestsForever) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(429, {{"Retry-After", "1"}}, ""));
  ExpectFailed(": found status 429; the server limits how often it is asked (tried 5 times)");
}

TEST_F(BlobFaultTest, TooManyRequestsForTheDay) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(429, {{"Retry-After", "21600"}}, ""));
  ExpectFailed(
      ": found status 429; the server limits how often it is asked; the server asks to come back "
      "in 21600 s");
  EXPECT_THAT(clock_->sleeps(), IsEmpty());
}

TEST_F(BlobFaultTest, ServerErrorsPass) {
  for (const int status : {500, 502, 503, 504}) {
    proxy_.Inject("/blobs/", 1, AnswerWith(status, {}, "oops"));
  }
  ExpectFetched();
}

TEST_F(BlobFaultTest, ServerErrorForever) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(500, {}, "oops"));
  ExpectFailed(": found status 500 (tried 5 times)");
}

TEST_F(BlobFaultTest, NotImplementedIsFinal) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(501, {}, "oops"));
  ExpectFailed(": found status 501");
}

TEST_F(BlobFaultTest, ErrorPageWithoutEnd) {
  proxy_.Inject("/blobs/", kAlways, AnswerWith(418, {}, std::string(2 << 20, 'x')));
  ExpectFailed(": found status 418 and a page of more than 1048576 bytes");
}

TEST_F(BlobFaultTest, StallIsResumed) {
  proxy_.Inject("/blobs/", 1, StallAfter(1000));
  ExpectFetched();
  EXPECT_THAT(Ranges(), ElementsAre("", RangeFrom(1000)));
}

TEST_F(BlobFaultTest, StallForever) {
  retry_.max_tries = 1;
  proxy_.Inject("/blobs/", kAlways, StallAfter(0));
  ExpectFailed(": got less than 1000 bytes a second for 1 s");
}

TEST_F(BlobFaultTest, ManyBlobsAndOneFails) {
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

TEST_F(BlobFaultTest, SecondRepositoryHasIt) {
  const ImageReference elsewhere = *ImageReference::Parse(registry().authority() + "/team/nothing");
  EXPECT_THAT(FetchBlob(client(), {.repositories = {elsewhere, App(proxy_.authority(), "gzip")},
                                   .blob = blob_,
                                   .output = Path("blob")}),
              IsOk());
}

TEST_F(BlobFaultTest, DirectoryThatDoesNotExist) {
  EXPECT_EQ(FetchBlob(client(), {.repositories = {App(proxy_.authority(), "gzip")},
                                 .blob = blob_,
                                 .output = Path("no/blob")})
                .message(),
            absl::StrCat("cannot create ", Path("no/blob"), ": No such file or directory"));
}

}  // namespace
}  // namespace linuxkit
