// Against Debian's docker-registry: every way to be let in, with and without TLS.
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tools/oci/testing/run_program.h"
#include "tools/qemu/process.h"
#include "tools/registry/testing/registry_fixture.h"
#include "tools/registry/testing/token_server.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;
using absl_testing::IsOkAndHolds;

constexpr char kAccount[] = "user:s3cret";

// Registries with the images of the shared one.
class RegistryAuthTest : public RegistryFixture {
 protected:
  static void SetUpTestSuite() {
    RegistryFixture::SetUpTestSuite();
    MakeTestCertificates(shared_directory());
  }

  static std::string Shared(const std::string& name) {
    return absl::StrCat(shared_directory(), "/", name);
  }

  DockerRegistryOptions Options() const {
    return {.storage = Shared("storage"), .scratch = Path("")};
  }

  DockerRegistry WithPassword() const {
    MustSucceed({"htpasswd", "-Bbc", Path("htpasswd"), "user", "s3cret"});
    DockerRegistryOptions options = Options();
    options.htpasswd = Path("htpasswd");
    return DockerRegistry(options);
  }

  DockerRegistry WithTokens(const TokenServer& tokens) const {
    DockerRegistryOptions options = Options();
    options.token_realm = tokens.realm();
    options.token_certificate = Shared("ca.pem");
    return DockerRegistry(options);
  }

  static void MustSucceed(const std::vector<std::string>& words) {
    ASSERT_THAT(RunProgram(words), IsOk());
  }
};

TEST_F(RegistryAuthTest, Password) {
  const DockerRegistry guarded = WithPassword();
  WriteDockerConfig(guarded.authority(), kAccount);
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryAuthTest, NoPassword) {
  const DockerRegistry guarded = WithPassword();
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": http://", guarded.authority(),
                         "/v2/team/app/manifests/gzip: found status 401; no credentials for ",
                         guarded.authority(), " in ", Path("docker.json"), "; run: docker login ",
                         guarded.authority()));
}

TEST_F(RegistryAuthTest, WrongPassword) {
  const DockerRegistry guarded = WithPassword();
  WriteDockerConfig(guarded.authority(), "user:wr0ng");
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": http://", guarded.authority(),
                         "/v2/team/app/manifests/gzip: found status 401 (UNAUTHORIZED: "
                         "authentication required); ",
                         guarded.authority(), " refuses the credentials in ", Path("docker.json"),
                         "; run: docker login ", guarded.authority()));
}

TEST_F(RegistryAuthTest, DockerCredentialHelper) {
  const DockerRegistry guarded = WithPassword();
  WriteText("docker-credential-test",
            "#!/bin/sh\nread server\n"
            "echo \"{\\\"ServerURL\\\": \\\"$server\\\", \\\"Username\\\": \\\"user\\\", "
            "\\\"Secret\\\": \\\"s3cret\\\"}\"\n");
  MustSucceed({"chmod", "+x", Path("docker-credential-test")});
  const std::string path = absl::StrCat(Path(""), ":", getenv("PATH"));
  setenv("PATH", path.c_str(), 1);
  WriteText("docker.json",
            absl::StrCat(R"({"credHelpers": {")", guarded.authority(), R"(": "test"}})"));
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryAuthTest, BazelCredentialHelper) {
  const DockerRegistry guarded = WithPassword();
  // user:s3cret in base64.
  WriteText("helper",
            "#!/bin/sh\ncat >/dev/null\n"
            "echo '{\"headers\": {\"Authorization\": [\"Basic dXNlcjpzM2NyZXQ=\"]}}'\n");
  MustSucceed({"chmod", "+x", Path("helper")});
  config_.helpers = {{.pattern = "127.0.0.1", .program = Path("helper")}};
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryAuthTest, TokensForAnybody) {
  TokenServer tokens(Shared("ca.key"), Shared("ca.pem"), "");
  const DockerRegistry guarded = WithTokens(tokens);
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
  // Manifest, configuration and layer with one token.
  EXPECT_EQ(tokens.requests().size(), 1u);
}

TEST_F(RegistryAuthTest, TokensForAnAccount) {
  TokenServer tokens(Shared("ca.key"), Shared("ca.pem"), kAccount);
  const DockerRegistry guarded = WithTokens(tokens);
  WriteDockerConfig(guarded.authority(), kAccount);
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryAuthTest, IdentityToken) {
  TokenServer tokens(Shared("ca.key"), Shared("ca.pem"), "refresh");
  const DockerRegistry guarded = WithTokens(tokens);
  WriteText("docker.json", absl::StrCat(R"({"auths": {")", guarded.authority(),
                                        R"(": {"identitytoken": "refresh"}}})"));
  EXPECT_THAT(Pull(App(guarded.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryAuthTest, TokenServerRefusesThePassword) {
  TokenServer tokens(Shared("ca.key"), Shared("ca.pem"), kAccount);
  const DockerRegistry guarded = WithTokens(tokens);
  WriteDockerConfig(guarded.authority(), "user:wr0ng");
  const ImageReference image = App(guarded.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": ", tokens.realm(),
                         ": found status 401 (UNAUTHORIZED: wrong password) for the credentials "
                         "of ",
                         guarded.authority(), " in ", Path("docker.json"), "; run: docker login ",
                         guarded.authority()));
}

class RegistryTlsTest : public RegistryAuthTest {
 protected:
  DockerRegistryOptions TlsOptions() const {
    DockerRegistryOptions options = Options();
    options.tls_certificate = Shared("server.pem");
    options.tls_key = Shared("server.key");
    return options;
  }
};

TEST_F(RegistryTlsTest, PrivateCa) {
  const DockerRegistry secure(TlsOptions());
  config_.hosts[secure.authority()].plain_http = false;
  config_.ca_files = {Shared("ca.pem")};
  EXPECT_THAT(Pull(App(secure.authority(), "gzip")), IsOkAndHolds(1u));
}

TEST_F(RegistryTlsTest, UnknownCa) {
  const DockerRegistry secure(TlsOptions());
  config_.hosts[secure.authority()].plain_http = false;
  const ImageReference image = App(secure.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": https://", secure.authority(),
                         "/v2/team/app/manifests/gzip: the server's certificate is not trusted "
                         "(SSL certificate OpenSSL verify result: unable to get local issuer "
                         "certificate (20)); if its CA is your own, add it to \"caFiles\" of "
                         "registries.json"));
}

TEST_F(RegistryTlsTest, TlsSpokenToAPlainServer) {
  config_.hosts[registry().authority()].plain_http = false;
  const ImageReference image = App(registry().authority(), "gzip");
  EXPECT_THAT(ErrorOf(image),
              testing::AllOf(testing::StartsWith(absl::StrCat(
                                 image.ToString(), ": https://", registry().authority(),
                                 "/v2/team/app/manifests/gzip: no TLS connection (")),
                             testing::EndsWith("); a registry without TLS needs \"plainHttp\": "
                                               "true in registries.json")));
}

TEST_F(RegistryTlsTest, TokenServerWithoutTls) {
  TokenServer tokens(Shared("ca.key"), Shared("ca.pem"), "");
  DockerRegistryOptions options = TlsOptions();
  options.token_realm = tokens.realm();
  options.token_certificate = Shared("ca.pem");
  const DockerRegistry secure(options);
  config_.hosts[secure.authority()].plain_http = false;
  config_.ca_files = {Shared("ca.pem")};
  const ImageReference image = App(secure.authority(), "gzip");
  EXPECT_EQ(ErrorOf(image),
            absl::StrCat(image.ToString(), ": https://", secure.authority(),
                         "/: found the token server ", tokens.realm(), "; expected https"));
}

// openssl answers with what it finds in the file that the URL names.
TEST_F(RegistryTlsTest, RedirectToPlainHttp) {
  std::filesystem::create_directories(Path("v2/team/app/manifests"));
  WriteText("v2/team/app/manifests/gzip",
            absl::StrCat("HTTP/1.0 307 Elsewhere\r\nLocation: http://", registry().authority(),
                         "/v2/team/app/manifests/gzip\r\nContent-Length: 0\r\n\r\n"));
  std::filesystem::current_path(Path(""));
  const DescriptorPair log = *MakePipe();
  const auto server = Process::Start({"openssl", "s_server", "-HTTP", "-key", Shared("server.key"),
                                      "-cert", Shared("server.pem"), "-accept", "127.0.0.1:0"},
                                     {.stdout_fd = log.second.get(), .kept_fds = {}});
  ASSERT_THAT(server, IsOk());
  const std::string host =
      absl::StrCat("127.0.0.1:", AwaitPort(log.first.get(), "ACCEPT 127.0.0.1:"));
  config_.hosts[host].plain_http = false;
  config_.ca_files = {Shared("ca.pem")};
  EXPECT_EQ(
      ErrorOf(App(host, "gzip")),
      absl::StrCat(host, "/team/app:gzip: https://", host,
                   "/v2/team/app/manifests/gzip: redirects to http://", registry().authority(),
                   "/v2/team/app/manifests/gzip; expected https, as before"));
}

}  // namespace
}  // namespace linuxkit
