// The steps of the segment action one by one, beside the library that each stands on:
//
//   ./bazelw run //tests/perf:micro
//   ./bazelw run //tests/perf:micro -- --benchmark_filter=Inflate
//
// The data is a tar of 32 MiB of files below /usr/lib, and its gzip.
#include <benchmark/benchmark.h>
#include <igzip_lib.h>
#include <openssl/evp.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tests/perf/file_sampler.h"
#include "tests/perf/measure.h"
#include "tests/perf/sample_image.h"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"
#include "tools/compress/compressor.h"
#include "tools/compress/decompressor.h"
#include "tools/cpio/newc_writer.h"
#include "tools/tar/skipping_source.h"
#include "tools/tar/tar_entry.h"
#include "tools/tar/tar_reader.h"

namespace linuxkit {
namespace {

constexpr uint64_t kSampleBytes = 32 << 20;
// As the ring between threads has them.
constexpr size_t kOutput = 2 * kBufferSize;

class NullSink : public ByteSink {
 public:
  absl::Status Append(std::string_view bytes) override {
    benchmark::DoNotOptimize(bytes.data());
    return absl::OkStatus();
  }
};

const std::string& Tar() {
  static const auto* const tar = [] {
    absl::StatusOr<FileSampler> sampler = FileSampler::Scan("/usr/lib", kSampleBytes);
    CHECK_OK(sampler);
    StringSink sink;
    const absl::StatusOr<std::vector<SampleFile>> files = sampler->Take(kSampleBytes);
    CHECK_OK(files);
    CHECK_OK(WriteTar(*files, sink));
    return new std::string(sink.data());
  }();
  return *tar;
}

const std::string& Gzip() {
  static const auto* const gzip = [] {
    StringSink sink;
    auto compressor = Compressor::Create({.format = Compression::Format::kGzip}, sink);
    CHECK_OK(compressor);
    CHECK_OK((*compressor)->Append(Tar()));
    CHECK_OK((*compressor)->Finish());
    return new std::string(sink.data());
  }();
  return *gzip;
}

void CountBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(bytes));
}

void Inflate(benchmark::State& state) {
  Gzip();
  std::vector<char> buffer(kOutput);
  for (auto _ : state) {
    StringSource source(Gzip());
    auto plain = Decompress(source);
    CHECK_OK(plain);
    for (size_t count = 1; count > 0;) {
      absl::StatusOr<size_t> read = (*plain)->Read(absl::MakeSpan(buffer));
      CHECK_OK(read);
      count = *read;
    }
  }
  CountBytes(state, Tar().size());
}
BENCHMARK(Inflate);

void InflateByIsal(benchmark::State& state) {
  Gzip();
  std::vector<uint8_t> buffer(kOutput);
  auto stream = std::make_unique<inflate_state>();
  for (auto _ : state) {
    isal_inflate_init(stream.get());
    stream->crc_flag = ISAL_GZIP;
    stream->next_in = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(Gzip().data()));
    stream->avail_in = static_cast<uint32_t>(Gzip().size());
    do {
      stream->next_out = buffer.data();
      stream->avail_out = static_cast<uint32_t>(buffer.size());
      CHECK_EQ(isal_inflate(stream.get()), ISAL_DECOMP_OK);
    } while (stream->block_state != ISAL_BLOCK_FINISH);
  }
  CountBytes(state, Tar().size());
}
BENCHMARK(InflateByIsal);

void InflateByZlib(benchmark::State& state) {
  Gzip();
  std::vector<Bytef> buffer(kOutput);
  for (auto _ : state) {
    z_stream stream = {};
    CHECK_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(Gzip().data()));
    stream.avail_in = static_cast<uInt>(Gzip().size());
    int result = Z_OK;
    while (result == Z_OK) {
      stream.next_out = buffer.data();
      stream.avail_out = static_cast<uInt>(buffer.size());
      result = inflate(&stream, Z_NO_FLUSH);
    }
    CHECK_EQ(result, Z_STREAM_END);
    inflateEnd(&stream);
  }
  CountBytes(state, Tar().size());
}
BENCHMARK(InflateByZlib);

void ReadTar(benchmark::State& state) {
  Tar();
  NullSink sink;
  int64_t entries = 0;
  for (auto _ : state) {
    StringSource bytes(Tar());
    StreamSource source(bytes);
    TarReader reader("", source);
    while (true) {
      absl::StatusOr<std::optional<TarEntry>> entry = reader.Next();
      CHECK_OK(entry);
      if (!entry->has_value()) break;
      CHECK_OK(CopyAll(reader.content(), sink));
      ++entries;
    }
  }
  CountBytes(state, Tar().size());
  state.SetItemsProcessed(entries);
}
BENCHMARK(ReadTar);

// Entries of one size each.
void WriteCpio(benchmark::State& state) {
  const std::string content(static_cast<size_t>(state.range(0)), 'x');
  NullSink sink;
  NewcWriter cpio(sink);
  for (auto _ : state) {
    CHECK_OK(cpio.Add({.name = "usr/share/doc/some/file", .mode = 0100644, .ino = 1}, content));
  }
  CountBytes(state, content.size());
}
BENCHMARK(WriteCpio)->Arg(0)->Arg(4 << 10)->Arg(1 << 20);

// Files of one size each, and what the library takes when it starts once for all.
void HashFiles(benchmark::State& state) {
  const std::string content(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(Sha256Of(content));
  }
  CountBytes(state, content.size());
}
BENCHMARK(HashFiles)->Arg(0)->Arg(4 << 10)->Arg(1 << 20);

void HashByOpenSsl(benchmark::State& state) {
  const std::string content(static_cast<size_t>(state.range(0)), 'x');
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (auto _ : state) {
    EVP_DigestUpdate(context.get(), content.data(), content.size());
  }
  CountBytes(state, content.size());
}
BENCHMARK(HashByOpenSsl)->Arg(4 << 10)->Arg(1 << 20);

void Zstd(benchmark::State& state) {
  Tar();
  NullSink sink;
  for (auto _ : state) {
    auto compressor = Compressor::Create({.level = static_cast<int>(state.range(0))}, sink);
    CHECK_OK(compressor);
    CHECK_OK((*compressor)->Append(Tar()));
    CHECK_OK((*compressor)->Finish());
  }
  CountBytes(state, Tar().size());
}
BENCHMARK(Zstd)->Arg(1)->Arg(3);

// From memory to memory in one call.
void ZstdByItself(benchmark::State& state) {
  std::string output(ZSTD_compressBound(Tar().size()), '\0');
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  for (auto _ : state) {
    benchmark::DoNotOptimize(ZSTD_compressCCtx(context.get(), output.data(), output.size(),
                                               Tar().data(), Tar().size(),
                                               static_cast<int>(state.range(0))));
  }
  CountBytes(state, Tar().size());
}
BENCHMARK(ZstdByItself)->Arg(1)->Arg(3);

// Files put one behind the other, as an initrd is made of segments.
void Concatenate(benchmark::State& state) {
  auto scratch = ScratchDirectory::Create("micro");
  CHECK_OK(scratch);
  const std::string part = absl::StrCat((*scratch)->path(), "/part");
  CHECK_OK(WriteFile(part, Tar()));
  constexpr size_t kParts = 4;
  for (auto _ : state) {
    auto output = OutputFile::Create(absl::StrCat((*scratch)->path(), "/all"));
    CHECK_OK(output);
    for (size_t i = 0; i < kParts; ++i) {
      absl::StatusOr<InputFile> input = InputFile::Open(part);
      CHECK_OK(input);
      CHECK_OK((*output)->AppendFile(*input));
    }
    CHECK_OK((*output)->Commit());
  }
  CountBytes(state, kParts * Tar().size());
}
BENCHMARK(Concatenate)->UseRealTime();

}  // namespace
}  // namespace linuxkit

BENCHMARK_MAIN();
