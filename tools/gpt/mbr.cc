#include "tools/gpt/mbr.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

constexpr uint64_t kHeads = 255;
constexpr uint64_t kSectorsPerTrack = 63;
constexpr uint64_t kCylinders = 1024;

std::array<uint8_t, 3> Chs(uint64_t sector) {
  const uint64_t cylinder = sector / (kHeads * kSectorsPerTrack);
  if (cylinder >= kCylinders) return {0xfe, 0xff, 0xff};
  const uint64_t head = sector / kSectorsPerTrack % kHeads;
  const uint64_t number = sector % kSectorsPerTrack + 1;
  return {static_cast<uint8_t>(head), static_cast<uint8_t>(number | (cylinder >> 8) << 6),
          static_cast<uint8_t>(cylinder)};
}

}  // namespace

MbrPartition MakeMbrPartition(MbrType type, uint64_t first_sector, uint64_t sectors, bool active) {
  return {.status = active ? kMbrActive : uint8_t{0},
          .first_chs = Chs(first_sector),
          .type = type,
          .last_chs = Chs(first_sector + std::max<uint64_t>(sectors, 1) - 1),
          .first_sector = static_cast<uint32_t>(first_sector),
          .sectors = static_cast<uint32_t>(std::min<uint64_t>(sectors, UINT32_MAX))};
}

MbrPartition ProtectivePartition(uint64_t disk_sectors) {
  MbrPartition partition = MakeMbrPartition(kMbrProtective, 1, disk_sectors - 1, /*active=*/false);
  partition.last_chs = {0xff, 0xff, 0xff};
  return partition;
}

MbrPartition DummyActivePartition() {
  return {.status = kMbrActive, .first_sector = 0u, .sectors = 1u};
}

absl::Status SetMbrCode(std::string_view code, std::string_view name, Mbr& mbr) {
  if (code.size() == sizeof(Mbr)) code = code.substr(0, kMbrCodeSize);
  if (code.empty() || code.size() > kMbrCodeSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has ", code.size(), " bytes; the code of a master boot record has ",
                     "1 to ", kMbrCodeSize, ", or 512 with its table"));
  }
  code.copy(mbr.code.data(), code.size());
  return absl::OkStatus();
}

}  // namespace linuxkit
