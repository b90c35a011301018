// GUIDs as a partition table stores them: the first three groups little-endian.
#ifndef TOOLS_GPT_GUID_H_
#define TOOLS_GPT_GUID_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linuxkit {

struct Guid {
  std::array<uint8_t, 16> bytes{};  // as stored

  friend auto operator<=>(const Guid&, const Guid&) = default;
};

// "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", in either case.
absl::StatusOr<Guid> ParseGuid(std::string_view text);
std::string GuidText(const Guid& guid);  // in upper case

// A GUID that depends on the two texts alone (RFC 9562 version 8, from SHA-256).
Guid DeriveGuid(std::string_view seed, std::string_view purpose);

// Partition types (UEFI specification 5.3.3 and the Discoverable Partitions Specification).
inline constexpr std::string_view kEspType = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
inline constexpr std::string_view kBiosBootType = "21686148-6449-6E6F-744E-656564454649";
inline constexpr std::string_view kLinuxDataType = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

}  // namespace linuxkit

#endif  // TOOLS_GPT_GUID_H_
