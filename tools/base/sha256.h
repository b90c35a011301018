// SHA-256 over a stream, as OCI digests need it.
#ifndef TOOLS_BASE_SHA256_H_
#define TOOLS_BASE_SHA256_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tools/base/stream.h"

struct evp_md_ctx_st;

namespace linuxkit {

using Sha256Digest = std::array<uint8_t, 32>;

// A sink that hashes what passes. `Finish` may be called once.
class Sha256 : public ByteSink {
 public:
  Sha256();
  ~Sha256() override;
  void Update(std::string_view bytes);
  absl::Status Append(std::string_view bytes) override;
  Sha256Digest Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Sha256Digest Sha256Of(std::string_view bytes);
// 64 lower-case hex digits.
std::string Hex(const Sha256Digest& digest);
// "sha256:" and the hex digits, as OCI descriptors write it.
std::string OciDigest(const Sha256Digest& digest);

}  // namespace linuxkit

#endif  // TOOLS_BASE_SHA256_H_
