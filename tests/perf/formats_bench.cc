// Measures the writers of output formats on a system of a given size against what copies or
// compresses the same bytes, in the same run:
//
//   ./bazelw run //tests/perf:formats
//
// Each command runs several times, by turns with what it is compared with; the fastest run counts.
// The files lie in a directory below $TEST_TMPDIR or /tmp, which needs about 2 GB. Options:
//
//   --initrd_mib   the initrd's size; 295 by default, as of a system of 13 images and 830 MB
//   --runs         how often each command runs; 3 by default
//   --tool         NAME=PATH of a tool; the BUILD file gives them
//   --deflate      compresses the file and ends: what formats that compress are compared with
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tests/perf/measure.h"
#include "tools/base/args.h"
#include "tools/base/file.h"

namespace linuxkit {
namespace {

// zlib's own time for a file on two threads: the limit of formats that compress.
absl::Status DeflatePart(const InputFile& file, uint64_t offset, uint64_t size) {
  z_stream stream = {};
  deflateInit(&stream, 6);
  std::string in(1 << 16, '\0');
  std::string out(1 << 17, '\0');
  for (FileRange range(file, offset, size);;) {
    ABSL_ASSIGN_OR_RETURN(const size_t count, range.Read(absl::MakeSpan(in)));
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(count);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, count == 0 ? Z_FINISH : Z_NO_FLUSH);
    if (count == 0) break;
  }
  deflateEnd(&stream);
  return absl::OkStatus();
}

absl::Status Deflate(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  const uint64_t half = file.size() / 2;
  absl::Status second;
  std::thread thread([&] { second = DeflatePart(file, half, file.size() - half); });
  absl::Status first = DeflatePart(file, 0, half);
  thread.join();
  first.Update(second);
  return first;
}

// Bytes that do not compress, as those of an initrd; the same in each run.
absl::Status WriteNoise(const std::string& path, int64_t mib) {
  std::mt19937_64 random(1);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  std::string block(1 << 20, '\0');
  for (int64_t i = 0; i < mib; ++i) {
    for (size_t at = 0; at < block.size(); at += sizeof(uint64_t)) {
      const uint64_t number = random();
      std::copy_n(reinterpret_cast<const char*>(&number), sizeof(number), block.data() + at);
    }
    ABSL_RETURN_IF_ERROR(file->Append(block));
  }
  return file->Commit();
}

// A format, and what it is compared with.
struct Scenario {
  std::string name;
  Words command;
  Words baseline;
};

class Bench {
 public:
  Bench(std::string directory, std::map<std::string, std::string> tools)
      : directory_(std::move(directory)), tools_(std::move(tools)) {}

  absl::Status Prepare(int64_t initrd_mib) const {
    ABSL_RETURN_IF_ERROR(WriteNoise(In("kernel"), 10));
    return WriteNoise(In("initrd"), initrd_mib);
  }

  std::vector<Scenario> Scenarios() const {
    std::vector<Scenario> all = {
        Copied("iso", "mkiso",
               {absl::StrCat("--efi_file=/boot/kernel=", In("kernel")),
                absl::StrCat("--efi_file=/boot/initrd.img=", In("initrd"))})};
    for (const std::string format : {"raw", "qcow2", "vhd", "dynamic_vhd", "vhdx", "vdi"}) {
      all.push_back(Copied(format, "mkdisk", Disk(format)));
    }
    // zlib's own time for the same bytes, on the cores that the format may use.
    for (const std::string format : {"compressed_qcow2", "vmdk", "ova", "gcp"}) {
      Words flags = Disk(format);
      flags.push_back("--threads=2");
      all.push_back({format,
                     Command(format, "mkdisk", std::move(flags)),
                     {"/proc/self/exe", absl::StrCat("--deflate=", In("initrd"))}});
    }
    return all;
  }

  absl::Status Measure(const Scenario& scenario, int64_t runs) const {
    Cost ours;
    Cost theirs;
    for (int64_t i = 0; i < runs; ++i) {
      ABSL_ASSIGN_OR_RETURN(const Cost cost, RunAnew(scenario.command, scenario.name));
      ours.TakeBetter(cost);
      ABSL_ASSIGN_OR_RETURN(const Cost baseline, RunAnew(scenario.baseline, "copy"));
      theirs.TakeBetter(baseline);
    }
    PrintRow(scenario.name, ours, theirs);
    return absl::OkStatus();
  }

 private:
  // Without an old output, as Bazel sees to: to replace a file may write its successor to the disk.
  absl::StatusOr<Cost> RunAnew(const Words& command, std::string_view output) const {
    std::filesystem::remove(In(output));
    return RunTimed(command);
  }

  std::string In(std::string_view name) const { return absl::StrCat(directory_, "/", name); }

  Words Disk(std::string_view format) const {
    return {absl::StrCat("--format=", format), absl::StrCat("--file=/boot/kernel=", In("kernel")),
            absl::StrCat("--file=/boot/initrd.img=", In("initrd"))};
  }

  Words Command(std::string_view name, const std::string& tool, Words flags) const {
    flags.insert(flags.begin(), tools_.at(tool));
    flags.push_back(absl::StrCat("--output=", In(name)));
    return flags;
  }

  // Compared with a copy of the same file.
  Scenario Copied(std::string name, const std::string& tool, Words flags) const {
    Words command = Command(name, tool, std::move(flags));
    return {name, std::move(command), {"cp", "--reflink=never", In(name), In("copy")}};
  }

  std::string directory_;
  std::map<std::string, std::string> tools_;
};

absl::Status Main(Args& args) {
  if (const std::optional<std::string> path = args.Optional("deflate")) return Deflate(*path);
  const int64_t initrd_mib = args.IntOr("initrd_mib", 295);
  const int64_t runs = args.IntOr("runs", 3);
  const std::map<std::string, std::string> tools = ToolFlags(args);
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ScratchDirectory> scratch,
                        ScratchDirectory::Create("formats"));
  const Bench bench(scratch->path(), tools);
  ABSL_RETURN_IF_ERROR(bench.Prepare(initrd_mib));
  PrintHead("format");
  for (const Scenario& scenario : bench.Scenarios()) {
    ABSL_RETURN_IF_ERROR(bench.Measure(scenario, runs));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::RunMain(argc, argv, "formats", linuxkit::Main); }
