// The PKCS#7 SignedData of Authenticode, with the RSA signature made here or by someone else who
// has the key.
//
//   const std::string attributes = SignedAttributes(hash);
//   ABSL_ASSIGN_OR_RETURN(const SigningCertificate certificate,
//   SigningCertificate::Read("db.pem")); ABSL_ASSIGN_OR_RETURN(const std::string signature,
//   certificate.Sign("db.key", attributes));
//   ABSL_RETURN_IF_ERROR(certificate.CheckSignature("signature", attributes, signature));
//   ABSL_ASSIGN_OR_RETURN(const std::string pkcs7, certificate.SignedData(hash, signature));
//
// Equal inputs give equal bytes: RSASSA-PKCS1-v1_5 has no random part, and there is no signing
// time.
#ifndef TOOLS_EFI_SIGNED_DATA_H_
#define TOOLS_EFI_SIGNED_DATA_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/sha256.h"

struct x509_st;

namespace linuxkit {

// What is signed for a program with this Authenticode hash: the DER of the signed attributes as a
// SET (RFC 2315, 9.3). It does not depend on the certificate. 78 bytes:
//
//   31 4c                                             SET
//     30 19 06 09 2a864886f70d010903                    contentType:
//           31 0c 06 0a 2b060104018237020104              SPC_INDIRECT_DATA
//     30 2f 06 09 2a864886f70d010904                    messageDigest:
//           31 22 04 20 <32 bytes>                        SHA-256 of what SpcIndirectDataContent
//           holds
//
// A signature is RSASSA-PKCS1-v1_5 with SHA-256 over these bytes: raw, as long as the key.
std::string SignedAttributes(const Sha256Digest& program_hash);

class SigningCertificate {
 public:
  // From a PEM file with one certificate of an RSA key.
  static absl::StatusOr<SigningCertificate> Read(const std::string& path);

  // The signature over `attributes` by the key in a PEM file, which must be the certificate's and
  // not be encrypted.
  absl::StatusOr<std::string> Sign(const std::string& key_path, std::string_view attributes) const;

  // Whether `signature` is the certificate's over `attributes`. `name` stands in messages.
  absl::Status CheckSignature(std::string_view name, std::string_view attributes,
                              std::string_view signature) const;

  // DER.
  absl::StatusOr<std::string> SignedData(const Sha256Digest& program_hash,
                                         std::string_view signature) const;

 private:
  struct Free {
    void operator()(x509_st* certificate) const;
  };
  SigningCertificate(std::string path, std::unique_ptr<x509_st, Free> x509)
      : path_(std::move(path)), x509_(std::move(x509)) {}

  std::string path_;
  std::unique_ptr<x509_st, Free> x509_;
};

}  // namespace linuxkit

#endif  // TOOLS_EFI_SIGNED_DATA_H_
