#include "tools/registry/credentials.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using absl_testing::IsOk;

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = MakeTestDirectory(testing::UnitTest::GetInstance()->current_test_info()->name());
    const std::string path = absl::StrCat(directory_, ":/usr/bin:/bin");
    setenv("PATH", path.c_str(), 1);
  }

  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = absl::StrCat(directory_, "/", name);
    EXPECT_THAT(WriteFile(path, text), IsOk());
    return path;
  }

  // A program that reads its question into $question and then runs `body`.
  std::string WriteProgram(const std::string& name, const std::string& body) const {
    const std::string path = Write(name, "#!/bin/sh\nquestion=$(cat)\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  CredentialStore Store(const std::string& text) const {
    const auto store = CredentialStore::Load(Write("config.json", text));
    EXPECT_THAT(store, IsOk());
    return *store;
  }

  // "user:password", "token:…", "none", or the error.
  static std::string Find(const CredentialStore& store, const std::string& host,
                          const std::string& repository = "team/app") {
    const auto credential = store.Find(host, repository);
    if (!credential.ok()) return std::string(credential.status().message());
    if (!*credential) return "none";
    const Credential& found = **credential;
    if (!found.identity_token.empty()) return "token:" + found.identity_token.Reveal();
    return absl::StrCat(found.username, ":", found.password.Reveal());
  }

  static std::string Auth(const std::string& account) {
    return absl::StrCat(R"({"auth": ")", absl::Base64Escape(account), "\"}");
  }

  std::string directory_;
};

TEST_F(CredentialsTest, NoFile) {
  const auto store = CredentialStore::Load("/no/config.json");
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Find(*store, "a.example"), "none");
}

TEST_F(CredentialsTest, ByHost) {
  const CredentialStore store = Store(absl::StrCat(R"({"auths": {"a.example": )", Auth("u:p"),
                                                   R"(, "a.example:5000": )", Auth("v:q:r"), "}}"));
  EXPECT_EQ(Find(store, "a.example"), "u:p");
  EXPECT_EQ(Find(store, "a.example:5000"), "v:q:r");
  EXPECT_EQ(Find(store, "b.example"), "none");
}

TEST_F(CredentialsTest, LongestPrefixOfTheRepository) {
  const CredentialStore store =
      Store(absl::StrCat(R"({"auths": {"a.example": )", Auth("all:p"), R"(, "a.example/team": )",
                         Auth("team:p"), R"(, "a.example/team/app": )", Auth("app:p"), "}}"));
  EXPECT_EQ(Find(store, "a.example", "team/app"), "app:p");
  EXPECT_EQ(Find(store, "a.example", "team/other"), "team:p");
  EXPECT_EQ(Find(store, "a.example", "team2/app"), "all:p");
}

TEST_F(CredentialsTest, KeysWithSchemeAndVersion) {
  const CredentialStore store =
      Store(absl::StrCat(R"({"auths": {"https://index.docker.io/v1/": )", Auth("hub:p"),
                         R"(, "https://a.example/v2/": )", Auth("u:p"), "}}"));
  EXPECT_EQ(Find(store, "registry-1.docker.io"), "hub:p");
  EXPECT_EQ(Find(store, "docker.io"), "hub:p");
  EXPECT_EQ(Find(store, "a.example"), "u:p");
}

TEST_F(CredentialsTest, UserAndPasswordApart) {
  EXPECT_EQ(
      Find(Store(R"({"auths": {"a.example": {"username": "u", "password": "p"}}})"), "a.example"),
      "u:p");
}

TEST_F(CredentialsTest, IdentityToken) {
  EXPECT_EQ(Find(Store(R"({"auths": {"a.example": {"identitytoken": "t"}}})"), "a.example"),
            "token:t");
}

TEST_F(CredentialsTest, AuthThatIsNoBase64) {
  const std::string path = Write("config.json", R"({"auths": {"a.example": {"auth": "s3cret!"}}})");
  EXPECT_EQ(CredentialStore::Load(path).status().message(),
            absl::StrCat(path,
                         ": auths[\"a.example\"]: found an entry that is not understood; expected "
                         "\"auth\" with base64 of user:password. Run: docker login a.example"));
}

TEST_F(CredentialsTest, HelperOfTheHost) {
  WriteProgram("docker-credential-one",
               R"(echo "{\"Username\": \"$question\", \"Secret\": \"p\"}")");
  const CredentialStore store = Store(R"({"credHelpers": {"a.example:5000": "one"}})");
  EXPECT_EQ(Find(store, "a.example:5000"), "a.example:5000:p");
  EXPECT_EQ(Find(store, "b.example"), "none");
}

TEST_F(CredentialsTest, HelperForAllHosts) {
  WriteProgram("docker-credential-all",
               R"(echo "{\"Username\": \"$question\", \"Secret\": \"p\"}")");
  const CredentialStore store = Store(absl::StrCat(
      R"({"credsStore": "all", "auths": {"a.example": {}, "b.example": )", Auth("file:p"), "}}"));
  EXPECT_EQ(Find(store, "a.example"), "a.example:p");
  EXPECT_EQ(Find(store, "b.example"), "file:p");
  EXPECT_EQ(Find(store, "docker.io"), "https://index.docker.io/v1/:p");
}

TEST_F(CredentialsTest, HelperWithIdentityToken) {
  WriteProgram("docker-credential-t", R"(echo '{"Username": "<token>", "Secret": "t"}')");
  EXPECT_EQ(Find(Store(R"({"credsStore": "t"})"), "a.example"), "token:t");
}

TEST_F(CredentialsTest, HelperThatKnowsNothing) {
  WriteProgram("docker-credential-n", "echo credentials not found in native keychain; exit 1");
  EXPECT_EQ(Find(Store(R"({"credsStore": "n"})"), "a.example"), "none");
}

TEST_F(CredentialsTest, HelperThatFails) {
  WriteProgram("docker-credential-f", "echo half-a-s3cret; exit 3");
  EXPECT_EQ(Find(Store(R"({"credsStore": "f"})"), "a.example"),
            "docker-credential-f: ended with status 3 when asked for credentials for a.example; "
            "run: echo 'a.example' | docker-credential-f get");
}

TEST_F(CredentialsTest, HelperThatDoesNotExist) {
  EXPECT_EQ(Find(Store(R"({"credsStore": "missing"})"), "a.example"),
            "cannot execute docker-credential-missing: No such file or directory");
}

TEST_F(CredentialsTest, HelperWhoseAnswerIsGarbled) {
  WriteProgram("docker-credential-g", R"(echo '{"Username": "u", "Secret": ["s3cret"]}')");
  EXPECT_EQ(Find(Store(R"({"credsStore": "g"})"), "a.example"),
            "docker-credential-g: found an answer that is not understood; expected {\"Username\": "
            "\"…\", \"Secret\": \"…\"}");
}

TEST_F(CredentialsTest, HelperThatNeverReads) {
  const std::string path = Write("docker-credential-d", "#!/bin/sh\nexec <&-\necho no; exit 1\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  EXPECT_TRUE(
      absl::StrContains(Find(Store(R"({"credsStore": "d"})"), "a.example"), "ended with status 1"));
}

TEST_F(CredentialsTest, BazelHelper) {
  const std::string program = WriteProgram(
      "helper",
      R"(echo "{\"headers\": {\"X-Asked\": [$(echo "$question" | sed 's/.*:"/"/; s/}//')]}}")");
  const auto headers = AskBazelHelper(program, "https://a.example/v2/x/");
  ASSERT_THAT(headers, IsOk());
  ASSERT_EQ(headers->size(), 1u);
  EXPECT_EQ((*headers)[0].Reveal(), "X-Asked: https://a.example/v2/x/");
}

TEST_F(CredentialsTest, BazelHelperThatBreaksLines) {
  const std::string program =
      WriteProgram("helper", R"(printf '%s' '{"headers": {"A": ["b\nC: d"]}}')");
  EXPECT_EQ(AskBazelHelper(program, "https://a.example/").status().message(),
            absl::StrCat(program,
                         ": found an answer that is not understood; expected {\"headers\": "
                         "{\"Authorization\": [\"…\"]}}"));
}

TEST(FindBazelHelper, MostSpecificPattern) {
  const std::vector<BazelHelper> helpers = {{"*", "any"},
                                            {"*.example.com", "below"},
                                            {"*.b.example.com", "further below"},
                                            {"a.example.com", "exact"}};
  const auto find = [&](const char* host) { return FindBazelHelper(helpers, host)->program; };
  EXPECT_EQ(find("a.example.com"), "exact");
  EXPECT_EQ(find("c.example.com"), "below");
  EXPECT_EQ(find("c.b.example.com"), "further below");
  EXPECT_EQ(find("example.com"), "any");
  EXPECT_EQ(find("badexample.com"), "any");
  EXPECT_EQ(FindBazelHelper({}, "a.example.com"), nullptr);
}

TEST_F(CredentialsTest, PlacesOfTheFile) {
  std::map<std::string, std::string> variables = {{"HOME", directory_}};
  const auto find = [&] {
    return FindDockerConfig([&](const std::string& name) { return variables[name]; });
  };
  EXPECT_EQ(find(), directory_ + "/.docker/config.json");
  std::filesystem::create_directories(directory_ + "/containers");
  const std::string podman = Write("containers/auth.json", "{}");
  variables["XDG_RUNTIME_DIR"] = directory_;
  EXPECT_EQ(find(), podman);
  variables["REGISTRY_AUTH_FILE"] = Write("auth.json", "{}");
  EXPECT_EQ(find(), directory_ + "/auth.json");
  std::filesystem::create_directories(directory_ + "/.docker");
  Write(".docker/config.json", "{}");
  EXPECT_EQ(find(), directory_ + "/.docker/config.json");
  variables["DOCKER_CONFIG"] = directory_;
  Write("config.json", "{}");
  EXPECT_EQ(find(), directory_ + "/config.json");
}

TEST_F(CredentialsTest, HomeWithoutEnvironment) {
  const std::string path = FindDockerConfig([](const std::string&) { return ""; });
  EXPECT_TRUE(absl::EndsWith(path, "/.docker/config.json")) << path;
  EXPECT_NE(path, "/.docker/config.json");
}

TEST(LoginName, DockerHub) {
  EXPECT_EQ(CredentialStore::LoginName("registry-1.docker.io"), "docker.io");
  EXPECT_EQ(CredentialStore::LoginName("a.example:5000"), "a.example:5000");
}

TEST(Secret, IsNotPrinted) { EXPECT_EQ(absl::StrCat(Secret("s3cret")), "(secret)"); }

}  // namespace
}  // namespace linuxkit
