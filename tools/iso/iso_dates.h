// Dates as ISO 9660 stores them, always in UTC.
#ifndef TOOLS_ISO_ISO_DATES_H_
#define TOOLS_ISO_ISO_DATES_H_

#include <array>
#include <cstdint>

#include "tools/iso/iso_format.h"

namespace linuxkit {

// [9.1.5]: from 1900 to 2155.
IsoRecordDate RecordDate(int64_t seconds);

// [8.4.26.1]
std::array<char, 17> VolumeDate(int64_t seconds);
std::array<char, 17> NoVolumeDate();

}  // namespace linuxkit

#endif  // TOOLS_ISO_ISO_DATES_H_
