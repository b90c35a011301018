// Takes the passphrase from the private key that OVMF's test firmware trusts.
//
//   decrypt_key --key=PkKek-1-snakeoil.key --passphrase=snakeoil --output=db.key
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

absl::Status Run(Args& args) {
  const std::string path = args.Required("key");
  std::string passphrase = args.Required("passphrase");
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
  const Bio input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all);
  const Key key(PEM_read_bio_PrivateKey(input.get(), nullptr, nullptr, passphrase.data()),
                &EVP_PKEY_free);
  const Bio plain(BIO_new(BIO_s_mem()), &BIO_free_all);
  if (!key || PEM_write_bio_PrivateKey(plain.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a key with this passphrase"));
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(plain.get(), &data);
  return WriteFile(output, {data, static_cast<size_t>(size)});
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "decrypt_key", linuxkit::Run);
}
