#include "tools/iso/iso_dates.h"

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "tools/disk/civil_time.h"

namespace linuxkit {

IsoRecordDate RecordDate(int64_t seconds) {
  const CivilTime time = ToCivilTime(seconds);
  return {.year = static_cast<uint8_t>(time.year - 1900),
          .month = static_cast<uint8_t>(time.month),
          .day = static_cast<uint8_t>(time.day),
          .hour = static_cast<uint8_t>(time.hour),
          .minute = static_cast<uint8_t>(time.minute),
          .second = static_cast<uint8_t>(time.second)};
}

std::array<char, 17> VolumeDate(int64_t seconds) {
  const CivilTime time = ToCivilTime(seconds);
  const std::string text = absl::StrFormat("%04d%02u%02u%02u%02u%02u00", time.year, time.month,
                                           time.day, time.hour, time.minute, time.second);
  return TextField<17>(text, '\0');
}

std::array<char, 17> NoVolumeDate() { return TextField<17>("0000000000000000", '\0'); }

}  // namespace linuxkit
