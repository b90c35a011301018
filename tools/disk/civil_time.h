// Seconds since 1970 as the calendar that disk structures store, in UTC.
#ifndef TOOLS_DISK_CIVIL_TIME_H_
#define TOOLS_DISK_CIVIL_TIME_H_

#include <cstdint>

namespace linuxkit {

struct CivilTime {
  int64_t year = 1970;
  unsigned month = 1;  // 1..12
  unsigned day = 1;    // 1..31
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

CivilTime ToCivilTime(int64_t seconds);

}  // namespace linuxkit

#endif  // TOOLS_DISK_CIVIL_TIME_H_
