#include "tools/base/sha256.h"

#include <openssl/evp.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

// EVP_sha256() would make every hash look its implementation up anew, which for a small file takes
// longer than the hash.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), Algorithm(), nullptr);
}

Sha256::~Sha256() = default;

void Sha256::Update(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

absl::Status Sha256::Append(std::string_view bytes) {
  Update(bytes);
  return absl::OkStatus();
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return digest;
}

Sha256Digest Sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

std::string Hex(const Sha256Digest& digest) {
  return absl::BytesToHexString(
      std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string OciDigest(const Sha256Digest& digest) { return absl::StrCat("sha256:", Hex(digest)); }

}  // namespace linuxkit
