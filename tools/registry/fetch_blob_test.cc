// The program fetch_blob, as an action runs it, and killed in the middle.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/testing/run_program.h"
#include "tools/qemu/process.h"
#include "tools/registry/testing/fault_proxy.h"
#include "tools/registry/testing/registry_fixture.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using testing::ElementsAre;
using testing::IsEmpty;

class FetchBlobTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    blob_ = GzipLayer();
    setenv("DOCKER_CONFIG", Path("docker").c_str(), 1);
  }

  // The command line that fetches from `authority`.
  std::vector<std::string> Command(const std::string& authority) const {
    return {std::getenv("FETCH_BLOB"),
            absl::StrCat("--reference=", authority, "/team/app@", blob_.digest),
            absl::StrCat("--size=", blob_.size), "--output=" + Path("blob")};
  }

  // What the program prints. It is expected to fail.
  std::string ErrorOf(const std::vector<std::string>& arguments) const {
    std::vector<std::string> words = {std::getenv("FETCH_BLOB")};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto finished = RunToEnd(words, std::chrono::seconds(60));
    EXPECT_EQ(finished->status.code, 1);
    return finished->output;
  }

  void ExpectFetched() {
    EXPECT_EQ(OciDigest(Sha256Of(*ReadFile(Path("blob")))), blob_.digest);
    EXPECT_THAT(Files(), ElementsAre("blob"));
  }

  // Lets the program get a part of the blob, and ends it.
  void EndInTheMiddle(int signal) {
    FaultProxy proxy(registry().port());
    std::promise<void> is_half_way;
    proxy.Inject("/blobs/", 1, [&](const Exchange& exchange) {
      const RawAnswer answer = exchange.Answer();
      exchange.client.Write(answer.head);
      exchange.client.Write(answer.body.substr(0, 500'000));
      is_half_way.set_value();
      exchange.client.AwaitHangup();
    });
    absl::StatusOr<Process> process = Process::Start(Command(proxy.authority()), {});
    ASSERT_THAT(process, IsOk());
    is_half_way.get_future().wait();
    process->Signal(signal);
    EXPECT_EQ(process->Wait().signal, signal);
  }

  Blob blob_;
};

TEST_F(FetchBlobTest, ByReference) {
  ASSERT_THAT(RunProgram(Command(registry().authority())), IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, ReplacesAnOldOutput) {
  WriteText("blob", "old");
  ASSERT_THAT(RunProgram(Command(registry().authority())), IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, RepositoriesInOrder) {
  ASSERT_THAT(
      RunProgram(
          {std::getenv("FETCH_BLOB"), "--repository=" + registry().authority() + "/team/nothing",
           "--repository=" + registry().authority() + "/team/app", "--digest=" + blob_.digest,
           absl::StrCat("--size=", blob_.size), "--output=" + Path("blob")}),
      IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, MirrorFromTheConfiguration) {
  const std::string config = absl::StrCat(R"({"registries": {"docker.io": {"origin": false,
      "mirrors": ["http://)",
                                          registry().authority(), R"("]}}})");
  std::vector<std::string> words = Command("docker.io");
  // Not beside the output.
  const std::string path = shared_directory() + "/registries.json";
  ASSERT_THAT(WriteFile(path, config), IsOk());
  words.push_back("--registries=" + path);
  ASSERT_THAT(RunProgram(words), IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, KilledInTheMiddle) {
  EndInTheMiddle(SIGKILL);
  EXPECT_THAT(Files(), IsEmpty());
  ASSERT_THAT(RunProgram(Command(registry().authority())), IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, CancelledInTheMiddle) {
  EndInTheMiddle(SIGTERM);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(FetchBlobTest, Proxy) {
  FaultProxy proxy(registry().port());
  // The proxy sees the URL as a whole; the registry wants its path.
  proxy.Inject("http://registry.example/v2/", kAlways, [](const Exchange& exchange) {
    TestRequest request = exchange.request;
    request.target = request.target.substr(std::string("http://registry.example").size());
    const RawAnswer answer = exchange.ask_registry(request);
    exchange.client.Write(answer.head);
    exchange.client.Write(answer.body);
  });
  const std::string path = shared_directory() + "/plain.json";
  ASSERT_THAT(WriteFile(path, R"({"registries": {"registry.example": {"plainHttp": true}}})"),
              IsOk());
  std::vector<std::string> words = Command("registry.example");
  words.push_back("--registries=" + path);
  words.insert(words.begin(), {"env", "http_proxy=http://" + proxy.authority()});
  ASSERT_THAT(RunProgram(words), IsOk());
  ExpectFetched();
}

TEST_F(FetchBlobTest, NoDigest) {
  EXPECT_EQ(ErrorOf({"--repository=a.example/x", "--size=1", "--output=" + Path("blob")}),
            "fetch_blob: found the digest \"\"; expected \"sha256:\" and 64 lower-case hex digits, "
            "in --digest or --reference\n");
}

TEST_F(FetchBlobTest, NoSize) {
  EXPECT_EQ(ErrorOf({"--reference=a.example/x@" + blob_.digest, "--output=" + Path("blob")}),
            "fetch_blob: missing flag --size: the bytes of the blob\n");
}

TEST_F(FetchBlobTest, TwoDigests) {
  const std::string other = "sha256:" + std::string(64, 'c');
  EXPECT_EQ(ErrorOf({"--reference=a.example/x@" + other, "--digest=" + blob_.digest, "--size=1",
                     "--output=" + Path("blob")}),
            absl::StrCat("fetch_blob: a.example/x@", other, ": found another digest; expected ",
                         blob_.digest, ", as before or in --digest\n"));
}

TEST_F(FetchBlobTest, NoRepository) {
  EXPECT_EQ(ErrorOf({"--digest=" + blob_.digest, "--size=1", "--output=" + Path("blob")}),
            absl::StrCat("fetch_blob: ", Path("blob"), ": found no repository to fetch ",
                         blob_.digest, " from; expected one at least\n"));
}

}  // namespace
}  // namespace linuxkit
