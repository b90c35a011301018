// The file is: header, clusters in the disk's order, tables. What the header says is known last, so
// it is put into its place at the end.
//
// Compressed clusters lie one behind the other, without regard to the file's clusters; one that
// does not get smaller is stored as it is at the next cluster's start. So a compressed image is
// never larger than one that is not.
#include "tools/vmdisk/qcow2.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/compress/job_ring.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/fields.h"
#include "tools/disk/zeros.h"
#include "tools/vmdisk/block_runs.h"
#include "tools/vmdisk/cluster_compressor.h"
#include "tools/vmdisk/limits.h"
#include "tools/vmdisk/qcow2_format.h"
#include "tools/vmdisk/qcow2_tables.h"

namespace linuxkit {
namespace {

using Format = Compression::Format;

constexpr uint64_t kQcow2DiskUnit = 512;
// QEMU reads L1 tables of 32 MiB at most; each entry stands for 512 MiB.
constexpr uint64_t kQcow2MaxSize = uint64_t{2} << 50;
constexpr int kMaxThreads = 256;

absl::Status PadToCluster(OutputFile& output) {
  return output.AppendHole(RoundUp(output.size(), kQcow2Cluster) - output.size());
}

absl::Status AppendPlain(const Extents& disk, Qcow2Tables& tables, OutputFile& output) {
  for (const BlockRun& run : AllocatedRuns(disk, kQcow2Cluster)) {
    for (uint64_t i = 0; i < run.count; ++i) {
      tables.AddCluster(run.first + i, output.size() + i * kQcow2Cluster);
    }
    ABSL_RETURN_IF_ERROR(
        WriteExtentRange(disk, run.first * kQcow2Cluster, run.count * kQcow2Cluster, output));
  }
  return absl::OkStatus();
}

struct ClusterJob {
  std::unique_ptr<ClusterCompressor> compressor;
  uint64_t cluster = 0;
  std::string plain = std::string(kQcow2Cluster, '\0');
  absl::StatusOr<std::string_view> compressed;
};

absl::StatusOr<std::vector<ClusterJob>> MakeJobs(const Qcow2Options& options) {
  std::vector<ClusterJob> jobs(JobRing::JobsFor(options.threads));
  for (ClusterJob& job : jobs) {
    ABSL_ASSIGN_OR_RETURN(job.compressor, ClusterCompressor::Create(options.compression));
  }
  return jobs;
}

absl::Status AppendCluster(const ClusterJob& job, Qcow2Tables& tables, OutputFile& output) {
  ABSL_ASSIGN_OR_RETURN(const std::string_view compressed, job.compressed);
  if (!compressed.empty()) {
    tables.AddCompressedCluster(job.cluster, output.size(), compressed.size());
    return output.Append(compressed);
  }
  ABSL_RETURN_IF_ERROR(PadToCluster(output));
  tables.AddCluster(job.cluster, output.size());
  return output.Append(job.plain);
}

absl::Status AppendCompressed(const Extents& disk, const Qcow2Options& options, Qcow2Tables& tables,
                              OutputFile& output) {
  ABSL_ASSIGN_OR_RETURN(std::vector<ClusterJob> jobs, MakeJobs(options));
  JobRing ring(
      options.threads,
      [&](size_t i) { jobs[i].compressed = jobs[i].compressor->Compress(jobs[i].plain); },
      [&](size_t i) { return AppendCluster(jobs[i], tables, output); });
  ExtentReader reader(disk);
  for (const BlockRun& run : AllocatedRuns(disk, kQcow2Cluster)) {
    for (uint64_t cluster = run.first; cluster < run.end(); ++cluster) {
      ABSL_ASSIGN_OR_RETURN(const size_t i, ring.Next());
      jobs[i].cluster = cluster;
      ABSL_RETURN_IF_ERROR(reader.Read(cluster * kQcow2Cluster, absl::MakeSpan(jobs[i].plain)));
      // What has no place reads as zeros.
      if (!IsZero(jobs[i].plain)) ring.Submit();
    }
  }
  ABSL_RETURN_IF_ERROR(ring.Finish());
  return PadToCluster(output);
}

absl::Status CheckThreads(int threads) {
  if (threads >= 1 && threads <= kMaxThreads) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a qcow2 image cannot be compressed by ", threads,
                                                 " threads; expected 1 to ", kMaxThreads));
}

absl::Status AppendData(const Extents& disk, const Qcow2Options& options, Qcow2Tables& tables,
                        OutputFile& output) {
  if (options.compression.format == Format::kNone) return AppendPlain(disk, tables, output);
  ABSL_RETURN_IF_ERROR(CheckThreads(options.threads));
  return AppendCompressed(disk, options, tables, output);
}

}  // namespace

absl::Status WriteQcow2(const Extents& disk, const Qcow2Options& options, OutputFile& output) {
  ABSL_RETURN_IF_ERROR(CheckDiskSize("a qcow2 image", disk.size(), kQcow2DiskUnit, kQcow2MaxSize));
  ABSL_RETURN_IF_ERROR(output.AppendHole(kQcow2Cluster));
  Qcow2Tables tables(disk.size());
  ABSL_RETURN_IF_ERROR(AppendData(disk, options, tables, output));
  ABSL_ASSIGN_OR_RETURN(Qcow2Header header, tables.Append(output));
  if (options.compression.format == Format::kZstd) {
    header.incompatible_features = kQcow2CompressionFeature;
    header.compression = kQcow2Zstd;
  }
  return output.WriteAt(0, BytesOf(header));
}

}  // namespace linuxkit
