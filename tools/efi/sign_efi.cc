// Signs a UEFI program for Secure Boot, with a key at hand or with one that never comes near the
// build.
//
//   sign_efi --input=myimage.efi --output=signed.efi --certificate=db.pem --key=db.key
//
// The same in three steps, which give the same file:
//
//   sign_efi --input=myimage.efi --attributes_output=to-sign --digest_output=to-sign.sha256
//   openssl pkeyutl -sign -inkey db.key -pkeyopt digest:sha256 -in to-sign.sha256 -out signature
//   sign_efi --input=myimage.efi --output=signed.efi --certificate=db.pem --signature=signature
//
// --input               an unsigned program
// --output              the signed one
// --certificate         of the signer, PEM, RSA
// --key                 its key, PEM, not encrypted; or
// --signature           its signature, RSASSA-PKCS1-v1_5 with SHA-256, raw, over the bytes of
// --attributes_output   the DER of the signed attributes (tools/efi/signed_data.h)
// --digest_output       their SHA-256, 32 bytes, for signers that take a digest
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/efi/authenticode.h"
#include "tools/efi/signed_data.h"

namespace linuxkit {
namespace {

struct Options {
  std::string input;
  std::optional<std::string> output;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> signature;
  std::optional<std::string> attributes_output;
  std::optional<std::string> digest_output;
};

absl::Status CheckOptions(const Options& options) {
  if (!options.output && !options.attributes_output && !options.digest_output) {
    return absl::InvalidArgumentError("expected --output, --attributes_output or --digest_output");
  }
  if (options.output && !options.certificate) {
    return absl::InvalidArgumentError("--output needs --certificate");
  }
  if (options.output && options.key.has_value() == options.signature.has_value()) {
    return absl::InvalidArgumentError(
        "--output needs either --key, or --signature: what the holder of the key makes of "
        "--attributes_output or --digest_output");
  }
  return absl::OkStatus();
}

absl::Status Export(const Options& options, const std::string& attributes) {
  if (options.attributes_output) {
    ABSL_RETURN_IF_ERROR(WriteFile(*options.attributes_output, attributes));
  }
  if (!options.digest_output) return absl::OkStatus();
  const Sha256Digest digest = Sha256Of(attributes);
  return WriteFile(*options.digest_output,
                   std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

absl::StatusOr<std::string> GetSignature(const Options& options,
                                         const SigningCertificate& certificate,
                                         const std::string& attributes) {
  if (options.key) return certificate.Sign(*options.key, attributes);
  ABSL_ASSIGN_OR_RETURN(std::string signature, ReadFile(*options.signature));
  ABSL_RETURN_IF_ERROR(certificate.CheckSignature(*options.signature, attributes, signature));
  return signature;
}

absl::Status Sign(const Options& options, const UnsignedProgram& program,
                  const Sha256Digest& hash) {
  ABSL_ASSIGN_OR_RETURN(const auto certificate, SigningCertificate::Read(*options.certificate));
  ABSL_ASSIGN_OR_RETURN(const std::string signature,
                        GetSignature(options, certificate, SignedAttributes(hash)));
  ABSL_ASSIGN_OR_RETURN(const std::string pkcs7, certificate.SignedData(hash, signature));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output,
                        OutputFile::Create(*options.output));
  ABSL_RETURN_IF_ERROR(program.WriteSigned(pkcs7, *output));
  return output->Commit();
}

absl::Status Run(Args& args) {
  const Options options = {.input = args.Required("input"),
                           .output = args.Optional("output"),
                           .certificate = args.Optional("certificate"),
                           .key = args.Optional("key"),
                           .signature = args.Optional("signature"),
                           .attributes_output = args.Optional("attributes_output"),
                           .digest_output = args.Optional("digest_output")};
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_RETURN_IF_ERROR(CheckOptions(options));
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(options.input));
  ABSL_ASSIGN_OR_RETURN(const UnsignedProgram program, UnsignedProgram::Open(file));
  ABSL_ASSIGN_OR_RETURN(const Sha256Digest hash, program.Hash());
  ABSL_RETURN_IF_ERROR(Export(options, SignedAttributes(hash)));
  return options.output ? Sign(options, program, hash) : absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "sign_efi", linuxkit::Run); }
