// For each section in the order of kMeasured, the stub extends the PCR by the hash of its name with
// one NUL, and by the hash of its bytes in memory, VirtualSize of them:
//
//   PCR = H(PCR || H(name)),  PCR = H(PCR || H(bytes)),  zeros at first
#include "tools/efi/measure.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/disk/extent_reader.h"
#include "tools/efi/pe_file.h"

namespace linuxkit {
namespace {

// The order of systemd's src/fundamental/uki.h, .pcrsig left out as there.
constexpr std::array<std::string_view, 13> kMeasured = {
    ".linux", ".osrel", ".cmdline", ".initrd",  ".ucode",   ".splash", ".dtb",
    ".uname", ".sbat",  ".pcrpkey", ".profile", ".dtbauto", ".hwids"};

constexpr std::array<const char*, 4> kBanks = {"sha1", "sha256", "sha384", "sha512"};

// The register of one bank.
class Pcr {
 public:
  explicit Pcr(const char* bank)
      : bank_(bank), hash_(EVP_MD_CTX_new()), algorithm_(EVP_get_digestbyname(bank)) {
    value_.assign(static_cast<size_t>(EVP_MD_get_size(algorithm_)), '\0');
    Start();
  }

  void Update(std::string_view bytes) { EVP_DigestUpdate(hash_.get(), bytes.data(), bytes.size()); }
  // Extends the register by the hash of what was given to Update since the last call.
  void Extend() {
    const std::string event = Finish();
    Update(value_);
    Update(event);
    value_ = Finish();
  }
  std::string Json() const {
    return absl::StrCat("  \"", bank_, "\": [\n    {\n      \"pcr\": 11,\n      \"hash\": \"",
                        absl::BytesToHexString(value_), "\"\n    }\n  ]");
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void Start() { EVP_DigestInit_ex(hash_.get(), algorithm_, nullptr); }
  std::string Finish() {
    std::string digest(value_.size(), '\0');
    EVP_DigestFinal_ex(hash_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
    Start();
    return digest;
  }

  std::string_view bank_;
  std::unique_ptr<EVP_MD_CTX, Free> hash_;
  const EVP_MD* algorithm_;
  std::string value_;
};

class Measurement {
 public:
  explicit Measurement(const PeImage& uki) : uki_(uki), reader_(uki.extents) {
    for (const char* bank : kBanks) pcrs_.emplace_back(bank);
  }

  absl::Status MeasureAll(std::string_view name) {
    for (const SectionHeader& section : uki_.sections) {
      if (SectionName(section) != name) continue;
      ABSL_RETURN_IF_ERROR(Measure(section));
    }
    return absl::OkStatus();
  }
  const std::vector<Pcr>& pcrs() const { return pcrs_; }

 private:
  absl::Status Measure(const SectionHeader& section) {
    Update(absl::StrCat(SectionName(section), std::string_view("\0", 1)));
    Extend();
    ABSL_RETURN_IF_ERROR(UpdateData(section));
    Extend();
    return absl::OkStatus();
  }
  // In memory zeros follow data that is shorter.
  absl::Status UpdateData(const SectionHeader& section) {
    const uint64_t size = MemorySize(section);
    for (uint64_t at = 0; at < size;) {
      const uint64_t data = section.data_size;
      const uint64_t left = at < data ? std::min(size, data) - at : size - at;
      const auto piece = absl::MakeSpan(buffer_).first(std::min<uint64_t>(left, kBufferSize));
      std::fill(piece.begin(), piece.end(), '\0');
      if (at < data) {
        ABSL_RETURN_IF_ERROR(reader_.Read(section.data_offset + at, piece));
      }
      Update(std::string_view(piece.data(), piece.size()));
      at += piece.size();
    }
    return absl::OkStatus();
  }
  void Update(std::string_view bytes) {
    for (Pcr& pcr : pcrs_) pcr.Update(bytes);
  }
  void Extend() {
    for (Pcr& pcr : pcrs_) pcr.Extend();
  }

  const PeImage& uki_;
  ExtentReader reader_;
  std::vector<Pcr> pcrs_;
  std::vector<char> buffer_ = std::vector<char>(kBufferSize);
};

}  // namespace

absl::StatusOr<std::string> ExpectedPcrJson(const PeImage& uki) {
  Measurement measurement(uki);
  for (const std::string_view name : kMeasured) {
    ABSL_RETURN_IF_ERROR(measurement.MeasureAll(name));
  }
  std::vector<std::string> banks;
  for (const Pcr& pcr : measurement.pcrs()) banks.push_back(pcr.Json());
  return absl::StrCat("{\n", absl::StrJoin(banks, ",\n"), "\n}\n");
}

}  // namespace linuxkit
