// A signed file:
//
//   the program, with data directory 4 = {address: file offset of the table, size}
//   zeros up to a multiple of 8
//   WinCertificate, PKCS#7      length without the padding
//   zeros up to a multiple of 8, which count to the directory's size
#include "tools/efi/authenticode.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

absl::Status CheckNoGaps(const InputFile& file, const PeFile& pe) {
  uint64_t end = pe.optional().size_of_headers;
  for (const SectionHeader& section : pe.sections()) {
    if (section.data_size == 0) continue;
    if (section.data_offset != end) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.path(), ": bytes ", end, " to ", uint32_t{section.data_offset},
          " belong to no section; expected sections without gaps, which all signers hash alike"));
    }
    end += section.data_size;
  }
  return absl::OkStatus();
}

absl::Status HashRange(const InputFile& file, uint64_t offset, uint64_t end, Sha256& hash) {
  FileRange range(file, offset, end - offset);
  return CopyAll(range, hash).status();
}

}  // namespace

absl::StatusOr<UnsignedProgram> UnsignedProgram::Open(const InputFile& file) {
  ABSL_ASSIGN_OR_RETURN(PeFile pe, PeFile::Read(file));
  if (pe.certificates().address != 0 || pe.certificates().size != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path(), " is signed already, with ", uint32_t{pe.certificates().size},
                     " bytes at ", uint32_t{pe.certificates().address}, "; expected it unsigned"));
  }
  ABSL_RETURN_IF_ERROR(CheckNoGaps(file, pe));
  return UnsignedProgram(file, std::move(pe));
}

uint64_t UnsignedProgram::Padding() const {
  return RoundUp(file_->size(), kCertificateAlignment) - file_->size();
}

absl::StatusOr<Sha256Digest> UnsignedProgram::Hash() const {
  const uint64_t checksum = pe_.checksum_offset();
  const uint64_t directory = pe_.certificates_offset();
  Sha256 hash;
  ABSL_RETURN_IF_ERROR(HashRange(*file_, 0, checksum, hash));
  ABSL_RETURN_IF_ERROR(
      HashRange(*file_, checksum + sizeof(PeOptionalHeader::checksum), directory, hash));
  ABSL_RETURN_IF_ERROR(HashRange(*file_, directory + sizeof(DataDirectory), file_->size(), hash));
  hash.Update(std::string(Padding(), '\0'));
  return hash.Finish();
}

absl::Status UnsignedProgram::WriteSigned(std::string_view pkcs7, OutputFile& output) const {
  const uint64_t address = file_->size() + Padding();
  const uint64_t length = sizeof(WinCertificate) + pkcs7.size();
  const uint64_t size = RoundUp(length, kCertificateAlignment);
  if (address + size > kMaxPeSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(file_->path(), ": it would end at ", address + size,
                     " with its signature; a PE file ends before 4294967296"));
  }
  const uint64_t directory = pe_.certificates_offset();
  const DataDirectory entry = {.address = static_cast<uint32_t>(address),
                               .size = static_cast<uint32_t>(size)};
  const WinCertificate certificate = {.length = static_cast<uint32_t>(length),
                                      .revision = kCertificateRevision,
                                      .type = kCertificatePkcs7};
  ABSL_RETURN_IF_ERROR(output.AppendRange(*file_, 0, directory));
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(entry)));
  const uint64_t rest = directory + sizeof(entry);
  ABSL_RETURN_IF_ERROR(output.AppendRange(*file_, rest, file_->size() - rest));
  ABSL_RETURN_IF_ERROR(output.AppendHole(Padding()));
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(certificate)));
  ABSL_RETURN_IF_ERROR(output.Append(pkcs7));
  return output.AppendHole(size - length);
}

}  // namespace linuxkit
