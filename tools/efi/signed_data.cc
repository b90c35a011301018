#include "tools/efi/signed_data.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <cstdint>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr uint64_t kMaxPem = 1 << 20;
constexpr const char* kSpcIndirectData = "1.3.6.1.4.1.311.2.1.4";

template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* value) const {
    kFree(value);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using Pkcs7Ptr = std::unique_ptr<PKCS7, FreeBy<PKCS7_free>>;
using SignerPtr = std::unique_ptr<PKCS7_SIGNER_INFO, FreeBy<PKCS7_SIGNER_INFO_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::Status OpenSslError(std::string_view what) {
  char reason[256] = "no reason given";
  if (const unsigned long error = ERR_peek_last_error(); error != 0) {
    ERR_error_string_n(error, reason, sizeof(reason));
  }
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL cannot ", what, ": ", reason));
}

// SpcIndirectDataContent (Authenticode_PE.docx, "SpcIndirectDataContent"), all of it constant but
// the hash at its end.
constexpr std::string_view kIndirectDataTag("\x30\x68", 2);
constexpr std::string_view kIndirectData(
    "\x30\x33"                                          // SpcAttributeTypeAndOptionalValue
    "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f"  //   type: SPC_PE_IMAGE_DATA
    "\x30\x25"                                          //   value: SpcPeImageData
    "\x03\x01\x00"                                      //     flags: none
    "\xa0\x20\xa2\x1e\x80\x1c"                          //     file: unicode, obsolete and says so
    "\0<\0<\0<\0O\0b\0s\0o\0l\0e\0t\0e\0>\0>\0>"        //
    "\x30\x31"                                          // DigestInfo
    "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"  //   SHA-256
    "\x05\x00"                                              //   no parameters
    "\x04\x20",                                             //   the hash
    72);

// The content without tag and length, which is what messageDigest covers.
std::string IndirectData(const Sha256Digest& hash) {
  return absl::StrCat(kIndirectData,
                      std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

absl::StatusOr<BioPtr> OpenPem(const std::string& path, std::string& bytes) {
  ABSL_ASSIGN_OR_RETURN(bytes, ReadFile(path, kMaxPem));
  BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  if (bio == nullptr) return OpenSslError("read from memory");
  return bio;
}

// Called for encrypted keys; notes that and gives no passphrase.
int NoPassphrase(char*, int, int, void* encrypted) {
  *static_cast<bool*>(encrypted) = true;
  return -1;
}

absl::StatusOr<KeyPtr> ReadKey(const std::string& path) {
  std::string bytes;
  ABSL_ASSIGN_OR_RETURN(const BioPtr bio, OpenPem(path, bytes));
  bool encrypted = false;
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, &encrypted));
  ERR_clear_error();
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(
      encrypted ? absl::StrCat(path,
                               " is encrypted; expected a plain PEM key, or a signature made "
                               "elsewhere (--signature)")
                : absl::StrCat(path, " has no private key in PEM form"));
}

// SpcIndirectDataContent as the content of `pkcs7`.
bool SetContent(PKCS7* pkcs7, std::string_view der) {
  Pkcs7Ptr content(PKCS7_new());
  if (content == nullptr) return false;
  content->type = OBJ_txt2obj(kSpcIndirectData, /*no_name=*/1);
  content->d.other = ASN1_TYPE_new();
  ASN1_STRING* sequence = ASN1_STRING_new();
  if (content->d.other == nullptr || sequence == nullptr ||
      !ASN1_STRING_set(sequence, der.data(), static_cast<int>(der.size()))) {
    ASN1_STRING_free(sequence);
    return false;
  }
  ASN1_TYPE_set(content->d.other, V_ASN1_SEQUENCE, sequence);
  if (!PKCS7_set_content(pkcs7, content.get())) return false;
  content.release();
  return true;
}

// In the order of DER, which SignerInfo keeps.
bool AddAttributes(PKCS7_SIGNER_INFO* signer, const Sha256Digest& program_hash) {
  const Sha256Digest digest = Sha256Of(IndirectData(program_hash));
  return PKCS7_add_attrib_content_type(signer, OBJ_txt2obj(kSpcIndirectData, 1)) &&
         PKCS7_add1_attrib_digest(signer, digest.data(), static_cast<int>(digest.size()));
}

// The SignerInfo of a signature that exists.
SignerPtr MakeSigner(X509* certificate, const Sha256Digest& program_hash,
                     std::string_view signature) {
  SignerPtr signer(PKCS7_SIGNER_INFO_new());
  if (signer == nullptr ||
      !PKCS7_SIGNER_INFO_set(signer.get(), certificate, X509_get0_pubkey(certificate),
                             EVP_sha256()) ||
      !AddAttributes(signer.get(), program_hash) ||
      !ASN1_STRING_set(signer->enc_digest, signature.data(), static_cast<int>(signature.size()))) {
    return nullptr;
  }
  return signer;
}

bool AddSigner(PKCS7* pkcs7, SignerPtr signer) {
  if (signer == nullptr || !PKCS7_add_signer(pkcs7, signer.get())) return false;
  signer.release();
  return true;
}

}  // namespace

void SigningCertificate::Free::operator()(x509_st* certificate) const { X509_free(certificate); }

std::string SignedAttributes(const Sha256Digest& program_hash) {
  constexpr std::string_view kPrefix(
      "\x31\x4c"
      "\x30\x19\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"  // contentType
      "\x31\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"
      "\x30\x2f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"  // messageDigest
      "\x31\x22\x04\x20",
      46);
  const Sha256Digest digest = Sha256Of(IndirectData(program_hash));
  return absl::StrCat(
      kPrefix, std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

absl::StatusOr<SigningCertificate> SigningCertificate::Read(const std::string& path) {
  std::string bytes;
  ABSL_ASSIGN_OR_RETURN(const BioPtr bio, OpenPem(path, bytes));
  std::unique_ptr<x509_st, Free> x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (x509 == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(path, " has no certificate in PEM form"));
  }
  const EVP_PKEY* key = X509_get0_pubkey(x509.get());
  if (key == nullptr || !EVP_PKEY_is_a(key, "RSA")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path,
                     " is the certificate of another kind of key; expected RSA, which is "
                     "what firmware verifies"));
  }
  return SigningCertificate(path, std::move(x509));
}

absl::StatusOr<std::string> SigningCertificate::Sign(const std::string& key_path,
                                                     std::string_view attributes) const {
  ABSL_ASSIGN_OR_RETURN(const KeyPtr key, ReadKey(key_path));
  if (X509_check_private_key(x509_.get(), key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(
        absl::StrCat(key_path, " is not the key of the certificate ", path_));
  }
  const ContextPtr context(EVP_MD_CTX_new());
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key.get())), '\0');
  size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(attributes), attributes.size()) != 1) {
    return OpenSslError(absl::StrCat("sign with ", key_path));
  }
  signature.resize(size);
  return signature;
}

absl::Status SigningCertificate::CheckSignature(std::string_view name, std::string_view attributes,
                                                std::string_view signature) const {
  EVP_PKEY* key = X509_get0_pubkey(x509_.get());
  const auto size = static_cast<size_t>(EVP_PKEY_get_size(key));
  if (signature.size() != size) {
    return absl::InvalidArgumentError(absl::StrCat(name, " has ", signature.size(),
                                                   " bytes; expected ", size,
                                                   ", the raw RSA signature of ", path_));
  }
  const ContextPtr context(EVP_MD_CTX_new());
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) {
    return OpenSslError(absl::StrCat("verify with ", path_));
  }
  const int verified = EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                                        Bytes(attributes), attributes.size());
  ERR_clear_error();
  if (verified == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is not the signature of this program by ", path_,
                   "; expected PKCS #1 v1.5 with SHA-256 over its signed attributes"));
}

absl::StatusOr<std::string> SigningCertificate::SignedData(const Sha256Digest& program_hash,
                                                           std::string_view signature) const {
  const Pkcs7Ptr pkcs7(PKCS7_new());
  if (pkcs7 == nullptr || !PKCS7_set_type(pkcs7.get(), NID_pkcs7_signed) ||
      !SetContent(pkcs7.get(), absl::StrCat(kIndirectDataTag, IndirectData(program_hash))) ||
      !PKCS7_add_certificate(pkcs7.get(), x509_.get()) ||
      !AddSigner(pkcs7.get(), MakeSigner(x509_.get(), program_hash, signature))) {
    return OpenSslError("make PKCS #7");
  }
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(pkcs7.get(), &der);
  if (size < 0) return OpenSslError("encode PKCS #7");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace linuxkit
