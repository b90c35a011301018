#include "tools/registry/testing/token_server.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/base/file.h"
#include "tools/registry/testing/docker_registry.h"
#include "tools/registry/url.h"

namespace linuxkit {
namespace {

using nlohmann::json;

// RS256: RSASSA-PKCS1-v1_5 with SHA-256.
std::string Sign(const std::string& key, const std::string& text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parsed(
      PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, parsed.get());
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                 text.size());
  signature.resize(size);
  return signature;
}

// The base64 between the lines of a PEM file.
std::string PemBody(const std::string& pem) {
  const size_t begin = pem.find("-----BEGIN CERTIFICATE-----\n") + 28;
  return absl::StrReplaceAll(pem.substr(begin, pem.find("-----END") - begin), {{"\n", ""}});
}

// The repository in "scope=repository%3Ateam%2fapp%3Apull".
std::string RepositoryOf(std::string_view query) {
  const size_t begin = query.find("scope=repository%3a");
  if (begin == std::string_view::npos) return "";
  query.remove_prefix(begin + 19);
  return absl::StrReplaceAll(query.substr(0, query.find("%3a")), {{"%2f", "/"}});
}

}  // namespace

std::string SignToken(const std::string& key, const std::string& certificate,
                      const std::string& repository) {
  const json header = {{"typ", "JWT"}, {"alg", "RS256"}, {"x5c", {PemBody(certificate)}}};
  const std::time_t now = std::time(nullptr);
  const json access = {{"type", "repository"}, {"name", repository}, {"actions", {"pull"}}};
  const json claims = {{"iss", kTokenIssuer}, {"sub", "tester"},   {"aud", kTokenService},
                       {"exp", now + 600},    {"nbf", now - 60},   {"iat", now - 60},
                       {"jti", "1"},          {"access", {access}}};
  const std::string text = absl::StrCat(absl::WebSafeBase64Escape(header.dump()), ".",
                                        absl::WebSafeBase64Escape(claims.dump()));
  return absl::StrCat(text, ".", absl::WebSafeBase64Escape(Sign(key, text)));
}

TokenServer::TokenServer(const std::string& key_path, const std::string& certificate_path,
                         std::string account)
    : key_(*ReadFile(key_path)),
      certificate_(*ReadFile(certificate_path)),
      account_(std::move(account)),
      server_([this](const TestRequest& request, TestConnection& client) {
        Handle(request, client);
      }) {}

void TokenServer::Handle(const TestRequest& request, TestConnection& client) const {
  const bool is_post = request.method == "POST";
  const bool is_known =
      account_.empty() ||
      (is_post ? absl::StrContains(request.body, "refresh_token=" + QueryEscape(account_))
               : request.Header("authorization") == "Basic " + absl::Base64Escape(account_));
  if (!is_known) {
    client.Respond(401, {}, R"({"errors":[{"code":"UNAUTHORIZED","message":"wrong password"}]})");
    return;
  }
  const std::string token =
      SignToken(key_, certificate_, RepositoryOf(is_post ? request.body : request.target));
  client.Respond(200, {{"Content-Type", "application/json"}},
                 json{{is_post ? "access_token" : "token", token}}.dump());
}

}  // namespace linuxkit
