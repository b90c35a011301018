#include "tests/perf/library_limit.h"

#include <igzip_lib.h>
#include <openssl/evp.h>
#include <zstd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

constexpr size_t kInput = 128 << 10;
constexpr size_t kOutput = 256 << 10;

class Hash {
 public:
  Hash() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void Update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(),
                                                                   &EVP_MD_CTX_free};
};

class Layer {
 public:
  Layer(const InputFile& input, OutputFile& output, int level)
      : input_(input), output_(output), zstd_(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
    isal_inflate_init(inflate_.get());
    inflate_->crc_flag = ISAL_GZIP;
  }

  absl::Status Run() {
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const size_t count, input_.Read(absl::MakeSpan(in_)));
      if (count == 0) break;
      blob_.Update({in_.data(), count});
      ABSL_RETURN_IF_ERROR(Inflate(count));
    }
    ABSL_RETURN_IF_ERROR(Compress({}, ZSTD_e_end));
    return output_.Commit();
  }

 private:
  absl::Status Inflate(size_t count) {
    inflate_->next_in = reinterpret_cast<uint8_t*>(in_.data());
    inflate_->avail_in = static_cast<uint32_t>(count);
    do {
      inflate_->next_out = reinterpret_cast<uint8_t*>(plain_.data());
      inflate_->avail_out = static_cast<uint32_t>(plain_.size());
      if (isal_inflate(inflate_.get()) != ISAL_DECOMP_OK) return absl::DataLossError("inflate");
      const std::string_view bytes(plain_.data(), plain_.size() - inflate_->avail_out);
      tar_.Update(bytes);
      content_.Update(bytes);
      ABSL_RETURN_IF_ERROR(Compress(bytes, ZSTD_e_continue));
    } while (inflate_->avail_out == 0);
    return absl::OkStatus();
  }

  absl::Status Compress(std::string_view bytes, ZSTD_EndDirective mode) {
    ZSTD_inBuffer in = {.src = bytes.data(), .size = bytes.size(), .pos = 0};
    while (true) {
      ZSTD_outBuffer out = {.dst = packed_.data(), .size = packed_.size(), .pos = 0};
      const size_t left = ZSTD_compressStream2(zstd_.get(), &out, &in, mode);
      ABSL_RETURN_IF_ERROR(output_.Append({packed_.data(), out.pos}));
      if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return absl::OkStatus();
    }
  }

  FileRange input_;
  OutputFile& output_;
  std::unique_ptr<inflate_state> inflate_ = std::make_unique<inflate_state>();
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd_;
  Hash blob_, tar_, content_;
  std::vector<char> in_ = std::vector<char>(kInput);
  std::vector<char> plain_ = std::vector<char>(kOutput);
  std::vector<char> packed_ = std::vector<char>(kInput);
};

absl::Status RunLayer(const std::string& path, int level, const std::string& output_path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(path));
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> output, OutputFile::Create(output_path));
  return Layer(input, *output, level).Run();
}

}  // namespace

absl::Status RunLibraryLimit(const std::vector<std::string>& layers, const LimitOptions& options,
                             const std::string& stem) {
  std::atomic<size_t> next = 0;
  std::vector<absl::Status> results(layers.size());
  const auto work = [&] {
    for (size_t i = next++; i < layers.size(); i = next++) {
      results[i] = RunLayer(layers[i], options.level, absl::StrCat(stem, ".", i));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < options.threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  absl::Status all;
  for (const absl::Status& result : results) all.Update(result);
  return all;
}

}  // namespace linuxkit
