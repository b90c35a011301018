// The layout is in vmdk_format.h.
#include "tools/vmdisk/vmdk.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tools/compress/compressor.h"
#include "tools/compress/deflater.h"
#include "tools/compress/job_ring.h"
#include "tools/disk/extent_reader.h"
#include "tools/disk/zeros.h"
#include "tools/gpt/guid.h"
#include "tools/vmdisk/disk_id.h"
#include "tools/vmdisk/limits.h"
#include "tools/vmdisk/vmdk_format.h"

namespace linuxkit {
namespace {

struct GrainJob {
  std::unique_ptr<Deflater> deflater;
  uint64_t grain = 0;  // its number on the disk
  std::string bytes = std::string(kVmdkGrain, '\0');
  std::string output;
  absl::Status status;
};

absl::StatusOr<std::vector<GrainJob>> MakeJobs(int level, int threads) {
  std::vector<GrainJob> jobs(JobRing::JobsFor(threads));
  for (GrainJob& job : jobs) {
    ABSL_ASSIGN_OR_RETURN(job.deflater, Deflater::Create(Deflater::Framing::kZlib, level));
  }
  return jobs;
}

std::string Descriptor(const Extents& disk, uint64_t sectors, std::string_view name) {
  constexpr uint64_t kHeads = 255, kTrackSectors = 63, kMaxCylinders = 65535;
  const Guid id = DeriveDiskId(disk, "VMDK");
  const std::string_view bytes(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  const std::string long_id = absl::BytesToHexString(bytes.substr(0, 12));
  // ffffffff and fffffffe have meanings of their own: the highest bit is always 0.
  const auto content_id =
      absl::Hex(FromBytes<Little<uint32_t>>(bytes.substr(12)) & 0x7fffffff, absl::kZeroPad8);
  return absl::StrCat(
      "# Disk DescriptorFile\nversion=1\nCID=", content_id,
      "\nparentCID=ffffffff\ncreateType=\"streamOptimized\"\n\n# Extent description\nRDONLY ",
      sectors, " SPARSE \"", name, "\"\n\n# The Disk Data Base\n#DDB\n\n",
      "ddb.adapterType = \"lsilogic\"\nddb.geometry.cylinders = \"",
      std::min(sectors / (kHeads * kTrackSectors), kMaxCylinders), "\"\nddb.geometry.heads = \"",
      kHeads, "\"\nddb.geometry.sectors = \"", kTrackSectors, "\"\nddb.longContentID = \"", long_id,
      content_id, "\"\nddb.virtualHWVersion = \"13\"\n");
}

// What the pieces may take at most. A grain that does not compress takes one sector more than its
// bytes, and a table with its marker, in the worst case for one grain, five.
uint64_t MaxDataSectors(const Extents& disk) {
  uint64_t grains = 0;
  for (const auto& [offset, content] : disk.pieces()) {
    grains += DivideUp(offset % kVmdkGrain + content.size(), kVmdkGrain);
  }
  return grains * (kVmdkGrain / kVmdkSector + 1 + 5);
}

class VmdkWriter {
 public:
  VmdkWriter(const Extents& disk, uint64_t size, std::vector<GrainJob> jobs, int threads,
             ByteSink& output)
      : disk_(disk),
        output_(output),
        header_{.flags = kVmdkNewlineTest | kVmdkCompressed | kVmdkMarkers,
                .capacity = size / kVmdkSector},
        reader_(disk),
        directory_(DivideUp(size, kVmdkTableSpan)),
        jobs_(std::move(jobs)),
        ring_(
            threads, [this](size_t i) { Compress(jobs_[i]); },
            [this](size_t i) { return AppendGrain(jobs_[i]); }) {}

  absl::Status Write(std::string_view name) {
    ABSL_RETURN_IF_ERROR(Append(BytesOf(header_)));
    ABSL_RETURN_IF_ERROR(AppendPadded(Descriptor(disk_, header_.capacity, name),
                                      (kVmdkOverhead - sectors_) * kVmdkSector));
    for (uint64_t table = 0; table < directory_.size(); ++table) {
      if (reader_.IsHole(table * kVmdkTableSpan, kVmdkTableSpan)) continue;
      ABSL_RETURN_IF_ERROR(CompressGrains(table));
    }
    ABSL_RETURN_IF_ERROR(ring_.Finish());
    ABSL_RETURN_IF_ERROR(AppendTable());
    return AppendEnd();
  }

 private:
  static void Compress(GrainJob& job) {
    job.status = job.deflater->Compress(job.bytes, job.output);
  }

  absl::Status CompressGrains(uint64_t table) {
    const uint64_t end = std::min<uint64_t>((table + 1) * kVmdkTableEntries,
                                            header_.capacity * kVmdkSector / kVmdkGrain);
    for (uint64_t grain = table * kVmdkTableEntries; grain < end; ++grain) {
      if (reader_.IsHole(grain * kVmdkGrain, kVmdkGrain)) continue;
      ABSL_ASSIGN_OR_RETURN(const size_t i, ring_.Next());
      GrainJob& job = jobs_[i];
      ABSL_RETURN_IF_ERROR(reader_.Read(grain * kVmdkGrain, absl::MakeSpan(job.bytes)));
      if (IsZero(job.bytes)) continue;
      job.grain = grain;
      ring_.Submit();
    }
    return absl::OkStatus();
  }

  absl::Status Append(std::string_view whole_sectors) {
    sectors_ += whole_sectors.size() / kVmdkSector;
    return output_.Append(whole_sectors);
  }

  absl::Status AppendPadded(std::string bytes, uint64_t multiple) {
    bytes.resize(RoundUp(bytes.size(), multiple));
    return Append(bytes);
  }

  absl::Status AppendGrain(const GrainJob& job) {
    ABSL_RETURN_IF_ERROR(job.status);
    if (const uint64_t index = job.grain / kVmdkTableEntries; index != table_index_) {
      ABSL_RETURN_IF_ERROR(AppendTable());
      table_index_ = index;
    }
    table_[job.grain % kVmdkTableEntries] = static_cast<uint32_t>(sectors_);
    table_is_empty_ = false;
    const VmdkGrainMarker marker = {.position = job.grain * (kVmdkGrain / kVmdkSector),
                                    .size = static_cast<uint32_t>(job.output.size())};
    return AppendPadded(absl::StrCat(BytesOf(marker), job.output), kVmdkSector);
  }

  absl::Status AppendMarker(VmdkMarker::Type type, uint64_t sectors) {
    return Append(BytesOf(VmdkMarker{.sectors = sectors, .type = type}));
  }

  // The table of the grains since the last one.
  absl::Status AppendTable() {
    if (table_is_empty_) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(AppendMarker(VmdkMarker::kTable, sizeof(table_) / kVmdkSector));
    directory_[table_index_] = static_cast<uint32_t>(sectors_);
    ABSL_RETURN_IF_ERROR(Append(BytesOf(table_)));
    table_ = {};
    table_is_empty_ = true;
    return absl::OkStatus();
  }

  absl::Status AppendEnd() {
    const std::string directory(reinterpret_cast<const char*>(directory_.data()),
                                directory_.size() * sizeof(directory_[0]));
    ABSL_RETURN_IF_ERROR(
        AppendMarker(VmdkMarker::kDirectory, DivideUp(directory.size(), kVmdkSector)));
    header_.directory_offset = sectors_;
    ABSL_RETURN_IF_ERROR(AppendPadded(directory, kVmdkSector));
    ABSL_RETURN_IF_ERROR(AppendMarker(VmdkMarker::kFooter, 1));
    ABSL_RETURN_IF_ERROR(Append(BytesOf(header_)));
    return AppendMarker(VmdkMarker::kEnd, 0);
  }

  const Extents& disk_;
  ByteSink& output_;
  VmdkHeader header_;
  ExtentReader reader_;
  uint64_t sectors_ = 0;  // written so far
  VmdkTable table_;
  uint64_t table_index_ = 0;
  bool table_is_empty_ = true;
  std::vector<Little<uint32_t>> directory_;
  std::vector<GrainJob> jobs_;
  // Last, because its threads work on jobs_.
  JobRing ring_;
};

}  // namespace

absl::Status WriteVmdk(const Extents& disk, const VmdkOptions& options, ByteSink& output) {
  ABSL_RETURN_IF_ERROR(CheckName(options.name));
  ABSL_ASSIGN_OR_RETURN(const uint64_t size,
                        RoundedDiskSize("a VMDK", disk, kVmdkGrain, kVmdkMaxSize));
  constexpr uint64_t kMaxData = kVmdkMaxSectors - kVmdkOverhead;
  if (const uint64_t sectors = MaxDataSectors(disk); sectors > kMaxData) {
    return absl::InvalidArgumentError(
        absl::StrCat("the disk's data may take ", sectors,
                     " sectors of 512 bytes in a VMDK; expected at most ", kMaxData));
  }
  ABSL_ASSIGN_OR_RETURN(const int level, CheckLevel("VMDK", options.level, 6, 9));
  ABSL_ASSIGN_OR_RETURN(std::vector<GrainJob> jobs, MakeJobs(level, options.threads));
  return VmdkWriter(disk, size, std::move(jobs), options.threads, output).Write(options.name);
}

}  // namespace linuxkit
