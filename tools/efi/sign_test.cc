// sign_efi, with the snake oil key that Debian's firmware for tests trusts. sbverify, sbsign and
// openssl have their say.
#include <unistd.h>

#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/disk/testing.h"
#include "tools/efi/authenticode.h"
#include "tools/efi/testing.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kCertificate = "/usr/share/ovmf/PkKek-1-snakeoil.pem";
constexpr std::string_view kEncryptedKey = "/usr/share/ovmf/PkKek-1-snakeoil.key";

class SignTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto uki = MakeUki(TestUkiOptions());
    ASSERT_THAT(uki, IsOk());
    ASSERT_THAT(WriteTestImage("input", uki->extents), IsOk());
    ASSERT_EQ(OutputOf(absl::StrCat("openssl pkey -passin pass:snakeoil -in ", kEncryptedKey,
                                    " -out ", TestPath("key"))),
              "");
    ASSERT_THAT(WriteFile(TestPath("certificate"), ReadFile(std::string(kCertificate)).value()),
                IsOk());
  }
  // Runs the program with each FLAG=NAME of the words as --FLAG=PATH; what it prints.
  std::string Sign(const std::vector<std::string_view>& words) {
    std::string command = "tools/efi/sign_efi";
    for (const std::string_view word : words) {
      const size_t equals = word.find('=');
      absl::StrAppend(&command, " --", word.substr(0, equals), "=",
                      TestPath(word.substr(equals + 1)));
    }
    return absl::StrReplaceAll(OutputOf(command), {{TestPath(""), ""}});
  }
  std::string SignDirectly(std::string_view output) {
    return Sign(
        {"input=input", "key=key", "certificate=certificate", absl::StrCat("output=", output)});
  }
  std::string Verify(std::string_view name) {
    return OutputOf(absl::StrCat("sbverify --cert ", kCertificate, " ", TestPath(name)));
  }
  static std::string Read(std::string_view name) { return ReadFile(TestPath(name)).value(); }
};

TEST_F(SignTest, SbverifyAccepts) {
  ASSERT_EQ(SignDirectly("signed"), "");
  EXPECT_EQ(Verify("signed"), "Signature verification OK\n");
}

TEST_F(SignTest, SbverifyRefusesAnotherProgram) {
  ASSERT_EQ(SignDirectly("signed"), "");
  Overwrite(TestPath("signed"), 1024, "T");
  EXPECT_THAT(Verify("signed"), HasSubstr("exit status 1"));
}

TEST_F(SignTest, ChecksumIsNotSigned) {
  ASSERT_EQ(SignDirectly("signed"), "");
  Overwrite(TestPath("signed"), 64 + 4 + 20 + 64, "sum!");
  EXPECT_EQ(Verify("signed"), "Signature verification OK\n");
}

// The directory entry and the certificate table are all that signing changes.
TEST_F(SignTest, WhereTheSignatureLies) {
  ASSERT_EQ(SignDirectly("signed"), "");
  const std::string before = Read("input");
  std::string after = Read("signed");
  constexpr size_t kEntry = 64 + 4 + 20 + 112 + 4 * 8;
  const auto entry = FromBytes<DataDirectory>(std::string_view(after).substr(kEntry));
  EXPECT_EQ(entry.address, before.size());
  EXPECT_EQ(entry.size, after.size() - before.size());
  const auto header = FromBytes<WinCertificate>(std::string_view(after).substr(before.size()));
  EXPECT_EQ(RoundUp(header.length, 8), entry.size);
  // The DER says itself how long it is, and only zeros follow.
  const std::string_view der = std::string_view(after).substr(before.size() + sizeof(header));
  ASSERT_EQ(der.substr(0, 2), "\x30\x82");
  EXPECT_EQ(header.length, sizeof(header) + 4 + FromBytes<Big<uint16_t>>(der.substr(2)));
  EXPECT_EQ(header.revision, kCertificateRevision);
  EXPECT_EQ(header.type, kCertificatePkcs7);
  after.replace(kEntry, 8, std::string(8, '\0'));
  EXPECT_EQ(after.substr(0, before.size()), before);
}

// sbsign's hash of the same program, which it writes into its own PKCS #7.
TEST_F(SignTest, SbsignHasTheSameHash) {
  ASSERT_EQ(
      OutputOf(absl::StrCat("sbsign --key ", TestPath("key"), " --cert ", kCertificate,
                            " --detached --output ", TestPath("pkcs7"), " ", TestPath("input"))),
      "Signing Unsigned original image\n");
  const auto file = InputFile::Open(TestPath("input"));
  ASSERT_THAT(file, IsOk());
  const auto program = UnsignedProgram::Open(*file);
  ASSERT_THAT(program, IsOk());
  const Sha256Digest hash = program->Hash().value();
  EXPECT_THAT(Read("pkcs7"),
              HasSubstr(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size())));
}

TEST_F(SignTest, OpensslReadsThePkcs7) {
  ASSERT_EQ(SignDirectly("signed"), "");
  const size_t table = Read("input").size();
  ASSERT_THAT(WriteFile(TestPath("pkcs7"), Read("signed").substr(table + sizeof(WinCertificate))),
              IsOk());
  const std::string text =
      OutputOf(absl::StrCat("openssl asn1parse -inform DER -in ", TestPath("pkcs7")));
  EXPECT_THAT(text, HasSubstr("pkcs7-signedData"));
  EXPECT_THAT(text, HasSubstr("1.3.6.1.4.1.311.2.1.15"));
}

TEST_F(SignTest, SigningAgainGivesTheSameBytes) {
  ASSERT_EQ(SignDirectly("once"), "");
  ASSERT_EQ(SignDirectly("twice"), "");
  EXPECT_EQ(Read("once"), Read("twice"));
}

TEST_F(SignTest, SignatureOfTheDigestGivesTheSameFile) {
  ASSERT_EQ(SignDirectly("signed"), "");
  ASSERT_EQ(Sign({"input=input", "digest_output=digest"}), "");
  EXPECT_EQ(Read("digest").size(), 32u);
  ASSERT_EQ(
      OutputOf(absl::StrCat("openssl pkeyutl -sign -pkeyopt digest:sha256 -inkey ", TestPath("key"),
                            " -in ", TestPath("digest"), " -out ", TestPath("signature"))),
      "");
  ASSERT_EQ(
      Sign({"input=input", "signature=signature", "certificate=certificate", "output=imported"}),
      "");
  EXPECT_EQ(Read("imported"), Read("signed"));
}

TEST_F(SignTest, SignatureOfTheAttributesGivesTheSameFile) {
  ASSERT_EQ(SignDirectly("signed"), "");
  ASSERT_EQ(Sign({"input=input", "attributes_output=attributes"}), "");
  ASSERT_EQ(OutputOf(absl::StrCat("openssl dgst -sha256 -sign ", TestPath("key"), " -out ",
                                  TestPath("signature"), " ", TestPath("attributes"))),
            "");
  ASSERT_EQ(
      Sign({"input=input", "signature=signature", "certificate=certificate", "output=imported"}),
      "");
  EXPECT_EQ(Read("imported"), Read("signed"));
}

TEST_F(SignTest, AttributesAreTheDerOfASet) {
  ASSERT_EQ(Sign({"input=input", "attributes_output=attributes"}), "");
  const std::string text =
      OutputOf(absl::StrCat("openssl asn1parse -inform DER -in ", TestPath("attributes")));
  EXPECT_THAT(text, HasSubstr("0:d=0  hl=2 l=  76 cons: SET"));
  EXPECT_THAT(text, HasSubstr(":messageDigest"));
}

TEST_F(SignTest, SignedAlready) {
  ASSERT_EQ(SignDirectly("signed"), "");
  const size_t size = Read("input").size();
  EXPECT_EQ(Sign({"input=signed", "key=key", "certificate=certificate", "output=again"}),
            absl::StrCat("sign_efi: signed is signed already, with ", Read("signed").size() - size,
                         " bytes at ", size, "; expected it unsigned\nexit status 1\n"));
}

// A directory entry that is only half there is none that a signature could replace.
TEST_F(SignTest, EntryOfASignatureWithoutOne) {
  TestPe stub = TestStub();
  stub.directories[kCertificateDirectory] = {.address = 1024u, .size = 0u};
  ASSERT_THAT(WriteFile(TestPath("input"), stub.Bytes()), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: input is signed already, with 0 bytes at 1024; expected it unsigned\nexit "
            "status 1\n");
}

TEST_F(SignTest, NoProgram) {
  ASSERT_THAT(WriteFile(TestPath("input"), "#!/bin/sh\n"), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: input: it is no EFI program: it starts with \"#!/bin/s\"; expected "
            "\"MZ\"\nexit status 1\n");
}

TEST_F(SignTest, BytesOfNoSection) {
  TestPe stub = WithSection(TestStub(), ".data", "x");
  stub.sections[1].data_offset = 1536u;
  stub.data.resize(1536);
  ASSERT_THAT(WriteFile(TestPath("input"), stub.Bytes()), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: input: bytes 1024 to 1536 belong to no section; expected sections without "
            "gaps, which all signers hash alike\nexit status 1\n");
}

TEST_F(SignTest, LengthIsNoMultipleOfEight) {
  ASSERT_THAT(WriteFile(TestPath("input"), TestStub().Bytes() + "tail!"), IsOk());
  ASSERT_EQ(SignDirectly("signed"), "");
  EXPECT_THAT(Verify("signed"), HasSubstr("Signature verification OK\n"));
  const std::string bytes = Read("signed");
  const auto entry = FromBytes<DataDirectory>(std::string_view(bytes).substr(64 + 4 + 20 + 144));
  EXPECT_EQ(entry.address, 1032u);
  EXPECT_EQ(entry.address + entry.size, bytes.size());
}

TEST_F(SignTest, SectionWithoutData) {
  TestPe stub = WithSection(WithSection(TestStub(), ".bss", "zeros"), ".data", "x");
  stub.sections[1].data_size = stub.sections[1].data_offset = 0u;
  stub.sections[2].data_offset = 1024u;
  stub.data.erase(512, 512);
  ASSERT_THAT(WriteFile(TestPath("input"), stub.Bytes()), IsOk());
  ASSERT_EQ(SignDirectly("signed"), "");
  EXPECT_EQ(Verify("signed"), "Signature verification OK\n");
}

TEST_F(SignTest, NoRoomForASignature) {
  ASSERT_EQ(truncate(TestPath("input").c_str(), (off_t{4} << 30) - 16), 0);
  const auto file = InputFile::Open(TestPath("input"));
  ASSERT_THAT(file, IsOk());
  const auto program = UnsignedProgram::Open(*file);
  ASSERT_THAT(program, IsOk());
  const auto output = OutputFile::Create(TestPath("signed"));
  ASSERT_THAT(output, IsOk());
  EXPECT_EQ(program->WriteSigned("12345678", **output).message(),
            absl::StrCat(TestPath("input"),
                         ": it would end at 4294967296 with its signature; a PE file ends before "
                         "4294967296"));
}

TEST_F(SignTest, KeyIsEncrypted) {
  ASSERT_THAT(WriteFile(TestPath("key"), ReadFile(std::string(kEncryptedKey)).value()), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: key is encrypted; expected a plain PEM key, or a signature made elsewhere "
            "(--signature)\nexit status 1\n");
}

TEST_F(SignTest, KeyIsNone) {
  ASSERT_THAT(WriteFile(TestPath("key"), "secret"), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: key has no private key in PEM form\nexit status 1\n");
}

TEST_F(SignTest, KeyOfAnotherCertificate) {
  ASSERT_THAT(OutputOf(absl::StrCat("openssl genrsa -out ", TestPath("key"), " 2048")),
              Not(HasSubstr("exit status")));
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: key is not the key of the certificate certificate\nexit status 1\n");
  EXPECT_FALSE(InputFile::Open(TestPath("signed")).ok());
}

TEST_F(SignTest, CertificateIsNone) {
  ASSERT_THAT(WriteFile(TestPath("certificate"), "x"), IsOk());
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: certificate has no certificate in PEM form\nexit status 1\n");
}

TEST_F(SignTest, CertificateOfAnEcKey) {
  ASSERT_THAT(OutputOf(absl::StrCat("openssl req -x509 -newkey ec -pkeyopt "
                                    "ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout ",
                                    TestPath("key"), " -out ", TestPath("certificate"))),
              Not(HasSubstr("exit status")));
  EXPECT_EQ(SignDirectly("signed"),
            "sign_efi: certificate is the certificate of another kind of key; expected RSA, which "
            "is what firmware verifies\nexit status 1\n");
}

TEST_F(SignTest, SignatureOfAnotherProgram) {
  ASSERT_EQ(OutputOf(absl::StrCat("openssl dgst -sha256 -sign ", TestPath("key"), " -out ",
                                  TestPath("signature"), " ", TestPath("input"))),
            "");
  EXPECT_EQ(
      Sign({"input=input", "signature=signature", "certificate=certificate", "output=signed"}),
      "sign_efi: signature is not the signature of this program by certificate; expected "
      "PKCS #1 v1.5 with SHA-256 over its signed attributes\nexit status 1\n");
}

TEST_F(SignTest, SignatureIsBase64) {
  ASSERT_THAT(WriteFile(TestPath("signature"), std::string(344, 'A')), IsOk());
  EXPECT_EQ(
      Sign({"input=input", "signature=signature", "certificate=certificate", "output=signed"}),
      "sign_efi: signature has 344 bytes; expected 256, the raw RSA signature of "
      "certificate\nexit status 1\n");
}

TEST_F(SignTest, WhatIsMissing) {
  EXPECT_EQ(Sign({"input=input"}),
            "sign_efi: expected --output, --attributes_output or --digest_output\nexit status 1\n");
  EXPECT_EQ(Sign({"input=input", "output=signed"}),
            "sign_efi: --output needs --certificate\nexit status 1\n");
  EXPECT_EQ(Sign({"input=input", "output=signed", "certificate=certificate"}),
            "sign_efi: --output needs either --key, or --signature: what the holder of the key "
            "makes of --attributes_output or --digest_output\nexit status 1\n");
  EXPECT_EQ(Sign({"input=input", "output=signed", "certificate=certificate", "key=key",
                  "signature=signature"}),
            "sign_efi: --output needs either --key, or --signature: what the holder of the key "
            "makes of --attributes_output or --digest_output\nexit status 1\n");
}

}  // namespace
}  // namespace linuxkit
