// Signed UEFI programs: the hash that Secure Boot checks, and the table at the end of the file that
// holds signatures ("Windows Authenticode Portable Executable Signature Format";
// UEFI 2.10, 32.2.4).
//
//   ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open("myimage.efi"));
//   ABSL_ASSIGN_OR_RETURN(const UnsignedProgram program, UnsignedProgram::Open(file));
//   ABSL_ASSIGN_OR_RETURN(const Sha256Digest hash, program.Hash());
//   ABSL_RETURN_IF_ERROR(program.WriteSigned(pkcs7, *output));
//
// Hashing reads the file once; writing the signed file copies ranges.
#ifndef TOOLS_EFI_AUTHENTICODE_H_
#define TOOLS_EFI_AUTHENTICODE_H_

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/efi/pe_file.h"

namespace linuxkit {

class UnsignedProgram {
 public:
  // An error if `file`, which must outlive the result, is no PE file, is signed already, or has
  // bytes that belong to no section between its sections: signers disagree about hashing those.
  static absl::StatusOr<UnsignedProgram> Open(const InputFile& file);

  // SHA-256 over the file padded to 8 bytes, without the checksum and the directory entry that
  // leads to the signatures.
  absl::StatusOr<Sha256Digest> Hash() const;

  // Appends the whole program with the signature, a DER PKCS#7, to `output`, which must be empty.
  absl::Status WriteSigned(std::string_view pkcs7, OutputFile& output) const;

 private:
  UnsignedProgram(const InputFile& file, PeFile pe) : file_(&file), pe_(std::move(pe)) {}
  uint64_t Padding() const;

  const InputFile* file_;
  PeFile pe_;
};

}  // namespace linuxkit

#endif  // TOOLS_EFI_AUTHENTICODE_H_
