// Which firmware is found among descriptors and well-known paths.
#include "tools/qemu/firmware.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

class FirmwareTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(dir_);
    places_.descriptor_dirs = {dir_};
  }
  std::string File(std::string_view name) {
    std::string path = absl::StrCat(dir_, "/", name);
    EXPECT_EQ(WriteFile(path, name), absl::OkStatus());
    return path;
  }
  // A descriptor as QEMU's packages have it, for code and variables that exist.
  void Describe(std::string_view name, std::string_view features,
                std::string_view architecture = "x86_64") {
    const std::string json = absl::StrCat(
        R"({"interface-types": ["uefi"], "mapping": {"device": "flash", "executable": {"filename": ")",
        File(absl::StrCat(name, ".code")), R"("}, "nvram-template": {"filename": ")",
        File(absl::StrCat(name, ".vars")), R"("}}, "targets": [{"architecture": ")", architecture,
        R"("}], "features": [)", features, "]}");
    ASSERT_EQ(WriteFile(absl::StrCat(dir_, "/", name, ".json"), json), absl::OkStatus());
  }
  // The name of what is found.
  std::string Found(bool secure_boot) {
    const absl::StatusOr<Firmware> found = FindFirmware(Arch::kX86_64, secure_boot, places_);
    if (!found.ok()) return std::string(found.status().message());
    EXPECT_EQ(found->secure_boot, secure_boot);
    return std::filesystem::path(found->code).stem();
  }

  std::string dir_;
  FirmwarePlaces places_;
};

TEST_F(FirmwareTest, DescriptorsInTheOrderOfTheirNames) {
  Describe("10-arm", "", "aarch64");
  Describe("40-enrolled", R"("secure-boot", "enrolled-keys", "requires-smm")");
  Describe("50-secure", R"("secure-boot", "requires-smm")");
  Describe("60-plain", R"("acpi-s3")");
  Describe("70-plain", "");
  EXPECT_EQ(Found(false), "60-plain");
  EXPECT_EQ(Found(true), "40-enrolled");
}
TEST_F(FirmwareTest, WithoutKeysNothingIsEnforced) {
  Describe("50-secure", R"("secure-boot")");
  EXPECT_EQ(Found(true),
            "found no UEFI firmware with Secure Boot keys for x86_64; install it (Debian: apt-get "
            "install ovmf) or give its path with --fw");
}
TEST_F(FirmwareTest, KeysThatATestCanSignForComeFirst) {
  Describe("40-enrolled", R"("secure-boot", "enrolled-keys")");
  places_.secure_boot = {{File("snakeoil.code"), File("snakeoil.vars"), true}};
  EXPECT_EQ(Found(true), "snakeoil");
}
TEST_F(FirmwareTest, WellKnownPathsComeLast) {
  places_.well_known = {{"/none", "/none"}, {File("known.code"), File("known.vars")}};
  EXPECT_EQ(Found(false), "known");
  Describe("60-plain", "");
  EXPECT_EQ(Found(false), "60-plain");
}
TEST_F(FirmwareTest, None) {
  EXPECT_EQ(Found(false),
            "found no UEFI firmware for x86_64; install it (Debian: apt-get install ovmf) or give "
            "its path with --fw");
}

TEST_F(FirmwareTest, VariablesAreKeptApartFromThoseOfSecureBoot) {
  const Firmware plain{.code = "c", .vars = File("plain")};
  const Firmware secure{.code = "c", .vars = File("secure"), .secure_boot = true};
  EXPECT_EQ(*ReadFile(WithPrivateVars(plain, dir_)->vars), "plain");
  EXPECT_EQ(*ReadFile(WithPrivateVars(secure, dir_)->vars), "secure");
  ASSERT_EQ(WriteFile(PrivateVarsPath(plain, dir_), "changed by the machine"), absl::OkStatus());
  EXPECT_EQ(*ReadFile(WithPrivateVars(plain, dir_)->vars), "changed by the machine");
}

TEST(ParseFirmwareChoice, Names) {
  EXPECT_EQ(*ParseFirmwareChoice("", "seabios"), FirmwareChoice::kSeaBios);
  EXPECT_EQ(*ParseFirmwareChoice("", "ovmf"), FirmwareChoice::kOvmf);
  EXPECT_EQ(*ParseFirmwareChoice("", "ovmf-secureboot"), FirmwareChoice::kOvmfSecureBoot);
  EXPECT_EQ(ParseFirmwareChoice("--firmware", "uefi").status().message(),
            "--firmware: found \"uefi\", expected seabios, ovmf or ovmf-secureboot");
}

}  // namespace
}  // namespace linuxkit
